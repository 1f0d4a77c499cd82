// meguri-card: a My Number card without plastic, in the slot of a virtual reader (vsmartcard's vpcd under pcscd). For
// tests and demos: its keys are those of a test authority. It stays in the slot until the reader goes or it is ended.
#include "tests/virtual_card/card_folder.hpp"
#include "tests/virtual_card/reader_slot.hpp"

#include <cstdio>
#include <exception>
#include <string>

#include <CLI/CLI.hpp>

namespace {

using namespace meguri::virtual_card;

constexpr std::uint16_t usual_port = 0x8C7B; // vpcd's own default

struct insertion {
    std::string folder;
    std::string address = "127.0.0.1";
    std::uint16_t port = usual_port;
};

void insert(const insertion& wanted) {
    const card_folder folder{wanted.folder};
    jpki_applet card{folder.read(), [&folder](card_use use, const card_pin& pin) { folder.keep(use, pin); }};
    reader_slot slot{wanted.address, wanted.port};
    std::printf("inserted %s\n", wanted.folder.c_str());
    std::fflush(stdout);
    slot.serve(card);
}

struct pins {
    std::string folder;
    std::string authentication;
    std::string signing;
};

// Unlocks them too, as a municipal office does.
void set_pins(const pins& wanted) {
    const card_folder folder{wanted.folder};
    folder.keep(card_use::authentication, make_pin(wanted.authentication, authentication_tries));
    folder.keep(card_use::signing, make_pin(wanted.signing, signing_tries));
    (void)folder.read(); // says what else the card lacks
}

void describe_insertion(CLI::App& inserting, insertion& wanted) {
    inserting.add_option("--card", wanted.folder, "the card's folder; locked PINs stay locked in it")
        ->required()
        ->check(CLI::ExistingDirectory);
    inserting.add_option("--address", wanted.address, "where the reader (vpcd) listens")->capture_default_str();
    inserting.add_option("--port", wanted.port, "its port")->capture_default_str();
    inserting.callback([&wanted] { insert(wanted); });
}

void describe_pins(CLI::App& setting, pins& wanted) {
    setting.add_option("--card", wanted.folder, "a folder card_* of make_test_cards")
        ->required()
        ->check(CLI::ExistingDirectory);
    const auto digits = CLI::Validator{[](const std::string& text) {
                                           const bool fits =
                                               text.size() == 4 && text.find_first_not_of("0123456789") == text.npos;
                                           return fits ? std::string{} : "it has four digits";
                                       },
                                       ""};
    setting.add_option("--pin", wanted.authentication, "for user authentication, four digits")
        ->required()
        ->check(digits);
    setting.add_option("--signing-pin", wanted.signing, "for signing, 6 to 16 letters and digits")->required();
    setting.callback([&wanted] { set_pins(wanted); });
}

} // namespace

int main(int argc, char** argv) try {
    CLI::App program{"A virtual My Number card for tests: speaks the JPKI application's commands to a virtual reader."};
    program.require_subcommand(1);
    insertion card;
    describe_insertion(*program.add_subcommand("insert", "put the card into the reader until either is ended"), card);
    pins wanted;
    describe_pins(*program.add_subcommand("set-pins", "give a new or locked card its PINs"), wanted);
    CLI11_PARSE(program, argc, argv);
    return 0;
} catch (const std::exception& why) {
    std::fprintf(stderr, "meguri-card: %s\n", why.what());
    return 1;
}
