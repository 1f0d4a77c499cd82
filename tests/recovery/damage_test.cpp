// Durable bytes of the journal that the disk has lost, a sector at a time, as a torn write or one that was never done
// leaves it: with zeros, or with what it held some time ago. `meguri verify` finds each that matters, and `meguri
// serve`, which has all of the journal to recover from here, refuses to start. Neither ends by a signal.
#include "tests/recovery/acknowledged.hpp"
#include "tests/support/seeds.hpp"
#include "tests/support/switch_process.hpp"
#include "tests/support/temporary_folder.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <vector>

namespace meguri::test {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t sector_bytes = 512;

class damaged_journal {
public:
    damaged_journal() : seed_{seeds(1).front()}, random_{seed_} {
        const auto key = init_ledger(folder_ / "ledger");
        // No checkpoint, so that the start reads every entry.
        std::ofstream{folder_ / "meguri.toml"} << "[checkpoint]\ninterval_ms = 3600000\n";
        switch_process process{folder_ / "ledger", options()};
        api_client as_operator{process.port(), key};
        const auto town = make_small_town(as_operator, 8, 1'000'000);
        remembering_clients clients{town, seed_};
        clients.start(process.port(), 8);
        EXPECT_TRUE(clients.wait_for_more(500));
        earlier_ = bytes_of_journal();
        EXPECT_TRUE(clients.wait_for_more(500));
        process.kill();
        clients.join();
        fs::copy(folder_ / "ledger", folder_ / "whole", fs::copy_options::recursive);
        whole_ = bytes_of_journal();
    }

    void lose_sectors(int rounds) {
        int found = 0;
        for (int round = 0; round < rounds && !::testing::Test::HasFailure(); ++round) found += lose_one();
        EXPECT_GT(found, rounds / 4) << "too little damage to prove anything";
        // Where the root of a tree is lost there is no entry to name.
        EXPECT_GT(named_, found / 2) << "positions named, of " << found;
        std::cout << "found " << found << " of " << rounds << ", named the position of " << named_
                  << ", MEGURI_SEED=" << seed_ << '\n';
    }

private:
    // Whether it mattered; pages that are free or about to be written first do not.
    int lose_one() {
        const bool is_old = random_.one_in(2);
        const std::size_t at = is_old ? changed_sector() : written_sector();
        const auto lost = is_old ? sector_of(earlier_, at) : std::vector<char>(sector_bytes);
        fs::remove_all(folder_ / "ledger");
        fs::copy(folder_ / "whole", folder_ / "ledger", fs::copy_options::recursive);
        std::fstream{journal(), std::ios::in | std::ios::out | std::ios::binary}
            .seekp(static_cast<std::streamoff>(at))
            .write(lost.data(), sector_bytes);

        const auto where = "MEGURI_SEED=" + std::to_string(seed_) + ", byte " + std::to_string(at) +
                           (is_old ? " as it was" : " zeros");
        const auto verified = run_meguri({"verify", "--data", (folder_ / "ledger").string()});
        EXPECT_LT(verified.status, 128) << where << '\n' << verified.output << verified.errors;
        std::string refused;
        try {
            switch_process started{folder_ / "ledger", options()};
        } catch (const std::runtime_error& why) {
            refused = why.what();
        }
        // LMDB's own list of free pages is no entry; only who writes needs it.
        if (verified.status == 0 && refused.empty()) return 0;
        EXPECT_NE(refused.find("meguri verify"), std::string::npos) << where << ' ' << refused << verified.output;
        named_ += refused.find("journal position") != std::string::npos;
        return 1;
    }
    [[nodiscard]] std::size_t any_sector() { return random_.below(whole_.size() / sector_bytes) * sector_bytes; }
    [[nodiscard]] std::size_t written_sector() {
        for (;;)
            if (const auto at = any_sector(); sector_of(whole_, at) != std::vector<char>(sector_bytes)) return at;
    }
    [[nodiscard]] std::size_t changed_sector() {
        for (;;)
            if (const auto at = any_sector(); at + sector_bytes <= earlier_.size())
                if (sector_of(whole_, at) != sector_of(earlier_, at)) return at;
    }
    [[nodiscard]] static std::vector<char> sector_of(const std::vector<char>& file, std::size_t at) {
        const auto begin = file.begin() + static_cast<std::ptrdiff_t>(at);
        return {begin, begin + static_cast<std::ptrdiff_t>(sector_bytes)};
    }
    [[nodiscard]] std::vector<char> bytes_of_journal() const {
        std::ifstream in{journal(), std::ios::binary};
        return {std::istreambuf_iterator<char>{in}, {}};
    }
    [[nodiscard]] fs::path journal() const { return folder_ / "ledger" / "journal" / "data.mdb"; }
    [[nodiscard]] std::vector<std::string> options() const { return {"--config", (folder_ / "meguri.toml").string()}; }

    std::uint64_t seed_;
    dice random_;
    temporary_folder folder_;
    int named_ = 0;
    std::vector<char> earlier_; // the file while it was written
    std::vector<char> whole_;   // and when all was done
};

TEST(damage, of_the_journal_is_found_and_refused) { damaged_journal{}.lose_sectors(20); }

TEST(long_damage, of_the_journal_is_found_and_refused) { damaged_journal{}.lose_sectors(500); }

} // namespace
} // namespace meguri::test
