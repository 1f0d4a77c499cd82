// The disk itself: what one thread reaches that makes 4 KiB durable at a time.
#include "bench/suite/block_file.hpp"
#include "bench/suite/one_at_a_time.hpp"

namespace meguri::bench {
namespace {

class disk_peer final : public peer {
public:
    disk_peer(const std::string& folder, block_writing how) : blocks_{folder + "/blocks", how} {}

    peer_round measure(double seconds) override {
        return one_at_a_time(seconds, [this] { blocks_.write_durably(); });
    }
    std::vector<std::string> faults() override { return {}; }

private:
    block_file blocks_;
};

peer_kind disk_kind(const std::string& name, const std::string& work, block_writing how) {
    return {name, "each write is on disk before the next", work, [] { return std::string{}; },
            [how](const std::string& folder) { return std::make_unique<disk_peer>(folder, how); }};
}

} // namespace

peer_kind appended_sync_kind() {
    return disk_kind("disk, appended", "4 KiB appended, fdatasync", block_writing::appended);
}
peer_kind direct_write_kind() {
    return disk_kind("disk, in place", "4 KiB by O_DIRECT|O_DSYNC into a zeroed file", block_writing::in_place);
}

} // namespace meguri::bench
