// `meguri backup` of a ledger while it is being paid at, and what `meguri restore` makes of it.
#include "tests/recovery/acknowledged.hpp"
#include "tests/recovery/busy_till.hpp"
#include "tests/support/seeds.hpp"
#include "tests/support/switch_process.hpp"
#include "tests/support/temporary_folder.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <fstream>
#include <map>

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace meguri::test {
namespace {

class backed_up_switch : public testing::Test {
protected:
    void SetUp() override {
        std::ofstream{folder_ / "meguri.toml"} << "[checkpoint]\ninterval_ms = 50\nentries_max = 1000\n";
        operator_key_ = init_ledger(ledger());
        process_.emplace(ledger(), options());
        as_operator_.emplace(process_->port(), operator_key_);
        town_ = make_small_town(*as_operator_, 8, granted);
    }
    [[nodiscard]] std::string ledger() const { return (folder_ / "ledger").string(); }
    [[nodiscard]] std::string backup() const { return (folder_ / "backup").string(); }
    [[nodiscard]] std::string copy() const { return (folder_ / "copy").string(); }
    [[nodiscard]] std::vector<std::string> options() const { return {"--config", (folder_ / "meguri.toml").string()}; }
    [[nodiscard]] std::vector<std::string> backing_up() const {
        return {"backup", "--data", ledger(), "--to", backup(), "--segment-entries", "300"};
    }
    static void expect_whole(const std::string& ledger) {
        const auto verified = run_meguri({"verify", "--data", ledger});
        EXPECT_EQ(verified.status, 0) << verified.output << verified.errors;
    }
    // The bytes that every question of this test gets.
    [[nodiscard]] std::map<std::string, std::string> answers_of(std::uint16_t port) const {
        std::vector<std::string> paths{"/v1/merchants/" + town_.merchant + "/balances"};
        for (const auto& one : town_.wallets)
            for (const char* const what : {"/balances", "/entries?limit=100"})
                paths.push_back("/v1/wallets/" + one.id + what);
        api_client as_operator{port, operator_key_};
        std::map<std::string, std::string> answers;
        for (const auto& path : paths) {
            const auto reply = as_operator.get(path);
            EXPECT_EQ(reply.status, 200) << path << reply.body;
            answers[path] = reply.body;
        }
        return answers;
    }

    std::uint64_t seed_ = seeds(1).front();
    temporary_folder folder_;
    std::string operator_key_;
    std::optional<switch_process> process_;
    std::optional<api_client> as_operator_;
    small_town town_;
};

TEST_F(backed_up_switch, comes_back_with_all_that_was_acknowledged_before_the_backup_began) {
    remembering_clients clients{town_, seed_};
    clients.start(process_->port(), 4);
    ASSERT_TRUE(clients.wait_for_more(500));
    clients.finish();
    const auto told = answers_of(process_->port());

    busy_till till{*as_operator_, process_->port()};
    std::size_t before = 0;
    for (int run = 0; run < 3; ++run) { // the second and third add what is new
        ASSERT_TRUE(till.wait_for_more(100));
        before = till.acknowledged();
        const auto done = run_meguri(backing_up());
        ASSERT_EQ(done.status, 0) << done.output << done.errors;
        EXPECT_GT(till.acknowledged(), before) << "nothing was paid meanwhile: too little to prove anything";
    }
    ASSERT_TRUE(till.wait_for_more(100)) << "the switch goes on";
    till.stop();

    const auto restored = run_meguri({"restore", "--from", backup(), "--data", copy()});
    ASSERT_EQ(restored.status, 0) << restored.output << restored.errors;
    EXPECT_NE(restored.output.find("epoch 1 begins with entry"), std::string::npos) << restored.output;
    expect_whole(copy());
    {
        const switch_process again{copy(), options()};
        EXPECT_EQ(answers_of(again.port()), told);
        clients.expect_all_there(again.port(), operator_key_, granted);
        till.expect_there(again.port(), before);
    }
    expect_whole(copy());

    till.expect_there(process_->port(), till.acknowledged());
    EXPECT_EQ(answers_of(process_->port()), told);
    EXPECT_EQ(process_->terminate(), 0);
    expect_whole(ledger());
}

TEST_F(backed_up_switch, is_not_hurt_by_backups_that_are_killed) {
    busy_till till{*as_operator_, process_->port()};
    dice random{seed_};
    const char* const program = std::getenv("MEGURI_BINARY");
    ASSERT_NE(program, nullptr);
    int killed = 0;
    int restored = 0;
    posix_spawn_file_actions_t quiet;
    ASSERT_EQ(::posix_spawn_file_actions_init(&quiet), 0);
    ASSERT_EQ(::posix_spawn_file_actions_addopen(&quiet, STDOUT_FILENO, "/dev/null", O_WRONLY, 0), 0);
    for (int round = 0; round < 30; ++round) {
        ASSERT_TRUE(till.wait_for_more(20)) << "round " << round;
        std::vector<std::string> words = backing_up();
        words.insert(words.begin(), program);
        std::vector<char*> arguments;
        for (auto& one : words) arguments.push_back(one.data());
        arguments.push_back(nullptr);
        pid_t pid = -1;
        ASSERT_EQ(::posix_spawn(&pid, program, &quiet, nullptr, arguments.data(), environ), 0);
        // It waits up to 50 ms for what the commit log holds, then works.
        std::this_thread::sleep_for(std::chrono::microseconds{random.between(0, 150'000)});
        ::kill(pid, SIGKILL);
        int status = 0;
        ASSERT_EQ(::waitpid(pid, &status, 0), pid);
        if (!WIFSIGNALED(status)) {
            EXPECT_EQ(WEXITSTATUS(status), 0) << "round " << round;
        }
        killed += WIFSIGNALED(status);
        if (!std::filesystem::exists(folder_ / "backup" / "manifest.json") || round % 5 != 4) continue;
        const auto done = run_meguri({"restore", "--from", backup(), "--data", copy()});
        ASSERT_EQ(done.status, 0) << "round " << round << ", MEGURI_SEED=" << seed_ << '\n' << done.errors;
        std::filesystem::remove_all(copy());
        ++restored;
    }
    ::posix_spawn_file_actions_destroy(&quiet);
    EXPECT_GT(killed, 5) << "too few to prove anything";
    EXPECT_GT(restored, 0) << "no backup got to its end: too little to prove anything";
    const auto before = till.acknowledged();
    const auto whole = run_meguri(backing_up());
    ASSERT_EQ(whole.status, 0) << whole.errors;
    till.stop();
    EXPECT_EQ(process_->terminate(), 0);
    expect_whole(ledger());
    ASSERT_EQ(run_meguri({"restore", "--from", backup(), "--data", copy()}).status, 0);
    expect_whole(copy());
    const switch_process again{copy(), options()};
    till.expect_there(again.port(), before);
}

TEST_F(backed_up_switch, says_what_is_wrong_and_leaves_nothing_half_made) {
    const auto absent = run_meguri({"backup", "--data", (folder_ / "none").string(), "--to", backup()});
    EXPECT_EQ(absent.status, 1);
    EXPECT_NE(absent.errors.find((folder_ / "none").string()), std::string::npos) << absent.errors;
    const auto nothing = run_meguri({"restore", "--from", (folder_ / "none").string(), "--data", copy()});
    EXPECT_EQ(nothing.status, 1);
    EXPECT_NE(nothing.errors.find("meguri backup"), std::string::npos) << nothing.errors;
    EXPECT_NE(run_meguri({"backup", "--data", ledger()}).status, 0) << "where to?";
    EXPECT_NE(run_meguri({"backup", "--data", ledger(), "--to", backup(), "--segment-entries", "0"}).status, 0);

    ASSERT_EQ(run_meguri(backing_up()).status, 0);
    for (const auto& one : std::filesystem::directory_iterator{backup()})
        if (one.path().extension() == ".mgs") std::filesystem::resize_file(one.path(), one.file_size() - 1);
    const auto damaged = run_meguri({"restore", "--from", backup(), "--data", copy()});
    EXPECT_EQ(damaged.status, 1);
    EXPECT_NE(damaged.errors.find("segment-00000000000000000001-"), std::string::npos) << damaged.errors;
    EXPECT_NE(damaged.errors.find("journal position 1"), std::string::npos) << damaged.errors;
    EXPECT_FALSE(std::filesystem::exists(copy()));
    EXPECT_FALSE(std::filesystem::exists(copy() + ".restoring"));
    const auto occupied = run_meguri({"restore", "--from", backup(), "--data", ledger()});
    EXPECT_EQ(occupied.status, 1) << "a ledger is never written over";
}

} // namespace
} // namespace meguri::test
