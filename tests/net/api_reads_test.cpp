// What the API shows: authorizations, wallets, merchants, the books, and what they were.
#include "tests/net/api_scene.hpp"
#include "tests/net/expect_contract.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace meguri::net {
namespace {

using test::api_scene;
using test::asking;
using test::authorization_path;
using test::expect_contract;
using test::member;
using test::program;

ledger::entry entry_telling(ledger::fact what) {
    ledger::entry one;
    one.decided_at = ledger::instant{1'780'000'000'000};
    one.wallet = ledger::wallet_id{3};
    one.what = std::move(what);
    return one;
}

TEST(api, shows_a_merchant_its_own_authorizations) {
    api_scene scene;
    auto foreign = test::sample_payment();
    foreign.merchant = ledger::merchant_id{8};
    const auto own = scene.ledger.add(entry_telling(test::sample_payment()));
    const auto other = scene.ledger.add(entry_telling(foreign));
    const auto no_payment = scene.ledger.add(entry_telling(ledger::wallet_opened{ledger::wallet_id{3}}));
    for (const std::string_view key : {"te", "sh"}) {
        const std::string path = authorization_path(own);
        const auto op = scene.operation({.method = "GET", .target = path, .key = key});
        const auto& wanted = std::get<actors::read_payment>(op->asked);
        EXPECT_EQ(wanted.payment, own);
        EXPECT_EQ(wanted.wallet, ledger::wallet_id{3});
        EXPECT_EQ(wanted.merchant, ledger::merchant_id{7});
        const auto answer = scene.end(op, actors::ending::read);
        EXPECT_EQ(answer.status, 200);
        EXPECT_EQ(member(answer.body, "status"), "captured");
        EXPECT_EQ(member(answer.body, "id"), path.substr(path.rfind('/') + 1));
        expect_contract({.method = "GET", .target = path}, answer);
    }
    for (const auto position : {other, no_payment, std::uint64_t{99}}) {
        const std::string path = authorization_path(position);
        EXPECT_EQ(scene.answer({.method = "GET", .target = path}).status, 404) << position;
    }
    scene.ledger.broken = true;
    const std::string path = authorization_path(own);
    EXPECT_EQ(member(scene.answer({.method = "GET", .target = path}).body, "code"), "read_failed");
}

// The values of `name` in a list's data, and its next page's cursor.
std::vector<std::string> in_data(const std::string& body, std::string_view name) {
    std::vector<std::string> values;
    const std::string data = member(body, "data");
    for (std::size_t begin = 0, depth = 0, i = 0; i < data.size(); ++i) {
        if (data[i] == '{' && depth++ == 0) begin = i;
        if (data[i] == '}' && --depth == 0) values.push_back(member(data.substr(begin, i - begin + 1), name));
    }
    return values;
}

TEST(api, shows_an_authorization_as_its_newest_step_left_it) {
    api_scene scene;
    for (int i = 1; i < 41; ++i) scene.ledger.add(entry_telling(ledger::wallet_opened{ledger::wallet_id{3}}));
    const auto decision = scene.ledger.add(entry_telling(test::sample_payment()));
    ASSERT_EQ(decision, 41U);
    scene.ledger.add(
        entry_telling(test::sample_step(ledger::payment_step::refund, ledger::payment_status::captured, 300)));
    scene.ledger.add(
        entry_telling(test::sample_step(ledger::payment_step::refund, ledger::payment_status::refunded, 900)));
    const std::string path = authorization_path(decision);
    const auto one = scene.end(scene.operation({.method = "GET", .target = path}), actors::ending::read);
    EXPECT_EQ(member(one.body, "status"), "refunded");
    EXPECT_EQ(member(one.body, "refunded"), "900");
    EXPECT_EQ(member(one.body, "refund"), "");
    const auto list = scene.answer({.method = "GET", .target = "/v1/authorizations?reference=R-000123"});
    EXPECT_EQ(in_data(list.body, "status"), std::vector<std::string>{"refunded"});
}

TEST(api, finds_authorizations_by_reference_in_pages) {
    api_scene scene;
    auto other_reference = test::sample_payment();
    other_reference.reference = "R-2";
    for (int i = 0; i < 5; ++i) {
        scene.ledger.add(entry_telling(test::sample_payment()));
        scene.ledger.add(entry_telling(other_reference));
    }
    std::vector<std::string> found;
    std::string target = "/v1/authorizations?limit=2&reference=R-000123";
    for (int pages = 1;; ++pages) {
        const auto answer = scene.answer({.method = "GET", .target = target});
        ASSERT_EQ(answer.status, 200) << answer.body;
        expect_contract({.method = "GET", .target = target}, answer);
        for (const auto& id : in_data(answer.body, "id")) found.push_back(id);
        const auto next = member(answer.body, "next");
        if (next == "null") {
            EXPECT_EQ(pages, 3);
            break;
        }
        target = "/v1/authorizations?limit=2&reference=R-000123&after=" + next;
    }
    ASSERT_EQ(found.size(), 5U);
    for (std::size_t i = 0; i < found.size(); ++i)
        EXPECT_EQ(found[i], test::scene_keys().encode_id(storage::id_kind::authorization, 9 - 2 * i).view());
    const auto none = scene.answer({.method = "GET", .target = "/v1/authorizations?reference=R-3"});
    EXPECT_EQ(none.body, R"({"data":[],"next":null})");
}

TEST(api, walks_a_wallets_entries_back_in_pages) {
    api_scene scene;
    const ledger::wallet_id wallet{3};
    scene.ledger.add(entry_telling(ledger::wallet_opened{wallet}));
    auto of_another = entry_telling(ledger::wallet_opened{ledger::wallet_id{4}});
    of_another.wallet = ledger::wallet_id{4};
    const auto foreign = scene.ledger.add(of_another);
    scene.ledger.add(entry_telling(ledger::points_granted{wallet, test::sample_lot("042021", 5000)}));
    scene.ledger.add(entry_telling(ledger::points_granted{wallet, test::sample_lot("432148", 10)}));
    const auto last = scene.ledger.add(entry_telling(test::sample_payment()));

    const std::string base = "/v1/wallets/" + test::wallet_id(3) + "/entries";
    const auto page_of = [&](const std::string& target, std::string_view key) {
        const auto op = scene.operation({.method = "GET", .target = target, .key = key});
        op->record.previous_of_wallet = last; // as the barrier brings it
        auto answer = scene.end(op, actors::ending::read);
        EXPECT_EQ(answer.status, 200) << answer.body;
        expect_contract({.method = "GET", .target = target}, answer);
        return answer.body;
    };
    EXPECT_EQ(in_data(page_of(base, "op"), "type"), (std::vector<std::string>{"payment", "grant", "grant", "opening"}));
    EXPECT_EQ(in_data(page_of(base, "mu"), "type"), (std::vector<std::string>{"payment", "grant"}));

    const auto first = page_of(base + "?limit=3", "op");
    EXPECT_EQ(in_data(first, "type"), (std::vector<std::string>{"payment", "grant", "grant"}));
    const auto second = page_of(base + "?limit=3&after=" + member(first, "next"), "op");
    EXPECT_EQ(in_data(second, "type"), (std::vector<std::string>{"opening"}));
    EXPECT_EQ(member(second, "next"), "null");

    const std::string elsewhere =
        base + "?after=" + test::scene_keys().encode_id(storage::id_kind::cursor, foreign).str();
    const auto refused =
        scene.end(scene.operation({.method = "GET", .target = elsewhere, .key = "op"}), actors::ending::read);
    EXPECT_EQ(refused.status, 400);
    EXPECT_EQ(member(refused.body, "parameter"), "after");
}

TEST(api, shows_a_wallets_balances) {
    api_scene scene;
    const std::string target = "/v1/wallets/" + test::wallet_id(3) + "/balances";
    const auto op = scene.operation({.method = "GET", .target = target, .key = "op"});
    EXPECT_EQ(std::get<actors::read_wallet>(op->asked).wallet, ledger::wallet_id{3});
    const auto lot = test::sample_lot("042021", 3800);
    op->wallet_seen.emplace();
    op->wallet_seen->lots = {{lot.lot, lot.amount, {}}};
    const auto answer = scene.end(op, actors::ending::read);
    EXPECT_EQ(answer.body, R"({"data":[{"program":"042021","available":3800,"held":0,"lots":[{"amount":3800,"held":0,)"
                           R"("expires_on":"2027-03-31","source":"budget:042021:health"}]}],)"
                           R"("undecided":[],"home_municipality":null})");
    expect_contract({.method = "GET", .target = target}, answer);

    const auto unknown = scene.operation({.method = "GET", .target = target, .key = "op"});
    unknown->refusal = ledger::refusal::wallet_unknown;
    EXPECT_EQ(scene.end(unknown, actors::ending::refused).status, 404);
}

// --- the past ---

TEST(api, shows_what_stood_at_a_past_instant) {
    const ledger::instant noon_in_japan{1'775'012'400'000}; // 2026-04-01T03:00:00Z
    const std::string at = "?at=2026-04-01T12:00:00%2B09:00";
    const auto lot = test::sample_lot("042021", 3800);
    api_scene scene;
    scene.past.wallet.lots = {{lot.lot, lot.amount, {}}};
    scene.past.merchant.totals = {{program("042021"), {}, *ledger::points::from(1200), {}}};
    ledger::apply(scene.past.shown, entry_telling(ledger::points_granted{ledger::wallet_id{3}, lot}));

    const std::string wallet = "/v1/wallets/" + test::wallet_id(3) + "/balances" + at;
    auto op = scene.operation({.method = "GET", .target = wallet, .key = "op"});
    op->wallet_seen.emplace();
    op->record.previous_of_wallet = 77;
    const auto of_wallet = scene.end(op, actors::ending::read);
    EXPECT_NE(of_wallet.body.find(R"("available":3800)"), std::string::npos) << of_wallet.body;
    EXPECT_EQ(scene.past.newest, 77U);
    EXPECT_EQ(scene.past.at, noon_in_japan);
    expect_contract({.method = "GET", .target = wallet}, of_wallet);

    const std::string merchant = "/v1/merchants/" + test::merchant_id(7) + "/balances" + at;
    for (const std::string_view accepts : {"042021", "432148"}) {
        op = scene.operation({.method = "GET", .target = merchant, .key = "mu"});
        op->merchant_seen.emplace();
        op->merchant_seen->terms = std::make_shared<ledger::merchant_terms>(
            ledger::merchant_terms{1, ledger::merchant_id{7}, false, {program(accepts)}, {}});
        const auto of_merchant = scene.end(op, actors::ending::read);
        expect_contract({.method = "GET", .target = merchant}, of_merchant);
        if (accepts == "042021") {
            EXPECT_NE(of_merchant.body.find(R"("captured":1200)"), std::string::npos) << of_merchant.body;
        } else {
            EXPECT_EQ(of_merchant.status, 404) << "hidden from another municipality's staff";
        }
    }
    const std::string trial_balance = "/v1/ledger/trial_balance" + at;
    const auto of_books = scene.answer({.method = "GET", .target = trial_balance, .key = "op"});
    EXPECT_NE(of_books.body.find(R"("debits":3800)"), std::string::npos) << of_books.body;
    expect_contract({.method = "GET", .target = trial_balance}, of_books);

    scene.past.broken = true;
    const asking asked{.method = "GET", .target = trial_balance, .key = "op"};
    EXPECT_EQ(member(scene.answer(asked).body, "code"), "read_failed");
    scene.past.full = true;
    EXPECT_EQ(member(scene.answer(asked).body, "code"), "overloaded");
    EXPECT_EQ(scene.api.probes().looking_back.value(), 0U);
}

TEST(api, shows_what_a_merchant_sells_to_whom_it_may_concern) {
    const std::string target = "/v1/merchants/" + test::merchant_id(7) + "/categories";
    for (const std::string_view accepts : {"042021", "432148"}) {
        api_scene scene;
        const auto op = scene.operation({.method = "GET", .target = target, .key = "mu"});
        ledger::merchant_terms terms{1, ledger::merchant_id{7}, false, {program(accepts)}, {}};
        terms.categories = *ledger::category_set::from({"gifts", "food"});
        op->merchant_seen.emplace();
        op->merchant_seen->terms = std::make_shared<ledger::merchant_terms>(std::move(terms));
        const auto answer = scene.end(op, actors::ending::read);
        expect_contract({.method = "GET", .target = target}, answer);
        if (accepts == "042021") {
            EXPECT_EQ(answer.body, R"({"id":")" + test::merchant_id(7) + R"(","categories":["food","gifts"]})");
        } else {
            EXPECT_EQ(answer.status, 404) << "hidden from another municipality's staff";
        }
    }
}

TEST(api, gives_statements_by_month) {
    api_scene scene;
    scene.past.chain = {entry_telling(ledger::points_granted{ledger::wallet_id{3}, test::sample_lot("042021", 5000)})};
    scene.past.chain[0].decided_at = *ledger::parse_rfc3339("2026-04-10T00:00:00Z");
    const std::string wallet = "/v1/wallets/" + test::wallet_id(3) + "/statements/2026-04";
    const std::string merchant = "/v1/merchants/" + test::merchant_id(7) + "/statements/2026-04";
    const auto end_of_month = *ledger::parse_rfc3339("2026-04-30T14:59:59.999Z");
    for (const std::string form : {"", "?format=json", "?format=csv&part=1"}) {
        const std::string target = wallet + form;
        const auto op = scene.operation({.method = "GET", .target = target, .key = "mu"});
        op->wallet_seen.emplace();
        op->record.previous_of_wallet = 78;
        const auto answer = scene.end(op, actors::ending::read);
        EXPECT_EQ(answer.status, 200);
        EXPECT_EQ(scene.past.newest, 78U);
        EXPECT_EQ(scene.past.at, end_of_month);
        EXPECT_NE(answer.body.find("grant"), std::string::npos);
        EXPECT_EQ(answer.content_type,
                  form.find("csv") != std::string::npos ? "text/csv; charset=utf-8" : "application/json");
        expect_contract({.method = "GET", .target = target}, answer);
    }
    for (const std::string_view accepts : {"042021", "432148"}) {
        const auto op = scene.operation({.method = "GET", .target = merchant, .key = "mu"});
        op->merchant_seen.emplace();
        op->merchant_seen->last_position = 79;
        op->merchant_seen->terms = std::make_shared<ledger::merchant_terms>(
            ledger::merchant_terms{1, ledger::merchant_id{7}, false, {program(accepts)}, {}});
        const auto answer = scene.end(op, actors::ending::read);
        EXPECT_EQ(answer.status, accepts == "042021" ? 200 : 404);
        expect_contract({.method = "GET", .target = merchant}, answer);
    }
    for (const std::string wrong : {"2026-13", "2099-01", "april", "2026-04-01"}) {
        const std::string target = "/v1/wallets/" + test::wallet_id(3) + "/statements/" + wrong;
        EXPECT_EQ(scene.answer({.method = "GET", .target = target, .key = "op"}).status, 404) << wrong;
    }
    for (const std::string wrong : {"?format=pdf", "?part=0", "?part=x", "?at=2026-04-01T00:00:00Z"}) {
        const auto answer = scene.answer({.method = "GET", .target = wallet + wrong, .key = "op"});
        EXPECT_EQ(member(answer.body, "code"), "invalid_parameter") << wrong;
    }
}

TEST(api, gives_notice_of_what_expires) {
    api_scene scene;
    const std::string target = "/v1/wallets/" + test::wallet_id(3) + "/expiry_notices";
    const auto op = scene.operation({.method = "GET", .target = target, .key = "op"});
    op->at = ledger::parse_date("2027-03-30")->end().plus_ms(-1); // a day before the lot's last one
    const auto lot = test::sample_lot("042021", 3800);
    op->wallet_seen.emplace();
    op->wallet_seen->lots = {{lot.lot, lot.amount, {}}};
    const auto answer = scene.end(op, actors::ending::read);
    EXPECT_EQ(answer.body, R"({"data":[{"program":"042021","amount":3800,"expires_on":"2027-03-31","days_left":1}]})");
    expect_contract({.method = "GET", .target = target}, answer);
}

TEST(api, shows_a_merchants_balances_to_those_whose_program_it_accepts) {
    const std::string target = "/v1/merchants/" + test::merchant_id(7) + "/balances";
    const auto points = [](std::int64_t value) { return *ledger::points::from(value); };
    ledger::merchant seen;
    seen.totals = {{program("042021"), points(1), points(1200), points(200)},
                   {program("432148"), {}, points(5), points(9)}};
    const auto shown = [&](std::string_view key, std::vector<ledger::program_code> accepts) {
        api_scene scene;
        const auto op = scene.operation({.method = "GET", .target = target, .key = key});
        op->merchant_seen = seen;
        op->merchant_seen->terms = std::make_shared<ledger::merchant_terms>(
            ledger::merchant_terms{1, ledger::merchant_id{7}, false, std::move(accepts), {}});
        auto answer = scene.end(op, actors::ending::read);
        expect_contract({.method = "GET", .target = target}, answer);
        return answer.body;
    };
    const std::string first = R"({"program":"042021","pending":1,"captured":1200,"refunded":200,"payable":1000})";
    const std::string second = R"({"program":"432148","pending":0,"captured":5,"refunded":9,"payable":-4})";
    EXPECT_EQ(shown("op", {}), R"({"data":[)" + first + "," + second + "]}");
    EXPECT_EQ(shown("mu", {program("042021")}), R"({"data":[)" + first + "]}");
    EXPECT_EQ(member(shown("mu", {program("432148")}), "code"), "not_found");
}

TEST(api, shows_the_trial_balance_by_program) {
    api_scene scene;
    for (const std::string_view of_program : {"042021", "432148"})
        ledger::apply(scene.ledger.shown,
                      entry_telling(ledger::points_granted{ledger::wallet_id{3}, test::sample_lot(of_program, 5000)}));
    ledger::apply(scene.ledger.shown, entry_telling(test::sample_payment()));
    const asking asked{.method = "GET", .target = "/v1/ledger/trial_balance", .key = "op"};
    const auto all = scene.answer(asked);
    expect_contract(asked, all);
    const std::string first = R"({"program":"042021","accounts":[{"name":"funding:budget","debits":5000,"credits":0},)"
                              R"({"name":"wallets:available","debits":1200,"credits":5000},)"
                              R"({"name":"merchants:payable","debits":0,"credits":1200}]})";
    const std::string second = R"({"program":"432148","accounts":[{"name":"funding:budget","debits":5000,"credits":0},)"
                               R"({"name":"wallets:available","debits":0,"credits":5000}]})";
    EXPECT_EQ(all.body, R"({"balanced":true,"data":[)" + first + "," + second + "]}");
    const auto own = scene.answer({.method = "GET", .target = "/v1/ledger/trial_balance", .key = "mu"});
    EXPECT_EQ(own.body, R"({"balanced":true,"data":[)" + first + "]}");

    scene.ledger.shown.of(program("042021")).sums[0].debits = *ledger::points::from(1);
    EXPECT_EQ(member(scene.answer(asked).body, "balanced"), "false");
}

} // namespace
} // namespace meguri::net
