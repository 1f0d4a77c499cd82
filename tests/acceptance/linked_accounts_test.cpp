// Accounts at a partner, linked with consent, and conversions from them: the real program and the partner as processes
// of their own, either of them killed at every step. Afterwards both sides agree, and `meguri verify` says so.
#include "tests/acceptance/linked_town.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <thread>

namespace meguri::test {
namespace {

namespace json = boost::json;

class linked_accounts : public linked_town {
protected:
    explicit linked_accounts(const std::string& token_seconds = "3600") : linked_town{token_seconds} {}
    // Both sides have the same: so many units left, and half as many points came.
    void expect_agreement(const person& one, std::int64_t units) {
        EXPECT_EQ(company.points_of("alice"), 20'000 - units);
        EXPECT_EQ(credited(one.wallet), units / 2);
        EXPECT_EQ(company.conversions("reserved"), 0);
        EXPECT_TRUE(as_operator->read("/v1/ledger/trial_balance").at("balanced").as_bool());
        const auto terms = as_operator->read("/v1/partners/" + partner + "/conversion_terms");
        EXPECT_EQ(terms.at("converted").as_int64(), units / 2);
    }
    std::string asked(const person& one, std::int64_t units, const std::string& key) {
        const auto reply = convert(one, units, key);
        EXPECT_EQ(reply.status, 201) << reply.body;
        return text_at(json::parse(reply.body), "id");
    }
};

TEST_F(linked_accounts, convert_5000_from_consent_to_balance) {
    const auto me = new_resident();
    const auto linked = link(me, "alice");
    EXPECT_EQ(text_at(linked, "status"), "linked");
    EXPECT_EQ(as(me).read("/v1/wallets/" + me.wallet + "/links").at("data").as_array().at(0), linked);
    const auto reply = convert(me, 5'000, "k-1", {{"program", "042021"}});
    ASSERT_EQ(reply.status, 201) << reply.body;
    const auto begun = json::parse(reply.body);
    EXPECT_EQ(text_at(begun, "status"), "pending");
    EXPECT_EQ(begun.at("amount").as_int64(), 2'500);
    const auto done = wait_for(text_at(begun, "id"), "completed");
    EXPECT_EQ(done, as(me).read("/v1/linked_conversions/" + text_at(begun, "id")));
    EXPECT_EQ(as(me).read("/v1/wallets/" + me.wallet + "/linked_conversions").at("data"),
              json::value(json::array{done}));
    const auto conversion = as_operator->read("/v1/conversions/" + text_at(done, "conversion"));
    EXPECT_EQ(text_at(conversion, "reference"), text_at(begun, "reference"));
    EXPECT_EQ(conversion.at("amount").as_int64(), 2'500);
    EXPECT_EQ(text_at(conversion, "source"), "partner:" + partner) << "the lot names its source";
    expect_agreement(me, 5'000);
    const auto again = convert(me, 5'000, "k-1", {{"program", "042021"}});
    EXPECT_EQ(again.body, reply.body);
    EXPECT_EQ(again.field("idempotent-replayed"), "true");
    expect_agreement(me, 5'000);
    EXPECT_EQ(process->log().find(company.secret()), std::string::npos);
}

TEST_F(linked_accounts, belong_to_one_wallet_and_one_wallet_has_one) {
    const auto me = new_resident();
    const auto neighbour = new_resident();
    const auto linked = link(me, "alice");
    EXPECT_EQ(code_of(finish(me, company.approve(text_at(begin(me), "authorization_url"), "bob"))), "already_linked");
    const auto theirs = company.approve(text_at(begin(neighbour), "authorization_url"), "alice");
    EXPECT_EQ(code_of(finish(neighbour, theirs)), "account_linked_elsewhere");
    EXPECT_EQ(as(neighbour).post("/v1/links/" + text_at(linked, "id") + "/revoke", json::object{}).status, 404);
    EXPECT_EQ(code_of(convert(neighbour, 5'000, "k-1")), "not_linked");
    kill_and_restart();
    auto back = log_in(me.card);
    const auto ended = as(back).post("/v1/links/" + text_at(linked, "id") + "/revoke", {{"reason", "不要"}});
    EXPECT_EQ(ended.status, 200) << ended.body;
    EXPECT_EQ(text_at(json::parse(ended.body), "status"), "ended");
    EXPECT_TRUE(as(back).read("/v1/wallets/" + back.wallet + "/links").at("data").as_array().empty());
    wait_for_calls("revoke", 1);
    EXPECT_EQ(code_of(convert(back, 5'000, "k-2")), "not_linked");
    EXPECT_EQ(code_of(as(back).post("/v1/links/" + text_at(linked, "id") + "/revoke", json::object{})), "not_linked");
    link(log_in(neighbour.card), "alice");
}

TEST_F(linked_accounts, are_linked_by_a_state_of_the_same_session_once_and_in_time) {
    const auto me = new_resident();
    const auto attacker = new_resident();
    const auto given = company.approve(text_at(begin(me), "authorization_url"), "alice");
    EXPECT_EQ(code_of(finish(attacker, given)), "link_not_begun");
    EXPECT_EQ(code_of(finish(me, given)), "link_not_begun") << "somebody has tried it";
    const auto elsewhere = log_in(me.card);
    EXPECT_EQ(code_of(finish(elsewhere, company.approve(text_at(begin(me), "authorization_url"), "alice"))),
              "link_not_begun")
        << "another session of the same person";
    auto swapped = company.approve(text_at(begin(me), "authorization_url"), "alice");
    const auto other = company.approve(text_at(begin(attacker), "authorization_url"), "bob");
    swapped.code = other.code;
    EXPECT_EQ(code_of(finish(me, swapped)), "partner_refused") << "the code is another verifier's";
    EXPECT_EQ(code_of(finish(attacker, other)), "partner_refused") << "and used up";
    EXPECT_TRUE(as(me).read("/v1/wallets/" + me.wallet + "/links").at("data").as_array().empty());
    company.fault("token", "error");
    EXPECT_EQ(code_of(finish(me, company.approve(text_at(begin(me), "authorization_url"), "alice"))),
              "partner_unavailable");
    company.fault("account", "silent");
    EXPECT_EQ(code_of(finish(me, company.approve(text_at(begin(me), "authorization_url"), "alice"))),
              "partner_unavailable");
    EXPECT_EQ(code_of(as(me).post("/v1/wallets/" + me.wallet + "/link_requests", {{"partner", "par_none"}})),
              "partner_not_linkable");
    link(me, "alice");
}

// Nothing is done, or it is done and its answer lost: and then the switch dies.
TEST_F(linked_accounts, convert_once_wherever_the_switch_is_killed) {
    auto me = new_resident();
    link(me, "alice");
    std::int64_t units = 0;
    for (const auto& [call, kind] :
         {std::pair{"reserve", "silent"}, {"reserve", "late"}, {"confirm", "silent"}, {"confirm", "late"}}) {
        SCOPED_TRACE(std::string{call} + ' ' + kind);
        company.fault(call, kind);
        const auto before = company.calls(call);
        const auto id = asked(me, 1'000, "k-" + std::to_string(units += 1'000));
        wait_for_calls(call, before + 1);
        kill_and_log_in_again(me);
        wait_for(id, "completed");
        expect_agreement(me, units);
    }
    const auto id = asked(me, 1'000, "k-0"); // at once
    kill_and_log_in_again(me);
    wait_for(id, "completed");
    expect_agreement(me, units + 1'000);
    EXPECT_EQ(company.conversions("confirmed"), 5);
}

TEST_F(linked_accounts, convert_once_wherever_the_partner_is_killed) {
    const auto me = new_resident();
    link(me, "alice");
    company.kill();
    const auto first = asked(me, 1'000, "k-1");
    std::this_thread::sleep_for(std::chrono::milliseconds{1'500}); // it has been tried in vain
    EXPECT_EQ(text_at(as(me).read("/v1/linked_conversions/" + first), "status"), "pending");
    company.start();
    wait_for(first, "completed");
    std::int64_t units = 1'000;
    for (const char* const call : {"reserve", "confirm"}) {
        SCOPED_TRACE(call);
        company.fault(call, "late");
        const auto before = company.calls(call);
        const auto id = asked(me, 1'000, std::string{"l-"} + call);
        units += 1'000;
        wait_for_calls(call, before + 1);
        company.kill();
        company.start();
        wait_for(id, "completed");
        expect_agreement(me, units);
    }
    EXPECT_EQ(company.conversions("confirmed"), 3);
}

TEST_F(linked_accounts, convert_nothing_where_either_side_refuses) {
    auto me = new_resident();
    link(me, "alice");
    EXPECT_EQ(code_of(convert(me, 105, "k-1")), "units_off_step");
    EXPECT_EQ(code_of(convert(me, 50'000, "k-1")), "conversion_limit_reached");
    const auto poor = asked(me, 20'000 + 10, "k-1");
    EXPECT_EQ(text_at(wait_for(poor, "declined"), "reason"), "insufficient_points");
    expect_agreement(me, 0);

    // Frozen between the question and the credit: what may be reserved there is let go.
    company.fault("reserve", "late");
    const auto before = company.calls("reserve");
    const auto frozen = asked(me, 5'000, "k-2");
    wait_for_calls("reserve", before + 1);
    EXPECT_EQ(company.points_of("alice"), 15'000) << "reserved";
    as_operator->made("/v1/wallets/" + me.wallet + "/freeze", {{"reason", "調査"}});
    EXPECT_EQ(text_at(wait_for(frozen, "cancelled"), "reason"), "wallet_unavailable");
    as_operator->made("/v1/wallets/" + me.wallet + "/unfreeze", {{"reason", "解除"}});
    expect_agreement(me, 0);

    // The consent is gone there, and the answer to the first attempt was lost.
    company.fault("reserve", "late");
    const auto lost = company.calls("reserve");
    const auto unauthorized = asked(me, 5'000, "k-3");
    wait_for_calls("reserve", lost + 1);
    company.fault("reserve", "unauthorized", 2);
    company.fault("cancel", "error");
    kill_and_log_in_again(me);
    EXPECT_EQ(text_at(wait_for(unauthorized, "cancelled"), "reason"), "not_authorized");
    expect_agreement(me, 0);
    EXPECT_EQ(company.conversions("cancelled"), 2);
}

class accounts_of_short_tokens : public linked_accounts {
protected:
    accounts_of_short_tokens() : linked_accounts{"3"} {}
};

TEST_F(accounts_of_short_tokens, are_renewed_before_each_use) {
    auto me = new_resident();
    link(me, "alice");
    for (const char* const key : {"k-1", "k-2"}) {
        const auto id = asked(me, 1'000, key);
        wait_for(id, "completed");
        kill_and_log_in_again(me);
    }
    expect_agreement(me, 2'000);
    EXPECT_EQ(company.calls("token"), 3) << "the code, and a refresh token for each, the second by the first";
    company.fault("token", "refused");
    EXPECT_EQ(text_at(wait_for(asked(me, 1'000, "k-3"), "cancelled"), "reason"), "not_authorized");
    expect_agreement(me, 2'000);
}

} // namespace
} // namespace meguri::test
