#include "tests/recovery/acknowledged.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>

namespace meguri::test {
namespace {

namespace json = boost::json;

// Of earlier rounds, checked again by each client after each.
constexpr std::size_t older_ones = 3;

http_fields fields_of(const small_town& town, const std::string& key) {
    return {
        {"Authorization", "Bearer " + town.till_key}, {"Content-Type", "application/json"}, {"Idempotency-Key", key}};
}

} // namespace

// --- the load ---

void remembering_clients::start(std::uint16_t port, std::size_t clients) {
    enough_ = false;
    for (std::size_t i = clients_.size(); i < clients; ++i)
        clients_.push_back({"c" + std::to_string(i), dice{seed_ * 1000 + i}, {}, {}, {}});
    for (auto& one : clients_) threads_.emplace_back([this, &one, port] { live(one, port); });
}

void remembering_clients::join() {
    for (auto& one : threads_) one.join();
    threads_.clear();
}

void remembering_clients::finish() {
    enough_ = true;
    join();
}

bool remembering_clients::wait_for_more(std::size_t steps) const {
    const std::size_t wanted = acknowledged() + steps;
    for (int i = 0; i < 2000 && acknowledged() < wanted; ++i) std::this_thread::sleep_for(std::chrono::milliseconds{5});
    return acknowledged() >= wanted;
}

void remembering_clients::live(client& mine, std::uint16_t port) try {
    http_client http{port};
    while (!enough_) {
        const std::size_t chosen = choose(mine);
        auto& one = mine.payments[chosen];
        mine.touched.push_back(chosen);
        if (one.steps().size() == 1 && mine.random.one_in(20)) {
            const auto& lost = one.steps().back();
            http_client{port}.send(http_request_text("POST", lost.path, fields_of(town_, lost.key), lost.body));
            one.reverse(lost.key + "-undo");
        }
        const auto reply = ask(http, one.steps().back());
        if (reply.status == 503) {
            const auto code = code_of(reply);
            const bool ends =
                (code == "not_ready" && end_is_expected_) || (code == "read_failed" && failed_reads_are_expected_);
            EXPECT_TRUE(ends || code == "outcome_unknown" || code == "ledger_stopped") << reply.body;
            return;
        }
        if (clock_is_turned_ && reply.status == 409) {
            note_end_of_hold(http, one);
            continue;
        }
        ASSERT_EQ(reply.status, 201) << one.steps().back().path << ' ' << one.steps().back().body << reply.body;
        one.told(reply.body, clock_is_turned_);
        ++acknowledged_;
        if (one.is_open()) mine.open.push_back(chosen);
    }
} catch (const std::runtime_error&) {
    // The connection broke: that is what the test does.
}

std::size_t remembering_clients::choose(client& mine) const {
    const std::string key = mine.name + '-' + std::to_string(mine.steps++);
    if (!mine.open.empty() && mine.random.below(5) < 3) {
        auto& picked = mine.open[mine.random.below(mine.open.size())];
        const std::size_t chosen = std::exchange(picked, mine.open.back());
        mine.open.pop_back();
        mine.payments[chosen].go_on(mine.random, key);
        return chosen;
    }
    mine.payments.emplace_back(mine.random.below(town_.wallets.size()), mine.random.between(1, 9),
                               mine.random.one_in(2));
    mine.payments.back().attempt(town_, key);
    return mine.payments.size() - 1;
}

http_reply remembering_clients::ask(http_client& over, const remembered_step& step) const {
    return over.ask("POST", step.path, fields_of(town_, step.key), step.body);
}

json::value remembering_clients::show(http_client& over, const remembered_payment& one) const {
    const auto reply = over.ask("GET", one.path(), {{"Authorization", "Bearer " + town_.till_key}});
    EXPECT_EQ(reply.status, 200) << one.path() << reply.body;
    return reply.status == 200 ? json::parse(reply.body) : json::value{};
}

// The hold's step was refused: that is right only if the hold had ended.
void remembering_clients::note_end_of_hold(http_client& over, remembered_payment& one) const {
    one.refused();
    auto shown = show(over, one);
    EXPECT_EQ(standing_of(shown), (standing{"expired", 0, 0})) << one.path();
    one.ended(std::move(shown));
}

// --- held against the ledger ---

void remembering_clients::expect_all_there(std::uint16_t port, const std::string& operator_key,
                                           std::int64_t granted_each) {
    for (auto& one : clients_) threads_.emplace_back([this, &one, port] { check(one, port); });
    join();
    expect_sums(port, operator_key, granted_each);
}

void remembering_clients::check(client& mine, std::uint16_t port) const try {
    http_client http{port};
    auto due = mine.touched;
    for (std::size_t i = 0; i < older_ones && !mine.payments.empty(); ++i)
        due.push_back(mine.random.below(mine.payments.size()));
    std::sort(due.begin(), due.end());
    due.erase(std::unique(due.begin(), due.end()), due.end());
    for (const auto index : due) check(http, mine, mine.payments[index]);
    mine.touched.clear();
    mine.open.clear();
    for (std::size_t i = 0; i < mine.payments.size(); ++i)
        if (mine.payments[i].is_open()) mine.open.push_back(i);
} catch (const std::exception& why) {
    ADD_FAILURE() << "while checking: " << why.what();
}

void remembering_clients::check(http_client& over, client& mine, remembered_payment& one) const {
    if (one.waits()) settle(over, mine, one);
    if (!one.shown().is_null()) {
        auto shown = show(over, one);
        if (clock_is_turned_ && one.held() != 0 && standing_of(shown).status == "expired") {
            one.ended(std::move(shown));
        } else {
            EXPECT_EQ(shown, one.shown());
        }
    }
    repeat(over, one);
}

// What was asked for without an answer happened wholly or not at all.
void remembering_clients::settle(http_client& over, client& mine, remembered_payment& one) const {
    const bool is_new = one.shown().is_null();
    const auto before = one.shown();
    const auto shown = is_new ? json::value{} : show(over, one);
    if (one.steps().back().kind == step_kind::attempt && mine.random.one_in(2))
        one.reverse(one.steps().back().key + "-undo");
    const auto reply = ask(over, one.steps().back());
    if (clock_is_turned_ && reply.status == 409) return note_end_of_hold(over, one);
    ASSERT_EQ(reply.status, 201) << one.steps().back().path << ' ' << one.steps().back().body << reply.body;
    one.told(reply.body, clock_is_turned_);
    const bool was_there = reply.field("idempotent-replayed") == "true";
    if (is_new || clock_is_turned_) return;
    EXPECT_EQ(shown, was_there ? one.shown() : before) << one.steps().back().key << (was_there ? " was there" : "");
}

void remembering_clients::repeat(http_client& over, const remembered_payment& one) const {
    for (const auto& step : one.steps()) {
        const auto reply = ask(over, step);
        ASSERT_EQ(reply.status, 201) << step.path << ' ' << step.key << reply.body;
        const bool is_reversed = step.kind == step_kind::attempt && one.steps().back().kind == step_kind::reversal;
        if (is_reversed && one.shown().is_null()) {
            EXPECT_EQ(text_at(json::parse(reply.body), "decline_code"), "reversed_before_arrival");
            continue;
        }
        EXPECT_EQ(reply.field("idempotent-replayed"), "true") << step.key << " was acknowledged and is gone";
        if (is_reversed) {
            EXPECT_EQ(json::parse(reply.body), one.shown()) << step.key;
        } else {
            EXPECT_EQ(reply.body, step.answer) << step.key;
        }
    }
}

void remembering_clients::expect_sums(std::uint16_t port, const std::string& operator_key,
                                      std::int64_t granted_each) const {
    std::vector<std::int64_t> available(town_.wallets.size(), granted_each);
    std::vector<std::int64_t> held(town_.wallets.size(), 0);
    std::int64_t pending = 0;
    standing all;
    for (const auto& mine : clients_)
        for (const auto& one : mine.payments) {
            const auto& stands = one.stands();
            available[one.wallet()] -= one.held() + stands.captured - stands.refunded;
            held[one.wallet()] += one.held();
            pending += one.held();
            all.captured += stands.captured;
            all.refunded += stands.refunded;
        }
    api_client as_operator{port, operator_key};
    for (std::size_t i = 0; i < available.size(); ++i) {
        const auto rows = as_operator.read("/v1/wallets/" + town_.wallets[i].id + "/balances").at("data").as_array();
        if (!clock_is_turned_) {
            EXPECT_EQ(rows.empty() ? 0 : rows[0].at("available").as_int64(), available[i]) << "wallet " << i;
        }
        EXPECT_EQ(rows.empty() ? 0 : rows[0].at("held").as_int64(), held[i]) << "wallet " << i;
    }
    const auto rows = as_operator.read("/v1/merchants/" + town_.merchant + "/balances").at("data").as_array();
    const json::value expected{{"program", "042021"},
                               {"pending", pending},
                               {"captured", all.captured},
                               {"refunded", all.refunded},
                               {"payable", all.captured - all.refunded}};
    EXPECT_EQ(rows.empty() ? expected : rows.front(), expected);
    EXPECT_TRUE(as_operator.read("/v1/ledger/trial_balance").at("balanced").as_bool());
}

} // namespace meguri::test
