// A card at rest, as a folder: what make_test_cards makes, and its PINs.
//
//     authority.der
//     user_authentication.der  signing.der    certificates
//     user_authentication.key  signing.key    PKCS #8 in PEM, without a passphrase
//     user_authentication.pin  signing.pin    one line: tries left, tries at most, hash
#pragma once

#include "tests/virtual_card/jpki_applet.hpp"

#include <filesystem>

namespace meguri::virtual_card {

class card_folder {
public:
    explicit card_folder(std::filesystem::path path) : path_{std::move(path)} {}

    // Makes the folder, its owner's alone, and replaces what it holds. All throw std::runtime_error with what failed.
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
