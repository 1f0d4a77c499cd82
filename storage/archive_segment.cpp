#include "storage/archive_segment.hpp"

#include "ledger/contract.hpp"
#include "storage/chain_walk.hpp"
#include "storage/entry_bytes.hpp"

#include <sodium.h>

#include <algorithm>
#include <array>
#include <limits>
#include <string_view>

namespace meguri::storage {
namespace {

constexpr std::string_view magic = "meguriSG";
constexpr std::uint64_t version = 1;
constexpr std::size_t length_bytes = 4;

tl::unexpected<error> damaged(std::string what, ledger::journal_position at = 0) {
    return tl::unexpected{error{errc::backup_damaged, std::move(what), at}};
}

chain_hash hash_of(bytes all) {
    chain_hash hash;
    crypto_generichash(reinterpret_cast<unsigned char*>(hash.data()), hash.size(),
                       reinterpret_cast<const unsigned char*>(all.data()), all.size(), nullptr, 0);
    return hash;
}

std::uint64_t ms_of(ledger::instant at) noexcept { return static_cast<std::uint64_t>(at.unix_ms()); }

std::array<std::byte, segment_head_bytes> encoded(const segment_head& head) {
    std::array<std::byte, segment_head_bytes> out{};
    std::copy_n(bytes_of(magic).begin(), magic.size(), out.begin());
    entry_bytes_out to{out.data() + magic.size()};
    for (const std::uint64_t number : {version, head.ledger, head.first(), head.entries(), head.entries_bytes,
                                       ms_of(head.before.recorded_at), ms_of(head.after.recorded_at)})
        to.u64(number);
    std::copy(head.before.hash.begin(), head.before.hash.end(), to.at());
    std::copy(head.after.hash.begin(), head.after.hash.end(), to.at() + head.before.hash.size());
    return out;
}

std::string twenty_digits(std::uint64_t number) {
    std::string digits = std::to_string(number);
    digits.insert(0, 20 - digits.size(), '0');
    return digits;
}

} // namespace

std::string segment_file_name(ledger::journal_position first, ledger::journal_position last) {
    return "segment-" + twenty_digits(first) + "-" + twenty_digits(last) + ".mgs";
}

// --- builder ---

segment_builder::segment_builder(std::uint64_t ledger, const chain_end& before) : file_(segment_head_bytes) {
    EXPECTS(sodium_init() >= 0);
    head_.ledger = ledger;
    head_.before = before;
    head_.after = before;
}

void segment_builder::add(bytes record) {
    EXPECTS(record.size() <= std::numeric_limits<std::uint32_t>::max());
    for (std::size_t i = 0; i < length_bytes; ++i)
        file_.push_back(static_cast<std::byte>(record.size() >> 8 * i & 0xFF));
    file_.insert(file_.end(), record.begin(), record.end());
}

void segment_builder::end_batch(const chain_end& at) noexcept {
    head_.after = at;
    head_.entries_bytes = file_.size() - segment_head_bytes;
}

std::vector<std::byte> segment_builder::finish() && {
    EXPECTS(head_.entries() > 0);
    file_.resize(segment_head_bytes + static_cast<std::size_t>(head_.entries_bytes));
    const auto head = encoded(head_);
    std::copy(head.begin(), head.end(), file_.begin());
    const chain_hash hash = hash_of(file_);
    file_.insert(file_.end(), hash.begin(), hash.end());
    return std::move(file_);
}

// --- reading ---

tl::expected<segment_head, error> parse_segment_head(bytes file) {
    if (file.size() < segment_head_bytes) return damaged("it is too short");
    if (!std::equal(magic.begin(), magic.end(), file.begin(),
                    [](char c, std::byte b) { return static_cast<std::byte>(c) == b; }))
        return damaged("it is no segment of a backup");
    entry_bytes_in from{file.first(segment_head_bytes).subspan(magic.size())};
    const std::uint64_t written_by = from.u64();
    if (written_by > version && written_by <= std::numeric_limits<std::uint32_t>::max())
        return tl::unexpected{too_new("it has format", written_by, version)};
    if (written_by != version) return damaged("its format is unknown");
    segment_head head;
    head.ledger = from.u64();
    const std::uint64_t first = from.u64();
    const std::uint64_t entries = from.u64();
    head.entries_bytes = from.u64();
    head.before.recorded_at = ledger::instant{static_cast<std::int64_t>(from.u64())};
    head.after.recorded_at = ledger::instant{static_cast<std::int64_t>(from.u64())};
    const bytes hashes = file.subspan(segment_head_bytes - 2 * sizeof(chain_hash));
    std::copy_n(hashes.begin(), sizeof(chain_hash), head.before.hash.begin());
    std::copy_n(hashes.begin() + sizeof(chain_hash), sizeof(chain_hash), head.after.hash.begin());
    // An entry takes its length and a byte at least, so the sum below stays small where the file's size fits.
    const bool possible = first >= 1 && entries >= 1 && entries <= head.entries_bytes / length_bytes &&
                          first - 1 <= std::numeric_limits<std::uint64_t>::max() - entries;
    if (!possible) return damaged("its head is not possible");
    head.before.last = first - 1;
    head.after.last = first - 1 + entries;
    return head;
}

tl::expected<segment_view, error> parse_segment(bytes file) {
    EXPECTS(sodium_init() >= 0);
    const auto head = parse_segment_head(file);
    if (!head) return tl::unexpected{head.error()};
    constexpr std::size_t around = segment_head_bytes + sizeof(chain_hash);
    if (file.size() < around || file.size() - around != head->entries_bytes)
        return damaged("it has " + std::to_string(file.size()) + " bytes, not as many as it says");
    segment_view segment{*head, file.first(file.size() - sizeof(chain_hash)).subspan(segment_head_bytes), {}};
    std::copy_n(file.last(sizeof(chain_hash)).begin(), sizeof(chain_hash), segment.hash.begin());
    if (hash_of(file.first(file.size() - sizeof(chain_hash))) != segment.hash)
        return damaged("its hash does not match");
    return segment;
}

tl::expected<std::vector<bytes>, error> check_entries(const segment_view& segment, const batch_visitor& each_batch) {
    const segment_head& head = segment.head;
    std::vector<bytes> records;
    records.reserve(static_cast<std::size_t>(head.entries()));
    chain_walk walk{head.before};
    bytes left = segment.entries;
    while (!left.empty()) {
        const auto at = walk.seen() + 1;
        if (left.size() < length_bytes) return damaged("an entry is cut off", at);
        std::size_t size = 0;
        for (std::size_t i = 0; i < length_bytes; ++i) size |= static_cast<std::size_t>(left[i]) << 8 * i;
        left = left.subspan(length_bytes);
        if (size > left.size()) return damaged("an entry is cut off", at);
        records.push_back(left.first(size));
        left = left.subspan(size);
        auto taken = walk.take(records.back());
        if (!taken) {
            if (taken.error().code != errc::version_too_new) taken.error().code = errc::backup_damaged;
            return tl::unexpected{std::move(taken.error())};
        }
        if (each_batch && taken->end_of_batch) each_batch(walk.arrived());
    }
    if (walk.arrived() != head.after || walk.seen() != head.after.last)
        return damaged("its entries do not end where its head says", walk.seen());
    return records;
}

} // namespace meguri::storage
