// A card at rest, as a folder that only its owner may open. For each half of the card:
//
//     authentication.crt  authentication_ca.crt  authentication.key    PEM; the key without a passphrase
//     authentication.pin                                               one line: tries left, tries at most, hash
//     signing.crt ...
#pragma once

#include "tests/virtual_card/jpki_applet.hpp"

#include <filesystem>

namespace meguri::virtual_card {

class card_folder {
public:
    explicit card_folder(std::filesystem::path path) : path_{std::move(path)} {}

    // Makes the folder where there is none, and replaces what it holds. All throw std::runtime_error with what failed.
    void write(const card_contents& contents) const;
    [[nodiscard]] card_contents read() const;
    // Returns only when the PIN's state would survive a power-off of this machine.
    void keep(card_use use, const card_pin& pin) const;

private:
    [[nodiscard]] std::filesystem::path file(card_use use, const char* ending) const;
    [[nodiscard]] card_pin read_pin(card_use use) const;

    std::filesystem::path path_;
};

} // namespace meguri::virtual_card
