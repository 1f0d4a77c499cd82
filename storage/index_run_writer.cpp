#include "storage/index_run_writer.hpp"

#include "ledger/contract.hpp"
#include "storage/crc32c.hpp"
#include "storage/record_bytes.hpp"

#include <algorithm>

namespace meguri::storage {
namespace {

constexpr std::size_t puts_per_chunk = 16; // it fills four pages; a put of a wallet dirties one, of a block half a one

} // namespace

void set_run_record_key(record_buffer& out, index_kind kind, run_number number) {
    out.assign(1, static_cast<std::byte>(kind));
    append_big_endian(out, number);
}

void set_filter_chunk_key(record_buffer& out, index_kind kind, run_number number, std::uint32_t chunk) {
    set_run_record_key(out, kind, number);
    append_big_endian(out, chunk);
}

index_run_writer::index_run_writer(index_kind kind, run_number number, std::uint8_t level, std::uint64_t keys_expected)
    : kind_{kind},
      run_{{number, level, 0, 0, 0}, bloom_filter{keys_expected}} {
    block_.reserve(block_keys_max);
}

tl::expected<void, error> index_run_writer::add(lmdb::cursor& level, const run_key& key, slice_budget& budget) {
    EXPECTS(block_.empty() || block_.back() < key);
    run_info& info = run_.info;
    info.first = info.keys == 0 ? key.position : std::min(info.first, key.position);
    info.last = std::max(info.last, key.position);
    ++info.keys;
    run_.filter.insert(key.digest);
    block_.push_back(key);
    if (block_.size() < block_keys_max) return {};
    return close(level, budget);
}

tl::expected<void, error> index_run_writer::close(lmdb::cursor& level, slice_budget& budget) {
    if (block_.empty()) return {};
    key_.clear();
    append_run_key(key_, run_.info.number, block_.back());
    encode_block(value_, block_);
    block_.clear();
    budget.take(1);
    return level.put(key_, value_, lmdb::put_mode::append);
}

tl::expected<bool, error> index_run_writer::write_filter(lmdb::write_transaction& within, lmdb::database filters,
                                                         slice_budget& budget) {
    EXPECTS(block_.empty());
    const auto bits = run_.filter.bytes();
    while (filter_written_ < bits.size() && !budget.spent()) {
        const auto chunk = bits.subspan(filter_written_, std::min(filter_chunk_bytes, bits.size() - filter_written_));
        set_filter_chunk_key(key_, kind_, run_.info.number,
                             static_cast<std::uint32_t>(filter_written_ / filter_chunk_bytes));
        seal_bytes(value_, chunk);
        if (auto put = within.put(filters, key_, value_); !put) return tl::unexpected{std::move(put.error())};
        filter_written_ += chunk.size();
        budget.take(puts_per_chunk);
    }
    return filter_written_ == bits.size();
}

tl::expected<void, error> index_run_writer::write_record(lmdb::write_transaction& within, lmdb::database runs) const {
    record_buffer key;
    record_buffer value;
    set_run_record_key(key, kind_, run_.info.number);
    encode(value, run_.info);
    return within.put(runs, key, value);
}

index_run_ptr index_run_writer::finish() { return std::make_shared<const index_run>(std::move(run_)); }

} // namespace meguri::storage
