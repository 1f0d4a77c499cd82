// Random lives of the whole switch on a disk that fails; each is told again by its seed alone.
#include "storage/data_folder.hpp"
#include "storage/journal.hpp"
#include "tests/simulation/simulation.hpp"
#include "tests/support/temporary_folder.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstdlib>
#include <fstream>
#include <iostream>

namespace meguri::test {
namespace {

namespace fs = std::filesystem;

// As storage::make_new_ledger, but with nothing random that is not the seed's.
void make_ledger(const fs::path& folder, std::uint64_t seed) {
    const auto made = storage::data_folder::init(folder).value();
    dice random{seed};
    std::array<char, 32> key{};
    for (auto& one : key) one = static_cast<char>(random.below(256));
    std::ofstream{made.key_file(), std::ios::binary}.write(key.data(), key.size());

    std::vector<ledger::fact> first{ledger::ledger_opened{seed, true},
                                    ledger::operator_added{ledger::operator_id{1}, "operator", {}}};
    storage::journal_batch batch;
    for (auto& what : first) {
        ledger::entry one;
        one.position = batch.size() + 1;
        one.what = std::move(what);
        batch.add(one);
    }
    auto entries = storage::journal::open({made.journal()}).value();
    ASSERT_TRUE(entries.append(batch, {}).has_value());
}

struct lived {
    tally counted;
    storage::chain_end end;
    std::string complaint; // empty: all was right
};

lived live(std::uint64_t seed, std::size_t steps) {
    // Flushed: a broken contract ends the process.
    std::cout << "[  LIFE    ] MEGURI_SEED=" << seed << std::endl;
    const temporary_folder folder;
    make_ledger(folder / "ledger", seed);
    simulation one{folder / "ledger", seed};
    try {
        one.live(steps);
        return {one.counted(), one.end(), {}};
    } catch (const found_wrong& what) {
        return {one.counted(),
                {},
                "MEGURI_SEED=" + std::to_string(seed) + ", step " + std::to_string(one.step()) + ": " + what.what()};
    }
}

void expect_much_came_about(const tally& all) {
    for (const auto* const what : {"answered: bar",
                                   "answered: code",
                                   "answered: correction",
                                   "answered: freeze",
                                   "answered: grant",
                                   "answered: key",
                                   "answered: limits",
                                   "answered: payment",
                                   "answered: proposal",
                                   "answered: revocation",
                                   "answered: step",
                                   "answered: transfer",
                                   "failed",
                                   "failed to start",
                                   "journal: expiry",
                                   "journal: hold expiry",
                                   "journal: reversal",
                                   "journal: transfer by default",
                                   "key reused",
                                   "killed",
                                   "let go",
                                   "power cut",
                                   "power cut that lost something",
                                   "read",
                                   "refused",
                                   "replayed",
                                   "stopped",
                                   "stopped after a failure"}) {
        const auto found = all.find(what);
        EXPECT_GT(found != all.end() ? found->second : 0, 10U) << what << " hardly came about";
    }
}

TEST(simulation, keeps_every_promise_over_random_lives) {
    tally all;
    for (const auto seed : seeds(30)) {
        const auto one = live(seed, 2'500);
        ASSERT_EQ(one.complaint, "");
        for (const auto& [what, times] : one.counted) all[what] += times;
    }
    if (std::getenv("MEGURI_SEED") == nullptr) expect_much_came_about(all);
}

TEST(simulation, is_told_again_by_its_seed) {
    for (const auto seed : seeds(2)) {
        const auto one = live(seed, 1'500);
        const auto again = live(seed, 1'500);
        EXPECT_EQ(one.complaint, "");
        EXPECT_EQ(again.complaint, "");
        EXPECT_EQ(one.end, again.end) << "MEGURI_SEED=" << seed; // of all entries, by their hash
        EXPECT_EQ(one.counted, again.counted) << "MEGURI_SEED=" << seed;
    }
}

// A simulation that finds nothing might be blind: on a disk that says a commit is durable too soon it must complain.
TEST(simulation, notices_a_disk_that_lies) {
    auto& disk = simulated_disk::of_this_process();
    disk.forget_meta_pages(true);
    std::string complaint;
    for (std::uint64_t seed = 1; seed <= 10 && complaint.empty(); ++seed) complaint = live(seed, 2'500).complaint;
    disk.forget_meta_pages(false);
    EXPECT_NE(complaint, "");
    std::cout << complaint << '\n';
}

TEST(long_simulation, keeps_every_promise_over_many_random_lives) {
    for (const auto seed : seeds(120)) ASSERT_EQ(live(seed, 4'000).complaint, "");
}

} // namespace
} // namespace meguri::test
