// MyKey IDs over real sockets against the real program: 64 people at once, a kill -9 in the middle of it, and a
// restart.
#include "tests/support/api_client.hpp"
#include "tests/support/switch_process.hpp"
#include "tests/support/temporary_folder.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace meguri::test {
namespace {

namespace json = boost::json;

class mykey_id : public ::testing::Test {
protected:
    static constexpr std::size_t people = 64;

    mykey_id() : operator_key{init_ledger(folder / "ledger")} { start(); }

    void start() {
        process.emplace(folder / "ledger");
        as_operator.emplace(process->port(), operator_key);
    }
    void restart_after_a_kill() {
        process->kill();
        start();
    }
    void open_wallets() {
        for (std::size_t i = 0; i < people; ++i) {
            wallets.push_back(text_at(as_operator->made("/v1/wallets", json::object{}), "id"));
            const auto issued = as_operator->made(path(i), json::object{});
            EXPECT_EQ(text_at(issued, "result"), "issued");
        }
    }
    [[nodiscard]] std::string path(std::size_t person) const {
        return "/v1/wallets/" + wallets.at(person) + "/mykey_id";
    }
    // All people wish for it, each over a connection of their own; those whom the end of the process met got no answer.
    std::map<std::size_t, std::string> all_wish_for(const std::string& wish, std::optional<int> killed_after_ms = {}) {
        std::vector<std::string> results(people);
        std::vector<std::thread> threads;
        std::atomic<std::size_t> answered{0};
        for (std::size_t person = 0; person < people; ++person)
            threads.emplace_back([&, person] {
                try {
                    http_client http{process->port()};
                    const auto reply = http.ask("POST", path(person),
                                                {{"Authorization", "Bearer " + operator_key},
                                                 {"Content-Type", "application/json"},
                                                 {"Idempotency-Key", wish + std::to_string(person)}},
                                                json::serialize(json::object{{"wish", wish}}));
                    if (reply.status == 201) results[person] = text_at(json::parse(reply.body), "result");
                } catch (const std::exception&) { // the process has ended
                }
                ++answered;
            });
        if (killed_after_ms) {
            std::this_thread::sleep_for(std::chrono::milliseconds{*killed_after_ms});
            process->send(SIGKILL);
        }
        for (auto& one : threads) one.join();
        std::map<std::size_t, std::string> found;
        for (std::size_t person = 0; person < people; ++person)
            if (!results[person].empty()) found.emplace(person, results[person]);
        return found;
    }
    // Each asks once more with its key; whoever was answered before is answered the same.
    void expect_one_owner(const std::string& wish, const std::map<std::size_t, std::string>& told) {
        std::size_t owners = 0;
        for (std::size_t person = 0; person < people; ++person) {
            const auto again = as_operator->made(path(person), {{"wish", wish}}, wish + std::to_string(person));
            const auto result = text_at(again, "result");
            if (told.contains(person)) {
                EXPECT_EQ(result, told.at(person));
            }
            const bool is_owner = result == "changed";
            owners += is_owner;
            if (!is_owner) {
                EXPECT_EQ(result, "wish_taken");
            }
            const auto shown = as_operator->read(path(person));
            EXPECT_EQ(text_at(shown, "mykey_id") == wish, is_owner);
            if (is_owner) {
                EXPECT_EQ(text_at(as_operator->read("/v1/mykey_ids/" + wish), "wallet"), wallets[person]);
            }
        }
        EXPECT_EQ(owners, 1U);
    }

    temporary_folder folder;
    std::string operator_key;
    std::optional<switch_process> process;
    std::optional<api_client> as_operator;
    std::vector<std::string> wallets;
};

TEST_F(mykey_id, is_given_to_one_of_64_also_when_the_power_goes) {
    open_wallets();
    expect_one_owner("ABCD1234", all_wish_for("ABCD1234"));
    const auto told = all_wish_for("KILL0009", 3);
    restart_after_a_kill();
    std::size_t changed_before = 0; // one of them cannot change any more
    for (std::size_t person = 0; person < people; ++person)
        changed_before += text_at(as_operator->read(path(person)), "mykey_id") == "ABCD1234";
    EXPECT_EQ(changed_before, 1U);
    std::size_t owners = 0;
    for (std::size_t person = 0; person < people; ++person) {
        const auto again = as_operator->post(path(person), {{"wish", "KILL0009"}}, "KILL0009" + std::to_string(person));
        if (again.status == 409) continue; // who has ABCD1234
        ASSERT_EQ(again.status, 201) << again.body;
        const auto result = text_at(json::parse(again.body), "result");
        if (told.contains(person)) {
            EXPECT_EQ(result, told.at(person));
        }
        owners += result == "changed";
    }
    EXPECT_EQ(owners, 1U);
    EXPECT_EQ(process->terminate(), 0);
    const auto verified = run_meguri({"verify", "--data", (folder / "ledger").string()});
    EXPECT_EQ(verified.status, 0) << verified.output << verified.errors;
}

TEST_F(mykey_id, lives_as_the_contract_says) {
    wallets = {text_at(as_operator->made("/v1/wallets", json::object{}), "id"),
               text_at(as_operator->made("/v1/wallets", json::object{}), "id")};
    EXPECT_TRUE(as_operator->read(path(0)).at("mykey_id").is_null());
    const auto drawn = text_at(as_operator->made(path(0), json::object{}), "mykey_id");
    EXPECT_EQ(code_of(as_operator->post(path(0), json::object{})), "invalid_state");
    EXPECT_EQ(code_of(as_operator->post(path(1), {{"wish", "ABCD1234"}})), "invalid_state");
    EXPECT_EQ(code_of(as_operator->post(path(0), {{"wish", "abcd1234"}})), "invalid_value");
    EXPECT_EQ(text_at(as_operator->made(path(0), {{"wish", "ABCD1234"}}), "previous"), drawn);
    EXPECT_EQ(text_at(as_operator->read("/v1/mykey_ids/" + drawn), "status"), "ended");
    EXPECT_EQ(code_of(as_operator->get("/v1/mykey_ids/ZZZZZZZZ")), "not_found");
    restart_after_a_kill();
    as_operator->made(path(1), json::object{});
    for (const char* const result : {"wish_taken", "wish_taken", "drawn_instead"})
        EXPECT_EQ(text_at(as_operator->made(path(1), {{"wish", drawn}}), "result"), result);
    const auto revoked = as_operator->post(path(0) + "/revoke", {{"reason", "紛失"}});
    EXPECT_EQ(revoked.status, 200);
    EXPECT_EQ(code_of(as_operator->post(path(0) + "/revoke", {{"reason", "紛失"}})), "invalid_state");
    EXPECT_EQ(text_at(as_operator->read("/v1/mykey_ids/ABCD1234"), "status"), "ended");
    std::vector<std::string> types;
    const auto entries = as_operator->read("/v1/wallets/" + wallets[0] + "/entries");
    for (const auto& one : entries.at("data").as_array()) types.push_back(text_at(one, "type"));
    EXPECT_EQ(types, (std::vector<std::string>{"mykey_id_revocation", "mykey_id_change", "mykey_id", "opening"}));
}

} // namespace
} // namespace meguri::test
