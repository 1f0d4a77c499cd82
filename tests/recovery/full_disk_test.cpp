// A small file system that runs full under load, on the real program. Needs root for the mount, as CI has it.
#include "tests/recovery/acknowledged.hpp"
#include "tests/support/seeds.hpp"
#include "tests/support/switch_process.hpp"
#include "tests/support/temporary_folder.hpp"

#include <gtest/gtest.h>

#include <cerrno>
#include <cstring>

#include <sys/mount.h>

namespace meguri::test {
namespace {

class small_disk {
public:
    explicit small_disk(std::filesystem::path at) : at_{std::move(at)} {
        std::filesystem::create_directory(at_);
        failed_ = ::mount("tmpfs", at_.c_str(), "tmpfs", 0, "size=18m") != 0 ? errno : 0;
    }
    ~small_disk() {
        if (failed_ == 0) ::umount2(at_.c_str(), MNT_DETACH);
    }
    small_disk(const small_disk&) = delete;
    small_disk& operator=(const small_disk&) = delete;

    [[nodiscard]] int failed() const noexcept { return failed_; }
    [[nodiscard]] bool make_room() const {
        return ::mount("tmpfs", at_.c_str(), "tmpfs", MS_REMOUNT, "size=256m") == 0;
    }

private:
    std::filesystem::path at_;
    int failed_ = 0;
};

TEST(full_disk, loses_nothing_acknowledged_and_goes_on_after_making_room) {
    constexpr std::int64_t granted_much = 10'000'000;
    const temporary_folder folder;
    const small_disk disk{folder / "disk"};
    ASSERT_EQ(disk.failed(), 0) << "cannot mount a small tmpfs: " << std::strerror(disk.failed());
    const auto key = init_ledger(folder / "disk" / "ledger");
    std::optional<switch_process> process{std::in_place, folder / "disk" / "ledger"};
    api_client as_operator{process->port(), key};
    const auto town = make_small_town(as_operator, 8, granted_much);
    remembering_clients clients{town, seeds(1).front()};
    clients.start(process->port(), 16);
    clients.join(); // until every client was answered 503
    EXPECT_GT(clients.acknowledged(), 1000U);

    http_client ops{process->ops_port()};
    EXPECT_EQ(ops.ask("GET", "/livez").status, 200) << "the process stays up";
    EXPECT_EQ(ops.ask("GET", "/readyz").status, 503);
    EXPECT_EQ(code_of(as_operator.get("/v1/wallets/" + town.wallets[0].id + "/balances")), "ledger_stopped")
        << "reads too";
    process->kill();
    ASSERT_TRUE(disk.make_room());
    process.emplace(folder / "disk" / "ledger");
    clients.expect_all_there(process->port(), key, granted_much);
    EXPECT_EQ(process->terminate(), 0);
    const auto verified = run_meguri({"verify", "--data", (folder / "disk" / "ledger").string()});
    EXPECT_EQ(verified.status, 0) << verified.output << verified.errors;
}

} // namespace
} // namespace meguri::test
