// meguri-reader: stands beside a till, at a desk or at home and has a resident's My Number card sign one payment or one
// challenge. It asks for the PIN itself, so that neither the till nor the switch ever sees it, and prints what is to be
// sent on: the `credential` of a payment, or the body of a log-in.
#include "net/card_login_text.hpp"
#include "net/card_payment_text.hpp"
#include "net/reader/card_token.hpp"
#include "net/reader/credential.hpp"
#include "net/reader/pin_entry.hpp"
#include "net/reader/reader_error.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <exception>
#include <optional>
#include <string>

#include <CLI/CLI.hpp>
#include <sys/prctl.h>

namespace {

using namespace meguri;
using net::reader::exit_status;
using net::reader::reader_error;

struct card_place {
    std::string module = "opensc-pkcs11.so";
    unsigned wait_s = 30;
};

struct wanted_payment {
    card_place place;
    std::string merchant;
    std::string outlet;
    std::string program;
    std::int64_t amount = 0;
    bool hold = false;
    std::string idempotency_key;
};

struct wanted_login {
    card_place place;
    std::string audience;
    std::string purpose = "login";
    std::string challenge;
};

[[noreturn]] void refuse(const std::string& why) { throw reader_error{exit_status::wrong_usage, why}; }

ledger::instant now() {
    using namespace std::chrono;
    return ledger::instant{duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count()};
}

constexpr bool is_visible(char one) { return one > 0x20 && one < 0x7F; }
bool is_signable(const std::string& text) {
    return !text.empty() && text.size() <= 64 && std::ranges::all_of(text, is_visible);
}

// Everything but the time, so that nobody types a PIN for a payment that has no form.
net::card_payment checked(const wanted_payment& wanted) {
    const auto amount = ledger::points::from(wanted.amount);
    if (!amount || wanted.amount < 1) refuse("--amount is 1 or more points");
    std::optional<ledger::program_code> program;
    if (!wanted.program.empty()) {
        program = ledger::local_gov_code::parse(wanted.program);
        if (!program) refuse("--program is six digits, the last of which checks the others");
    }
    for (const auto* text : {&wanted.merchant, &wanted.outlet, &wanted.idempotency_key})
        if (!is_signable(*text))
            refuse("--merchant, --outlet and --idempotency-key are 1 to 64 visible ASCII characters");
    return {wanted.merchant, wanted.outlet, program, *amount, !wanted.hold, wanted.idempotency_key, {}};
}

// By a PIN that is typed here or at the reader.
void unlock(net::reader::card_token& card) {
    card.check_not_locked();
    if (card.asks_by_itself()) {
        std::fputs("Type the PIN at the reader.\n", stderr);
        card.log_in(nullptr);
    } else {
        net::reader::pin_entry pin;
        pin.ask();
        card.log_in(&pin);
    }
}

void pay(const wanted_payment& wanted) {
    auto payment = checked(wanted);
    net::reader::card_token card{wanted.place.module, std::chrono::seconds{wanted.place.wait_s}};
    unlock(card);
    payment.signed_at = now();
    const auto signature = card.sign(net::text_to_sign(payment));
    std::puts(net::reader::to_json({card.certificate(), signature, payment.signed_at}).c_str());
}

void show(const wanted_login& wanted) {
    for (const auto* text : {&wanted.audience, &wanted.purpose, &wanted.challenge})
        if (!is_signable(*text)) refuse("--audience, --purpose and --challenge are 1 to 64 visible ASCII characters");
    net::reader::card_token card{wanted.place.module, std::chrono::seconds{wanted.place.wait_s}};
    unlock(card);
    const auto signature = card.sign(net::text_to_sign({wanted.audience, wanted.purpose, wanted.challenge}));
    std::puts(net::reader::to_json(net::reader::shown_card{wanted.challenge, card.certificate(), signature}).c_str());
}

void describe(CLI::App& either, card_place& place) {
    either.add_option("--module", place.module, "PKCS#11 module of the card's middleware")->capture_default_str();
    either.add_option("--wait", place.wait_s, "seconds to wait for a card")->capture_default_str();
}

void describe(CLI::App& showing, wanted_login& wanted) {
    showing.add_option("--challenge", wanted.challenge, "ch_..., as POST /v1/challenges gave it")->required();
    showing
        .add_option("--audience", wanted.audience,
                    "the switch that is meant: its setting login.audience, known beforehand and from nobody's message")
        ->required();
    showing.add_option("--purpose", wanted.purpose, "of the challenge: login, rebind, support or recover")
        ->capture_default_str();
    describe(showing, wanted.place);
}

void describe(CLI::App& paying, wanted_payment& wanted) {
    paying.add_option("--merchant", wanted.merchant, "mer_...")->required();
    paying.add_option("--outlet", wanted.outlet, "ter_... or shop_..., whose key sends the payment")->required();
    paying.add_option("--amount", wanted.amount, "points")->required();
    paying.add_option("--program", wanted.program, "six digits; left out where the request leaves it out");
    paying.add_flag("--hold", wanted.hold, "for a request with \"capture\": false");
    paying.add_option("--idempotency-key", wanted.idempotency_key, "of the request")->required();
    describe(paying, wanted.place);
}

} // namespace

int main(int argc, char** argv) try {
    ::prctl(PR_SET_DUMPABLE, 0); // no core file with a PIN in it
    CLI::App program{
        "Has the My Number card on the reader sign a payment or a log-in; the PIN is asked for at the terminal."};
    program.footer("Ends with 0 signed, 1 failed, 2 wrong usage, 3 no card or reader, 4 wrong PIN, 5 locked PIN.");
    program.require_subcommand(1);
    wanted_payment wanted;
    auto* const paying = program.add_subcommand("pay", "print the credential of POST /v1/authorizations as JSON");
    describe(*paying, wanted);
    paying->callback([&wanted] { pay(wanted); });
    wanted_login login;
    auto* const showing = program.add_subcommand("login", "print the body of POST /v1/sessions as JSON");
    describe(*showing, login);
    showing->callback([&login] { show(login); });
    try {
        program.parse(argc, argv);
    } catch (const CLI::ParseError& said) {
        return program.exit(said) == 0 ? 0 : static_cast<int>(exit_status::wrong_usage);
    }
    return 0;
} catch (const reader_error& why) {
    std::fprintf(stderr, "meguri-reader: %s\n", why.what());
    return static_cast<int>(why.status());
} catch (const std::exception& why) {
    std::fprintf(stderr, "meguri-reader: %s\n", why.what());
    return static_cast<int>(exit_status::failed);
}
