// Purchases and mandates as a resident has them, and the lists of a wallet: their own alone, as they stand now.
#include "storage/index_keys.hpp"
#include "tests/net/api_scene.hpp"
#include "tests/net/expect_contract.hpp"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include <memory>
#include <string>
#include <vector>

namespace meguri::net {
namespace {

namespace json = boost::json;
using storage::id_kind;
using test::api_scene;
using test::asking;
using test::expect_contract;
using test::member;
using test::program;

constexpr ledger::wallet_id own{3}; // of the scene's resident
constexpr ledger::wallet_id others{4};

const std::string purchase_of_nobody = R"("program":"042021","amount":1000,"method":"counter"})";

struct purchases_scene : api_scene {
    // As the indexes of the store would know it.
    ledger::journal_position add(ledger::fact what) {
        ledger::entry one;
        one.what = std::move(what);
        one.decided_at = ledger::instant{now_ms};
        const auto position = ledger.add(one);
        one.position = position;
        for (const auto& key : storage::index_keys_of(one, test::scene_keys())) {
            if (storage::is_of_conversions(key.kind)) ledger.conversions.emplace(key, position);
            if (key.kind == storage::index_kind::joining) ledger.joinings[key.digest] = position;
        }
        return position;
    }
    ledger::journal_position request(ledger::wallet_id wallet, std::uint64_t number,
                                     std::string_view of_program = test::ishinomaki) {
        ledger::purchase bought;
        bought.reference = *ledger::purchase_reference::from_number(number);
        bought.program = program(of_program);
        bought.wallet = wallet;
        bought.amount = *ledger::points::from(1'000);
        bought.requested_at = ledger::instant{now_ms};
        bought.last_day = ledger::jst_day::of(bought.requested_at).plus_days(7);
        return add(ledger::purchase_changed{
            ledger::purchase_step::request, std::make_shared<const ledger::purchase>(bought), {}, {}});
    }
    void cancel(ledger::journal_position requested) {
        auto bought = *ledger::purchase_in(*ledger.entry_at(requested).value());
        bought.status = ledger::purchase_status::cancelled;
        add(ledger::purchase_changed{
            ledger::purchase_step::cancellation, std::make_shared<const ledger::purchase>(bought), {}, "r"});
    }
    // A step of it, or a new one where `of` is 0.
    ledger::journal_position mandate(ledger::wallet_id wallet, ledger::mandate_status to,
                                     ledger::journal_position of = 0, std::string_view of_program = test::ishinomaki) {
        ledger::debit_mandate after;
        after.position = of;
        after.program = program(of_program);
        after.wallet = wallet;
        after.account = {125, 404, ledger::account_type::ordinary, 1'234'567, "ﾔﾏﾀﾞ ﾊﾅｺ", "zengin-code"};
        after.status = to;
        auto& newest = ledger.joinings[test::scene_keys().digest_of_mandate(after.program, wallet)];
        return add(
            ledger::mandate_changed{std::make_shared<const ledger::debit_mandate>(after), newest, std::string{}});
    }
    json::object read(const std::string& target, std::string_view role = "se") {
        const asking asked{.method = "GET", .target = target, .key = role};
        const auto given = answer(asked);
        expect_contract(asked, given);
        EXPECT_EQ(given.status, 200) << given.body;
        return json::parse(given.body).as_object();
    }
    int status_of(std::string_view method, const std::string& target, std::string_view role = "se") {
        return answer({.method = method, .target = target, .body = R"({"reason":"r"})", .key = role}).status;
    }
};

std::string path(ledger::wallet_id wallet, std::string_view rest) {
    return "/v1/wallets/" + test::wallet_id(wallet.value()) + std::string{rest};
}

std::string shown(id_kind kind, ledger::journal_position position) {
    return test::scene_keys().encode_id(kind, position).str();
}

std::vector<std::string> all(const json::object& list, std::string_view what) {
    std::vector<std::string> texts;
    for (const auto& one : list.at("data").as_array()) texts.emplace_back(one.at(what).as_string());
    return texts;
}

using texts = std::vector<std::string>;

TEST(api_own_purchases, are_of_the_session_s_wallet_whether_it_is_named_or_not) {
    const std::string named = R"({"wallet":")" + test::wallet_id(own.value()) + "\",";
    for (const auto& body : {"{" + purchase_of_nobody, named + purchase_of_nobody}) {
        api_scene scene;
        const auto op = scene.operation({.target = "/v1/purchases", .body = body, .key = "se", .idempotency = "k"});
        EXPECT_EQ(std::get<ledger::request_purchase>(*op->command()).wallet, own);
        EXPECT_EQ(op->record.caller.kind, ledger::caller_kind::resident);
    }
}

TEST(api_own_purchases, are_nobody_else_s) {
    purchases_scene scene;
    const auto mine = *ledger::my_key_id::parse("ABCD1234");
    const auto theirs = *ledger::my_key_id::parse("WXYZ5678");
    scene.ledger.my_keys[mine] = {own, true};
    scene.ledger.my_keys[theirs] = {others, true};
    const auto asked_with = [&](const std::string& who) {
        scene.ask({.target = "/v1/purchases", .body = "{" + who + purchase_of_nobody, .key = "se", .idempotency = "k"});
        return scene.answers.given.empty() ? std::string{} : member(scene.answers.given.back().body, "code");
    };
    EXPECT_EQ(asked_with(R"("mykey_id":"ABCD1234",)"), "");
    EXPECT_EQ(asked_with(R"("wallet":")" + test::wallet_id(others.value()) + "\","), "wallet_unknown");
    EXPECT_EQ(asked_with(R"("mykey_id":"WXYZ5678",)"), "wallet_unknown");
    EXPECT_EQ(asked_with(R"("wallet":")" + test::wallet_id(own.value()) + R"(","mykey_id":"ABCD1234",)"),
              "malformed_request");
    ASSERT_EQ(scene.operations.taken.size(), 1U);
}

TEST(api_own_purchases, of_others_are_not_found) {
    purchases_scene scene;
    const auto mine = "/v1/purchases/" + shown(id_kind::purchase, scene.request(own, 1));
    const auto theirs = "/v1/purchases/" + shown(id_kind::purchase, scene.request(others, 2));
    const auto my_mandate =
        "/v1/mandates/" + shown(id_kind::mandate, scene.mandate(own, ledger::mandate_status::requested));
    const auto their_mandate =
        "/v1/mandates/" + shown(id_kind::mandate, scene.mandate(others, ledger::mandate_status::requested));
    EXPECT_EQ(member(json::serialize(scene.read(mine)), "status"), "awaiting_payment");
    EXPECT_EQ(member(json::serialize(scene.read(my_mandate)), "status"), "requested");
    EXPECT_EQ(scene.status_of("GET", theirs), 404);
    EXPECT_EQ(scene.status_of("POST", theirs + "/cancellation"), 404);
    EXPECT_EQ(scene.status_of("GET", their_mandate), 404);
    EXPECT_EQ(scene.status_of("POST", their_mandate + "/end"), 404);
    const auto cancels = scene.operation({.target = mine + "/cancellation", .body = R"({"reason":"r"})", .key = "se"});
    EXPECT_EQ(std::get<ledger::cancel_purchase>(*cancels->command()).wallet, own);
    const auto ends = scene.operation({.target = my_mandate + "/end", .body = R"({"reason":"r"})", .key = "se"});
    EXPECT_EQ(std::get<ledger::change_mandate>(*ends->command()).wallet, own);
    for (const char* const step : {"/refund", "/refund/approvals", "/refund/rejections"})
        EXPECT_EQ(scene.status_of("POST", mine + step), 403) << step;
    for (const char* const step : {"/confirmation", "/refusal"})
        EXPECT_EQ(scene.status_of("POST", my_mandate + step), 403) << step;
}

TEST(lists_of_a_wallet, show_purchases_as_they_stand_now_page_by_page) {
    purchases_scene scene;
    std::vector<std::string> ids;
    for (std::uint64_t number = 1; number <= 3; ++number) {
        ids.push_back(shown(id_kind::purchase, scene.request(own, number)));
        scene.request(others, number + 10);
    }
    scene.cancel(1);
    const auto first = scene.read(path(own, "/purchases?limit=2"));
    EXPECT_EQ(all(first, "id"), (texts{ids[2], ids[1]}));
    const auto next = std::string{first.at("next").as_string()};
    const auto second = scene.read(path(own, "/purchases?limit=2&after=") + next);
    EXPECT_EQ(all(second, "id"), texts{ids[0]});
    EXPECT_EQ(all(second, "status"), texts{"cancelled"});
    EXPECT_TRUE(second.at("next").is_null());
    EXPECT_EQ(all(scene.read(path(own, "/purchases"), "op"), "id").size(), 3U);
    EXPECT_EQ(scene.status_of("GET", path(others, "/purchases")), 404);
    scene.ledger.broken = true;
    EXPECT_EQ(scene.status_of("GET", path(own, "/purchases")), 503);
}

TEST(lists_of_a_wallet, show_staff_what_is_of_their_program) {
    purchases_scene scene;
    const auto here = scene.request(own, 1);
    scene.request(own, 2, test::aso);
    const auto mandate = scene.mandate(own, ledger::mandate_status::requested);
    scene.mandate(own, ledger::mandate_status::requested, 0, test::aso);
    EXPECT_EQ(all(scene.read(path(own, "/purchases"), "mu"), "id"), texts{shown(id_kind::purchase, here)});
    EXPECT_EQ(all(scene.read(path(own, "/mandates"), "mu"), "id"), texts{shown(id_kind::mandate, mandate)});
    EXPECT_EQ(all(scene.read(path(own, "/mandates"), "op"), "id").size(), 2U);
}

TEST(lists_of_a_wallet, show_mandates_by_their_newest_step) {
    using enum ledger::mandate_status;
    purchases_scene scene;
    const auto old = scene.mandate(own, requested);
    scene.mandate(own, confirmed, old);
    const auto elsewhere = scene.mandate(own, requested, 0, test::aso);
    scene.mandate(own, ended, old);
    const auto last = scene.mandate(own, requested);
    scene.mandate(own, confirmed, last);
    scene.mandate(own, refused, elsewhere, test::aso);
    const auto seen = scene.read(path(own, "/mandates"));
    EXPECT_EQ(all(seen, "id"),
              (texts{shown(id_kind::mandate, last), shown(id_kind::mandate, elsewhere), shown(id_kind::mandate, old)}));
    EXPECT_EQ(all(seen, "status"), (texts{"confirmed", "refused", "ended"}));
    const auto first = scene.read(path(own, "/mandates?limit=2"));
    const auto rest = scene.read(path(own, "/mandates?after=") + std::string{first.at("next").as_string()});
    EXPECT_EQ(all(rest, "status"), texts{"ended"}) << "a page begins behind newer ones";
}

TEST(lists_of_a_wallet, show_linked_conversions_by_their_newest_step) {
    purchases_scene scene;
    const auto step = [&](ledger::linked_conversion_step to, ledger::journal_position of, ledger::wallet_id wallet) {
        ledger::linked_conversion what;
        what.wallet = wallet;
        what.reference = "lc-" + std::to_string(of == 0 ? scene.ledger.entries.size() + 1 : of);
        what.units = 1'000;
        what.amount = *ledger::points::from(500);
        what.terms = 1;
        return scene.add(ledger::linked_conversion_changed{
            ledger::partner_id{3}, to, of, std::make_shared<const ledger::linked_conversion>(what), {}});
    };
    using enum ledger::linked_conversion_step;
    const auto first = step(asked, 0, own);
    const auto second = step(asked, 0, own);
    step(asked, 0, others);
    step(declined, first, own);
    const auto seen = scene.read(path(own, "/linked_conversions"));
    EXPECT_EQ(all(seen, "id"),
              (texts{shown(id_kind::linked_conversion, second), shown(id_kind::linked_conversion, first)}));
    EXPECT_EQ(all(seen, "status"), (texts{"pending", "declined"}));
    EXPECT_EQ(scene.read(path(own, "/linked_conversions"), "op").at("data"), seen.at("data"));
    EXPECT_EQ(scene.status_of("GET", path(own, "/linked_conversions"), "mu"), 403);
    EXPECT_EQ(scene.status_of("GET", path(others, "/linked_conversions")), 404);
}

} // namespace
} // namespace meguri::net
