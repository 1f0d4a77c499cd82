// The card's application for public personal authentication (JPKI) as a state machine of bytes: a command goes in, an
// answer comes out. It knows no reader, file or clock. Answers end in two status bytes, those of a real card:
//
//     9000 done                      6982 the PIN was not verified        6A86 other P1 or P2
//     63Cx x tries are left          6984 the PIN is locked               6B00 offset behind the file's end
//     6700 wrong length              6985 no key is selected              6D00 unknown INS
//     6A82 no such file or applet    6986 no file to read is selected     6E00 unknown CLA
//
//     file   what                                 needs PIN
//     000A   user authentication certificate      no
//     000B   its authority's certificate          no
//     0017   user authentication key              0018
//     0018   user authentication PIN, 3 tries
//     0001   signing certificate                  001B
//     0002   its authority's certificate          no
//     001A   signing key                          001B
//     001B   signing PIN, 5 tries
#pragma once

#include "tests/virtual_card/card_pin.hpp"
#include "tests/virtual_card/command_apdu.hpp"

#include <array>
#include <functional>
#include <memory>

#include <openssl/evp.h>

namespace meguri::virtual_card {

// The two halves of a card: for logging in (and paying), and for signing documents.
enum class card_use : std::uint8_t { authentication, signing };
constexpr std::array card_uses{card_use::authentication, card_use::signing};

struct card_half {
    bytes certificate; // DER
    std::shared_ptr<EVP_PKEY> key;
    card_pin pin;
};

struct card_contents {
    bytes authority; // DER; real cards have one for each half, ours is signed by one authority
    std::array<card_half, card_uses.size()> halves;

    [[nodiscard]] card_half& of(card_use use) noexcept { return halves[static_cast<std::size_t>(use)]; }
    [[nodiscard]] const card_half& of(card_use use) const noexcept { return halves[static_cast<std::size_t>(use)]; }
};

constexpr unsigned authentication_tries = 3;
constexpr unsigned signing_tries = 5;

class jpki_applet {
public:
    // Called whenever tries were used up or given back, before the answer leaves: what it keeps outlives a power-off.
    using keep_pin = std::function<void(card_use, const card_pin&)>;

    jpki_applet(card_contents contents, keep_pin keep);

    [[nodiscard]] bytes answer(byte_view command);
    // As after a power-off or a reset: nothing is selected or verified. Tries stay as they are.
    void reset() noexcept;

private:
    enum class file_kind : std::uint8_t { certificate, authority, key, pin };
    struct card_file {
        std::uint16_t id;
        card_use use;
        file_kind kind;
    };
    static const std::array<card_file, 8> files;

    [[nodiscard]] bytes select(const command_apdu& command);
    [[nodiscard]] bytes read_binary(const command_apdu& command) const;
    [[nodiscard]] bytes verify(const command_apdu& command);
    [[nodiscard]] bytes sign(const command_apdu& command) const;
    [[nodiscard]] bool verified(card_use use) const noexcept { return verified_[static_cast<std::size_t>(use)]; }

    card_contents contents_;
    keep_pin keep_;
    bool applet_selected_ = false;
    const card_file* file_ = nullptr; // the selected one
    std::array<bool, card_uses.size()> verified_{};
};

} // namespace meguri::virtual_card
