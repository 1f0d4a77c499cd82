// The process is stopped (SIGSTOP) under load, as by a debugger or a frozen container, and goes on, or is killed while
// it stands still. To the process a stop looks like time that passes at once; it is no moved clock.
#include "tests/recovery/acknowledged.hpp"
#include "tests/support/seeds.hpp"
#include "tests/support/switch_process.hpp"
#include "tests/support/temporary_folder.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <csignal>

#include <sys/wait.h>

namespace meguri::test {
namespace {

class stopped_switch {
public:
    stopped_switch()
        : seed_{seeds(1).front()},
          operator_key_{init_ledger(folder_ / "ledger")},
          process_{std::in_place, folder_ / "ledger"} {
        api_client as_operator{process_->port(), operator_key_};
        town_ = make_small_town(as_operator, 16, granted);
    }

    // Stopped for that long while clients wait; whether they may lose patience meanwhile is theirs to see.
    void goes_on_after(std::chrono::seconds stop, bool clients_wait) {
        remembering_clients clients{town_, seed_};
        clients.start(process_->port(), 8);
        EXPECT_TRUE(clients.wait_for_more(200));
        freeze();
        const std::size_t before = clients.acknowledged();
        std::this_thread::sleep_for(stop);
        EXPECT_LE(clients.acknowledged(), before + 8) << "what it had sent already";
        process_->send(SIGCONT);
        if (clients_wait) {
            EXPECT_TRUE(clients.wait_for_more(200));
        } else {
            clients.join(); // each gave up after ten seconds
            expect_all_there(clients);
            clients.start(process_->port(), 8);
            EXPECT_TRUE(clients.wait_for_more(200));
        }
        // Its clock is looked at once a second.
        std::this_thread::sleep_for(std::chrono::milliseconds{1500});
        clients.finish();
        EXPECT_EQ(process_->log().find("wall clock"), std::string::npos) << process_->log();
        http_client ops{process_->ops_port()};
        EXPECT_EQ(ops.ask("GET", "/readyz").status, 200);
        expect_all_there(clients);
        end();
    }

    void is_killed_while_stopped(int rounds) {
        dice random{seed_};
        remembering_clients clients{town_, seed_};
        for (int round = 0; round < rounds && !::testing::Test::HasFailure(); ++round) {
            clients.start(process_->port(), 8);
            EXPECT_TRUE(clients.wait_for_more(random.below(200) + 1));
            freeze();
            std::this_thread::sleep_for(std::chrono::milliseconds{random.between(0, 50)});
            process_->kill();
            clients.join();
            process_.emplace(folder_ / "ledger");
            expect_all_there(clients);
        }
        end();
    }

private:
    // The signal is on its way until the kernel says that every thread has stopped.
    void freeze() const {
        process_->send(SIGSTOP);
        int status = 0;
        EXPECT_EQ(::waitpid(process_->pid(), &status, WUNTRACED), process_->pid());
        EXPECT_TRUE(WIFSTOPPED(status));
    }
    void expect_all_there(remembering_clients& clients) const {
        clients.expect_all_there(process_->port(), operator_key_, granted);
    }
    void end() {
        EXPECT_EQ(process_->terminate(), 0);
        const auto verified = run_meguri({"verify", "--data", (folder_ / "ledger").string()});
        EXPECT_EQ(verified.status, 0) << "MEGURI_SEED=" << seed_ << '\n' << verified.output << verified.errors;
    }

    std::uint64_t seed_;
    temporary_folder folder_;
    std::string operator_key_;
    std::optional<switch_process> process_;
    small_town town_;
};

TEST(stop, goes_on_where_it_was) { stopped_switch{}.goes_on_after(std::chrono::seconds{2}, true); }

TEST(stop, killed_while_stopped_loses_nothing_acknowledged) { stopped_switch{}.is_killed_while_stopped(6); }

// Longer than the wall clock may be moved without a doubt, and than clients and connections wait.
TEST(long_stop, of_more_than_a_minute_is_no_moved_clock) {
    stopped_switch{}.goes_on_after(std::chrono::seconds{65}, false);
}

TEST(long_stop, killed_while_stopped_loses_nothing_acknowledged) { stopped_switch{}.is_killed_while_stopped(60); }

} // namespace
} // namespace meguri::test
