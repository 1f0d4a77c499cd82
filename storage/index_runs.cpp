#include "storage/index_runs.hpp"

#include "storage/record_bytes.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

namespace meguri::storage {
namespace {

constexpr std::uint8_t run_version = 1;
static_assert(std::endian::native == std::endian::little, "the keys of a block are stored as they lie in memory");

} // namespace

void run_board::publish(std::vector<index_run_ptr> runs) {
    std::sort(runs.begin(), runs.end(), [](const auto& a, const auto& b) { return a->info.last > b->info.last; });
    const std::lock_guard lock{mutex_};
    set_ = std::make_shared<const run_set>(run_set{set_->version + 1, std::move(runs)});
    version_.store(set_->version, std::memory_order_release);
}

run_set_ptr run_board::current() const {
    const std::lock_guard lock{mutex_};
    return set_;
}

void encode(record_buffer& out, const run_info& one) {
    record_writer record{out, run_version};
    record.number(one.level);
    record.number(one.keys);
    record.number(one.first);
    record.number(one.last);
    record.seal();
}

std::optional<run_info> decode_run(record_view record, run_number number) {
    record_reader in{record, run_version};
    run_info found;
    found.number = number;
    found.level = in.number<std::uint8_t>();
    found.keys = in.number<std::uint64_t>();
    found.first = in.number<ledger::journal_position>();
    found.last = in.number<ledger::journal_position>();
    if (!in.complete() || found.level >= run_levels) return std::nullopt;
    return found;
}

void append_run_key(record_buffer& out, run_number number, const run_key& key) {
    append_big_endian(out, number);
    append_big_endian(out, key.digest.high);
    append_big_endian(out, key.digest.low);
    append_big_endian(out, key.position);
}

std::optional<run_number> run_number_of(record_view level_key) {
    if (level_key.size() != sizeof(run_number) + sizeof(run_key)) return std::nullopt;
    return read_big_endian<run_number>(level_key);
}

void encode_block(record_buffer& out, std::span<const run_key> sorted) { seal_bytes(out, std::as_bytes(sorted)); }

bool decode_block(record_view block, std::vector<run_key>& out) {
    out.clear();
    const auto keys = unsealed(block);
    if (!keys || keys->empty() || keys->size() % sizeof(run_key) != 0) return false;
    out.resize(keys->size() / sizeof(run_key));
    std::memcpy(out.data(), keys->data(), keys->size());
    return true;
}

} // namespace meguri::storage
