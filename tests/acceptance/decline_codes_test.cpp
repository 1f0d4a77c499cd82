// Every reason to decline a payment, in the order of precedence of the HTTP contract: one row each, brought about on
// the real program through the public API. A reason without a row fails here.
#include "ledger/payment.hpp"
#include "tests/acceptance/payments_scene.hpp"
#include "tests/support/openapi_file.hpp"
#include "tests/support/source_tree.hpp"
#include "tests/support/test_cards.hpp"

#include <gtest/gtest.h>

#include <array>
#include <set>
#include <span>

namespace meguri::test {
namespace {

namespace json = boost::json;
using ledger::decline_code;
using enum ledger::decline_code;

constexpr const char* own_program = "042021";
constexpr const char* elsewhere = "432148";   // open, but not accepted by this merchant
constexpr const char* online_only = "011002"; // accepted, but never at a till
constexpr const char* nobodys = "131016";     // never opened

// A town with a till that serves two programs, and one payment that goes wrong in more and more ways.
struct with_cards {
    temporary_folder cards_folder;
    test_cards cards{cards_folder.path()};
    issued_certificate revoked = cards.issue();
};

class every_decline_code : with_cards, public payments_scene {
public:
    struct row {
        decline_code code;
        const char* how;
        void (*go_wrong)(every_decline_code&); // none: not in this version
    };
    [[nodiscard]] static std::span<const row> rows();

protected:
    every_decline_code() : payments_scene{cards.settings()} {
        open_program(elsewhere, false);
        open_program(online_only, true);
        const json::value market{{"name", "市場"}, {"programs", {own_program, online_only}}};
        town.merchant = text_at(as_operator->made("/v1/merchants", market), "id");
        const auto terminal = as_operator->made("/v1/merchants/" + town.merchant + "/terminals", {{"name", "レジ"}});
        town.terminal = text_at(terminal, "id");
        town.till_key = text_at(terminal, "key");
        till.emplace(process->port(), town.till_key);
        as_operator->made("/v1/wallets/" + town.wallets[0].id + "/cards", {{"certificate", to_base64(revoked.der())}});
        used = one_time_code();
        unused = one_time_code();
        EXPECT_EQ(text_at(till->made("/v1/authorizations", body_with(used, own_program, 10), "first"), "status"),
                  "captured");
    }

    [[nodiscard]] json::value body() const {
        if (!pays_by_card) return body_with(code, program, amount);
        signed_by_card by_card{town.merchant, town.terminal, is_altered ? "another" : key, amount, program};
        by_card.signed_at_ms = 0; // too late, whatever the clock says
        return by_card.by(revoked);
    }
    [[nodiscard]] bool shows_no_balance() const { return code == "NOBODYSCODE" || is_altered; }

    // The switch reads the list while it starts.
    void pay_by_revoked_card() {
        cards.revoke({revoked});
        restart();
        pays_by_card = true;
    }

    void block_card() {
        const auto entries = as_operator->read("/v1/wallets/" + town.wallets[0].id + "/entries?limit=100");
        for (const auto& one : entries.at("data").as_array())
            if (text_at(one, "type") == "code") code_entry = text_at(one, "id"); // the first one is its card
        as_operator->made("/v1/codes/" + code_entry + "/block", {{"reason", "試験"}});
        code = town.wallets[0].card;
        pays_by_card = is_altered = false;
    }

    void freeze(const std::string& path) {
        as_operator->made(path + "/freeze", {{"reason", "試験"}});
        frozen.push_back(path);
    }

    std::string used;   // a one-time code that an approval used up
    std::string unused; // another of the same minute
    std::vector<std::string> frozen;
    std::string code_entry; // of the card's issue

    // The payment; nothing is wrong with it yet.
    std::string key;
    std::string code = town.wallets[0].card;
    std::string program = own_program;
    std::int64_t amount = 10;
    bool pays_by_card = false;
    bool is_altered = false; // since the card signed it

private:
    void open_program(const std::string& digits, bool is_online_only) {
        as_operator->made("/v1/programs", {{"code", digits},
                                           {"name", "ポイント"},
                                           {"expiry_days", 90},
                                           {"online_only", is_online_only},
                                           {"issuer_kind", "municipality"}});
    }
    std::string one_time_code() {
        return text_at(as_operator->made("/v1/wallets/" + town.wallets[0].id + "/codes", {{"kind", "once"}}), "value");
    }
    static json::value body_with(const std::string& code, const std::string& program, std::int64_t amount) {
        auto asked = payment({{}, code}, amount);
        asked.as_object()["program"] = program;
        return asked;
    }
};

std::span<const every_decline_code::row> every_decline_code::rows() {
    using scene = every_decline_code;
    static const std::array table{
        row{reversed_before_arrival, "the reversal came first",
            [](scene& s) {
                s.till->made("/v1/reversals", {{"idempotency_key", s.key}}, "reversal");
            }},
        row{terminal_inactive, "the terminal is frozen",
            [](scene& s) { s.freeze("/v1/terminals/" + s.town.terminal); }},
        row{merchant_inactive, "the merchant is frozen",
            [](scene& s) { s.freeze("/v1/merchants/" + s.town.merchant); }},
        row{credential_unknown, "nobody's code",
            [](scene& s) {
                s.code = "NOBODYSCODE";
                s.pays_by_card = false;
            }},
        row{credential_invalid, "a revoked card's signature of another payment", [](scene& s) { s.is_altered = true; }},
        row{credential_revoked, "a revoked card's signature, too late", [](scene& s) { s.pay_by_revoked_card(); }},
        row{credential_blocked, "a printed code that was blocked", [](scene& s) { s.block_card(); }},
        row{credential_used, "a one-time code that was used, and is over since", [](scene& s) { s.code = s.used; }},
        row{credential_expired, "a one-time code after five minutes",
            [](scene& s) {
                s.turn_clock(ledger::code_once_valid_ms / 1000 + 1);
                s.restart(); // which reads the clock at once
                s.code = s.unused;
            }},
        row{wallet_frozen, "the wallet is frozen", [](scene& s) { s.freeze("/v1/wallets/" + s.town.wallets[0].id); }},
        row{program_not_accepted, "a program that nobody opened", [](scene& s) { s.program = nobodys; }},
        row{program_not_accepted, "another merchant's program, frozen too", [](scene& s) { s.program = elsewhere; }},
        row{program_not_accepted, "an online-only program at a till, frozen too",
            [](scene& s) { s.program = online_only; }},
        row{program_frozen, "the program is frozen",
            [](scene& s) {
                for (const std::string one : {own_program, elsewhere, online_only}) s.freeze("/v1/programs/" + one);
            }},
        row{limit_exceeded, "the merchant's limit",
            [](scene& s) {
                s.as_operator->made("/v1/merchants/" + s.town.merchant + "/limits",
                                    {{"per_payment", 5'000}, {"reason", "試験"}});
            }},
        row{insufficient_points, "more than the wallet has", [](scene& s) { s.amount = 5'001; }},
    };
    return table;
}

TEST(decline_codes, have_rows_in_the_order_of_precedence) {
    std::vector<std::string> with_row;
    for (const auto& one : every_decline_code::rows())
        if (with_row.empty() || with_row.back() != name_of(one.code)) with_row.emplace_back(name_of(one.code));
    std::vector<std::string> known;
    for (std::size_t number = 1; number <= ledger::decline_codes; ++number)
        known.emplace_back(name_of(static_cast<decline_code>(number)));
    EXPECT_EQ(with_row, known);
    std::vector<std::string> described;
    for (const auto& one : openapi_file().at_pointer("/components/schemas/DeclineCode/enum").as_array())
        if (one.is_string()) described.emplace_back(one.as_string());
    EXPECT_EQ(with_row, described);
}

// From the last row to the first, each adds its own reason to those that are there already and must be told alone.
TEST_F(every_decline_code, comes_before_all_that_are_later_in_precedence) {
    int number = 0;
    const auto all = rows();
    for (auto next = all.rbegin(); next != all.rend(); ++next) {
        const row& one = *next;
        SCOPED_TRACE(std::string{name_of(one.code)} + ": " + one.how);
        key = "attempt-" + std::to_string(++number);
        one.go_wrong(*this);
        const auto first = till->post("/v1/authorizations", body(), key);
        ASSERT_EQ(first.status, 201) << first.body;
        const auto answer = json::parse(first.body);
        EXPECT_EQ(text_at(answer, "status"), "declined");
        EXPECT_EQ(text_at(answer, "decline_code"), name_of(one.code));
        EXPECT_EQ(answer.at("balance").is_null(), shows_no_balance()) << "only a known credential has a balance";
        EXPECT_EQ(answer.at("captured").as_int64(), 0);
        EXPECT_EQ(till->read("/v1/authorizations/" + text_at(answer, "id")), answer) << "a decision like any other";
        const auto again = till->post("/v1/authorizations", body(), key);
        EXPECT_EQ(again.body, first.body);
        EXPECT_EQ(again.field("idempotent-replayed"), "true");
    }
    EXPECT_EQ(available(town.wallets[0].id), 4990) << "no decline took anything";
    for (const auto& path : frozen) as_operator->made(path + "/unfreeze", {{"reason", "試験"}});
    const auto instead = as_operator->made("/v1/wallets/" + town.wallets[0].id + "/codes", {{"kind", "card"}});
    EXPECT_EQ(
        text_at(till->made("/v1/authorizations", payment({{}, text_at(instead, "value")}, 4990), "last"), "status"),
        "captured");
}

} // namespace
} // namespace meguri::test
