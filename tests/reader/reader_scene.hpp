// A virtual reader with authorities that issue cards for it; skipped, with the reason, where the machine does not
// permit a process namespaces of its own.
#pragma once

#include "tests/reader/issued_card.hpp"
#include "tests/reader/own_namespaces.hpp"
#include "tests/reader/pkcs11_tool.hpp"
#include "tests/reader/virtual_reader.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/support/test_cards.hpp"

#include <cstdlib>
#include <gtest/gtest.h>
#include <optional>

namespace meguri::test {

class reader_scene : public ::testing::Test {
protected:
    void SetUp() override {
        if (const auto& refused = enter_own_namespaces(); !refused.empty()) GTEST_SKIP() << refused;
        // OpenSC keeps settings and a cache below it.
        ::setenv("HOME", folder.path().c_str(), 1);
        ::setenv("XDG_CACHE_HOME", (folder / "cache").c_str(), 1);
        pcscd.emplace();
        certificate = issue_card(cards.first, card);
        inserted.emplace(card);
    }

    void take_out() { inserted.reset(); }
    void put_in(const std::filesystem::path& other) { inserted.emplace(other); }

    temporary_folder folder;
    std::filesystem::path card = folder / "card";
    test_cards cards{folder.path()};
    issued_certificate certificate;
    std::optional<virtual_reader> pcscd;
    std::optional<inserted_card> inserted;
};

} // namespace meguri::test
