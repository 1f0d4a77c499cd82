// Two generations of one authority of cards, their files, and what the switch makes of them.
#pragma once

#include "net/card_trust.hpp"
#include "tests/support/card_authority.hpp"
#include "tests/support/temporary_folder.hpp"

#include <chrono>
#include <fstream>

namespace meguri::test {

struct card_scene {
    card_authority first;
    card_authority second;
    temporary_folder folder;
    net::card_files files{folder.path() / "authorities.pem", folder.path() / "crl.pem"};

    card_scene() {
        write(files.authorities, first.self().pem() + second.self().pem());
        write(files.crl, first.revoked({}) + second.revoked({}));
    }
    static void write(const std::filesystem::path& file, const std::string& text) {
        std::ofstream{file, std::ios::binary} << text;
    }
    [[nodiscard]] static ledger::instant now() {
        const auto wall = std::chrono::system_clock::now().time_since_epoch();
        return ledger::instant{std::chrono::duration_cast<std::chrono::milliseconds>(wall).count()};
    }
    // With the lists read, where they can be.
    [[nodiscard]] std::shared_ptr<net::card_trust> trust() const {
        auto loaded = net::card_trust::load(files);
        must(loaded.has_value(), "the authorities cannot be loaded");
        lists_read = (*loaded)->refresh().has_value();
        return *loaded;
    }
    mutable bool lists_read = false;
};

} // namespace meguri::test
