// What an earlier version wrote, this one goes on with: every ledger in tests/data/upgrade opens, answers what it
// answered then, takes payments, and can be backed up and restored.
#include "ledger/ids.hpp"
#include "storage/data_folder.hpp"
#include "storage/journal_reader.hpp"
#include "storage/state_store.hpp"
#include "tests/support/api_client.hpp"
#include "tests/support/source_tree.hpp"
#include "tests/support/switch_process.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/support/tool.hpp"
#include "tests/upgrade/kinds.hpp"
#include "tests/upgrade/recorded_ledger.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <iterator>
#include <optional>

namespace meguri::test {
namespace {

struct kept_ledger {
    std::filesystem::path folder;
    std::string name; // stopped or killed
};

std::vector<kept_ledger> ledgers_in(const std::filesystem::path& folder) {
    return {{folder, "stopped"}, {folder, "killed"}};
}

std::vector<kept_ledger> kept_ledgers() {
    std::vector<kept_ledger> all;
    for (const auto& one : std::filesystem::directory_iterator{source_folder() / "tests" / "data" / "upgrade"})
        if (one.is_directory()) std::ranges::copy(ledgers_in(one.path()), std::back_inserter(all));
    return all;
}

// One of them unpacked, and this version of the program on it, at the time at which it stood.
class kept_scene {
public:
    explicit kept_scene(const kept_ledger& from) : recorded{read_answers(from.folder / (from.name + ".json"))} {
        unpack(from.folder / (from.name + ".tar.gz"), ledger());
    }
    [[nodiscard]] std::filesystem::path ledger() const { return folder / "ledger"; }

    void start() {
        const auto now = std::chrono::system_clock::now().time_since_epoch();
        const auto turned = recorded.stood_at - std::chrono::duration_cast<std::chrono::seconds>(now).count();
        std::ofstream{folder / "clock"} << turned << '\n';
        process.emplace(ledger(), std::vector<std::string>{"--test-clock", (folder / "clock").string()});
    }
    void stop() { EXPECT_EQ(process->terminate(), 0) << process->log(); }
    void expect_verified(const std::filesystem::path& one) const {
        const auto verified = run_meguri({"verify", "--data", one.string()});
        EXPECT_EQ(verified.status, 0) << verified.output << verified.errors;
    }
    void expect_same_answers() const {
        http_client http{process->port()};
        std::size_t replayed = 0;
        for (const auto& one : recorded.answers) {
            const auto now = ask(http, one.question);
            const auto& asked = one.question;
            EXPECT_EQ(now.status, one.status) << asked.method << ' ' << asked.path << ' ' << asked.body;
            EXPECT_EQ(now.body, one.body) << asked.method << ' ' << asked.path << ' ' << asked.body;
            EXPECT_EQ(now.replayed, one.replayed) << asked.path;
            replayed += one.replayed;
        }
        EXPECT_GT(replayed, 100U);
        EXPECT_GT(recorded.answers.size(), replayed + 50);
    }
    void expect_payments_go_on() const {
        api_client till{process->port(), recorded.till_key};
        const auto pay = [&](bool capture) {
            auto body = payment({{}, recorded.card}, 7);
            body.as_object()["program"] = "042021";
            body.as_object()["capture"] = capture;
            return till.made("/v1/authorizations", body, capture ? "new-payment" : "new-hold");
        };
        const auto first = pay(true);
        const auto second = pay(false);
        EXPECT_EQ(text_at(first, "status"), "captured");
        EXPECT_EQ(text_at(second, "status"), "authorized");
        EXPECT_EQ(second.at("balance").as_int64(), first.at("balance").as_int64() - 7);
        const auto path = "/v1/authorizations/" + text_at(second, "id");
        EXPECT_EQ(till.made(path + "/captures", {{"amount", 5}}, "new-capture").at("captured").as_int64(), 5);
    }
    void back_up() const {
        const auto backup = (folder / "backup").string();
        const auto done = run_meguri({"backup", "--data", ledger().string(), "--to", backup});
        EXPECT_EQ(done.status, 0) << done.errors;
    }
    void expect_restored() const {
        const auto done =
            run_meguri({"restore", "--from", (folder / "backup").string(), "--data", (folder / "restored").string()});
        EXPECT_EQ(done.status, 0) << done.errors;
        expect_verified(folder / "restored");
    }

    temporary_folder folder;
    recorded_ledger recorded;
    std::optional<switch_process> process;
};

void expect_goes_on(const kept_ledger& one) {
    SCOPED_TRACE(one.folder.string() + ' ' + one.name);
    kept_scene scene{one};
    scene.expect_verified(scene.ledger());
    scene.start();
    scene.expect_same_answers();
    scene.expect_payments_go_on();
    scene.back_up();
    scene.stop();
    scene.expect_verified(scene.ledger());
    scene.expect_restored();
}

// All of its entries are read, by whom a state store that is there would have spared it.
void expect_state_made_again(const kept_ledger& one) {
    SCOPED_TRACE(one.folder.string() + ' ' + one.name);
    kept_scene scene{one};
    std::filesystem::remove_all(scene.ledger() / "state");
    scene.start();
    scene.expect_same_answers();
    scene.stop();
    scene.expect_verified(scene.ledger());
}

// How many entries the state store has not seen.
ledger::journal_position tail_of(const kept_ledger& one) {
    const kept_scene scene{one};
    auto state = storage::state_store::open(scene.ledger() / "state", std::size_t{1} << 30).value();
    const auto within = state->begin_read().value();
    const auto stands = storage::get_checkpoint(within, state->databases()).value();
    const auto journal = storage::live_journal::open(scene.ledger() / "journal").value();
    const auto filed = storage::journal_reader::make(journal).value().last().value();
    return std::max(filed, journal.newest_in_log().value()) - (stands ? stands->end.last : 0);
}

TEST(upgrade, goes_on_with_every_ledger_that_was_kept) {
    const auto kept = kept_ledgers();
    ASSERT_GE(kept.size(), 2U);
    for (const auto& one : kept) {
        expect_goes_on(one);
        EXPECT_EQ(tail_of(one) != 0, one.name == "killed") << "it is there so that a tail is replayed";
    }
}

TEST(upgrade, makes_the_state_again_from_every_journal_that_was_kept) {
    for (const auto& one : kept_ledgers()) expect_state_made_again(one);
}

// So that the next release can keep one too: it has all that there is by now.
TEST(upgrade, a_ledger_that_this_version_makes_has_one_of_everything) {
    const temporary_folder folder;
    const auto made = run_tool(MEGURI_MAKE_LEDGER, {folder.path().string()});
    ASSERT_EQ(made.status, 0) << made.output;
    for (const auto& one : ledgers_in(folder.path())) {
        EXPECT_LT(std::filesystem::file_size(folder / (one.name + ".tar.gz")), 300U << 10) << "it is kept for ever";
        kept_scene scene{one};
        const auto kinds = kinds_in_journal(scene.ledger());
        const auto wanted = all_kinds();
        std::vector<std::string> missing;
        std::ranges::set_difference(wanted, kinds, std::back_inserter(missing));
        EXPECT_TRUE(missing.empty()) << ::testing::PrintToString(missing)
                                     << ": tests/upgrade/everything.cpp must bring them about";
        EXPECT_EQ(tail_of(one) != 0, one.name == "killed");
        expect_goes_on(one);
    }
}

} // namespace
} // namespace meguri::test
