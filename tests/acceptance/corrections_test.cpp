// Corrections over real sockets against the real program: two persons, one of whom proposes and the other decides.
#include "tests/acceptance/payments_scene.hpp"

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <thread>

namespace meguri::test {
namespace {

namespace json = boost::json;

class corrections : public payments_scene {
protected:
    // `kind` and what else is not a debit of the town's own budget.
    [[nodiscard]] json::value correcting(const char* kind, std::int64_t amount) const {
        return {{"wallet", resident().id},          {"program", "042021"},       {"kind", kind}, {"amount", amount},
                {"source", "budget:042021:health"}, {"reason", "二重付与の訂正"}};
    }
    [[nodiscard]] const small_town::purse& resident() const { return town.wallets[0]; }

    // The path of the new correction.
    std::string proposed(const char* kind, std::int64_t amount) {
        const auto made = as_operator->made("/v1/corrections", correcting(kind, amount));
        EXPECT_EQ(text_at(made, "status"), "proposed");
        EXPECT_TRUE(text_at(made, "id").starts_with("co_"));
        return "/v1/corrections/" + text_at(made, "id");
    }
    api_client other_operator() {
        return {process->port(), text_at(as_operator->made("/v1/operators", {{"name", "確認者"}}), "key")};
    }
    api_client staff_of(const std::string& municipality) {
        const auto added = as_operator->made("/v1/municipalities/" + municipality + "/staff", {{"name", "係"}});
        return {process->port(), text_at(added, "key")};
    }
    json::array open() {
        return as_operator->read("/v1/wallets/" + resident().id + "/corrections").at("data").as_array();
    }
    std::vector<std::string> types() {
        std::vector<std::string> found;
        const auto page = as_operator->read("/v1/wallets/" + resident().id + "/entries");
        for (const auto& one : page.at("data").as_array()) found.push_back(text_at(one, "type"));
        return found;
    }
};

TEST_F(corrections, move_points_once_a_second_person_approves) {
    const auto checker_key = text_at(as_operator->made("/v1/operators", {{"name", "確認者"}}), "key");
    api_client checker{process->port(), checker_key};
    const auto path = proposed("debit", 300);
    EXPECT_EQ(available(resident().id), 5000) << "a proposal moves nothing";
    ASSERT_EQ(open().size(), 1U);
    EXPECT_EQ("/v1/corrections/" + text_at(open()[0], "id"), path);
    EXPECT_EQ(code_of(as_operator->post(path + "/approvals", json::object{}, "k")), "second_person_required");
    EXPECT_EQ(code_of(as_operator->post(path + "/rejections", {{"reason", "r"}})), "second_person_required");
    EXPECT_EQ(code_of(checker.post(path + "/approvals", json::object{})), "idempotency_key_missing");
    const auto approved = checker.post(path + "/approvals", json::object{}, "k"); // the refused key is free
    EXPECT_EQ(approved.status, 201) << approved.body;
    const auto told = json::parse(approved.body);
    EXPECT_EQ(text_at(told, "status"), "approved");
    EXPECT_NE(text_at(told, "decided_by"), text_at(told, "proposed_by"));
    EXPECT_EQ(available(resident().id), 4700);
    EXPECT_TRUE(open().empty());
    EXPECT_EQ(code_of(checker.post(path + "/approvals", json::object{}, "k2")), "invalid_state");
    EXPECT_EQ(code_of(checker.post(path + "/rejections", {{"reason", "r"}})), "invalid_state");
    const auto expect_same = [&] {
        api_client again{process->port(), checker_key};
        const auto repeated = again.post(path + "/approvals", json::object{}, "k");
        EXPECT_EQ(repeated.field("idempotent-replayed"), "true");
        EXPECT_EQ(repeated.body, approved.body);
        EXPECT_EQ(available(resident().id), 4700);
    };
    expect_same();
    restart();
    expect_same();

    const auto credit = proposed("credit", 1000);
    other_operator().made(credit + "/approvals", {{"reason", "確認済"}}, "k3");
    EXPECT_EQ(available(resident().id), 5700);
    EXPECT_EQ(types(), (std::vector<std::string>{"correction", "correction_proposal", "correction",
                                                 "correction_proposal", "grant", "code", "opening"}));
    const auto books = as_operator->read("/v1/ledger/trial_balance");
    EXPECT_TRUE(books.at("balanced").as_bool());
    EXPECT_NE(json::serialize(books).find(R"({"name":"cancelled:budget","debits":0,"credits":300})"), std::string::npos)
        << books;
}

TEST_F(corrections, of_more_than_is_left_are_refused_and_stay_open) {
    const auto path = proposed("debit", 4000);
    EXPECT_EQ(text_at(till->made("/v1/authorizations", payment(resident(), 1500), "p"), "status"), "captured");
    const auto refused = other_operator().post(path + "/approvals", json::object{}, "k");
    EXPECT_EQ(code_of(refused), "amount_exceeds_remaining");
    EXPECT_EQ(available(resident().id), 3500) << "nothing is taken in part";
    restart();
    auto checker = other_operator();
    ASSERT_EQ(open().size(), 1U);
    till->made("/v1/reversals", {{"idempotency_key", "p"}}, "r");
    EXPECT_EQ(checker.post(path + "/approvals", json::object{}, "k").status, 201) << "there is enough by now";
    EXPECT_EQ(available(resident().id), 1000);
    // What a hold has cannot be taken from under it.
    auto held = payment(resident(), 600);
    held.as_object()["capture"] = false;
    till->made("/v1/authorizations", held, "hold");
    const auto too_much = proposed("debit", 500);
    EXPECT_EQ(code_of(checker.post(too_much + "/approvals", json::object{}, "k2")), "amount_exceeds_remaining");
    // Neither can another source's points.
    auto of_another = correcting("debit", 100);
    of_another.as_object()["source"] = "national:042021";
    const auto made = as_operator->made("/v1/corrections", of_another);
    EXPECT_EQ(code_of(checker.post("/v1/corrections/" + text_at(made, "id") + "/approvals", json::object{}, "k3")),
              "amount_exceeds_remaining");
}

TEST_F(corrections, that_are_rejected_move_nothing) {
    auto checker = other_operator();
    const auto path = proposed("credit", 300);
    EXPECT_EQ(checker.post(path + "/rejections", json::object{}).status, 400) << "a rejection says why";
    const auto rejected = checker.post(path + "/rejections", {{"reason", "付与は正しい"}}, "k");
    EXPECT_EQ(rejected.status, 201) << rejected.body;
    const auto told = json::parse(rejected.body);
    EXPECT_EQ(text_at(told, "status"), "rejected");
    EXPECT_EQ(text_at(told, "decision_reason"), "付与は正しい");
    EXPECT_EQ(code_of(checker.post(path + "/approvals", json::object{}, "k2")), "invalid_state");
    EXPECT_EQ(checker.post(path + "/rejections", {{"reason", "付与は正しい"}}, "k").body, rejected.body);
    EXPECT_EQ(available(resident().id), 5000);
    EXPECT_TRUE(open().empty());
    EXPECT_EQ(types().front(), "correction_rejection");
}

TEST_F(corrections, are_a_municipalitys_own_business) {
    as_operator->made("/v1/programs", {{"code", "432148"}, {"name", "阿蘇市ポイント"}, {"expiry_days", 90}});
    auto maker = staff_of("042021");
    auto checker = staff_of("042021");
    auto stranger = staff_of("432148");
    EXPECT_EQ(stranger.post("/v1/corrections", correcting("debit", 1)).status, 403);
    EXPECT_EQ(till->post("/v1/corrections", correcting("debit", 1)).status, 403);
    const auto path = "/v1/corrections/" + text_at(maker.made("/v1/corrections", correcting("debit", 1)), "id");
    EXPECT_EQ(stranger.post(path + "/approvals", json::object{}, "k").status, 404);
    EXPECT_EQ(stranger.post(path + "/rejections", {{"reason", "r"}}).status, 404);
    const std::string waiting = "/v1/wallets/" + resident().id + "/corrections";
    EXPECT_TRUE(stranger.read(waiting).at("data").as_array().empty());
    EXPECT_EQ(maker.read(waiting), as_operator->read(waiting));
    EXPECT_EQ(code_of(maker.post(path + "/approvals", json::object{}, "k")), "second_person_required");
    EXPECT_EQ(text_at(checker.made(path + "/approvals", json::object{}, "k"), "status"), "approved");
    EXPECT_EQ(available(resident().id), 4999);
}

TEST_F(corrections, are_approved_once_by_whoever_comes_first) {
    std::array checkers{text_at(as_operator->made("/v1/operators", {{"name", "1"}}), "key"),
                        text_at(as_operator->made("/v1/operators", {{"name", "2"}}), "key")};
    for (int round = 0; round < 20; ++round) {
        const auto path = proposed("debit", 10);
        std::atomic<int> approved{0};
        std::vector<std::thread> both;
        for (std::size_t i = 0; i < checkers.size(); ++i)
            both.emplace_back([&, i] {
                api_client mine{process->port(), checkers[i]};
                const std::string key = std::to_string(round) + "-" + std::to_string(i);
                const auto reply = mine.post(path + "/approvals", json::object{}, key);
                approved += reply.status == 201;
                if (reply.status != 201) {
                    EXPECT_EQ(code_of(reply), "invalid_state");
                }
            });
        for (auto& one : both) one.join();
        EXPECT_EQ(approved, 1);
    }
    EXPECT_EQ(available(resident().id), 4800);
}

} // namespace
} // namespace meguri::test
