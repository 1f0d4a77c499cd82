#include "storage/log_frame.hpp"

#include "ledger/contract.hpp"
#include "storage/crc32c.hpp"

#include <cstring>
#include <new>

namespace meguri::storage {
namespace {

constexpr std::size_t checksum_bytes = 4;
constexpr std::size_t size_at = 4;
constexpr std::size_t salt_at = 8;
constexpr std::size_t first_at = 16;
constexpr std::size_t count_at = 24;
constexpr std::size_t frame_head_bytes = 32;
constexpr std::size_t length_bytes = 4;

template <class Number>
void put(std::byte* at, Number value) noexcept {
    for (std::size_t i = 0; i < sizeof value; ++i) at[i] = static_cast<std::byte>(value >> 8 * i & 0xFF);
}

template <class Number>
Number get(const std::byte* at) noexcept {
    Number value = 0;
    for (std::size_t i = sizeof value; i-- > 0;) value = value << 8 | static_cast<Number>(at[i]);
    return value;
}

constexpr std::size_t whole_pages(std::size_t size) noexcept {
    return (size + log_frame::page_bytes - 1) / log_frame::page_bytes * log_frame::page_bytes;
}

constexpr std::size_t bytes_before_records(std::size_t records) noexcept {
    return frame_head_bytes + records * length_bytes;
}

} // namespace

std::size_t log_frame::size_of(std::size_t records, std::size_t record_bytes) noexcept {
    return whole_pages(bytes_before_records(records) + record_bytes);
}

log_frame::log_frame(std::size_t size, ledger::journal_position first)
    : size_{size},
      image_{static_cast<std::byte*>(std::aligned_alloc(page_bytes, size))},
      first_{first} {
    if (!image_) throw std::bad_alloc{};
}

log_frame::log_frame(bytes records, std::span<const std::size_t> begins, ledger::journal_position first,
                     std::uint64_t salt)
    : log_frame{size_of(begins.size(), records.size()), first} {
    EXPECTS(!begins.empty());
    std::byte* const image = image_.get();
    records_at_ = static_cast<std::uint32_t>(bytes_before_records(begins.size()));
    const std::size_t used = records_at_ + records.size();
    put<std::uint32_t>(image + size_at, static_cast<std::uint32_t>(used));
    put(image + salt_at, salt);
    put(image + first_at, first);
    put<std::uint32_t>(image + count_at, static_cast<std::uint32_t>(begins.size()));
    put<std::uint32_t>(image + count_at + 4, 0);
    ends_.reserve(begins.size());
    for (std::size_t i = 0; i < begins.size(); ++i) {
        const std::size_t end = i + 1 < begins.size() ? begins[i + 1] : records.size();
        put(image + frame_head_bytes + i * length_bytes, static_cast<std::uint32_t>(end - begins[i]));
        ends_.push_back(static_cast<std::uint32_t>(records_at_ + end));
    }
    std::memcpy(image + records_at_, records.data(), records.size());
    std::memset(image + used, 0, size_ - used);
    put(image, crc32c({image + checksum_bytes, used - checksum_bytes}));
}

std::optional<ledger::journal_position> log_frame::begun_at(bytes begin, std::uint64_t salt) noexcept {
    if (begin.size() < frame_head_bytes || get<std::uint64_t>(begin.data() + salt_at) != salt) return std::nullopt;
    return get<std::uint64_t>(begin.data() + first_at);
}

std::optional<log_frame> log_frame::found_at(bytes begin, std::uint64_t salt) {
    if (!begun_at(begin, salt)) return std::nullopt;
    const auto used = get<std::uint32_t>(begin.data() + size_at);
    const auto count = get<std::uint32_t>(begin.data() + count_at);
    if (used > begin.size() || count == 0 || bytes_before_records(count) > used) return std::nullopt;
    if (get<std::uint32_t>(begin.data()) != crc32c(begin.subspan(checksum_bytes, used - checksum_bytes)))
        return std::nullopt;

    log_frame found{whole_pages(used), get<std::uint64_t>(begin.data() + first_at)};
    std::memcpy(found.image_.get(), begin.data(), used);
    std::memset(found.image_.get() + used, 0, found.size_ - used);
    found.records_at_ = static_cast<std::uint32_t>(bytes_before_records(count));
    std::size_t end = found.records_at_;
    for (std::size_t i = 0; i < count; ++i) {
        end += get<std::uint32_t>(begin.data() + frame_head_bytes + i * length_bytes);
        if (end > used) return std::nullopt;
        found.ends_.push_back(static_cast<std::uint32_t>(end));
    }
    if (end != used) return std::nullopt;
    return found;
}

bytes log_frame::record(ledger::journal_position at) const noexcept {
    const std::size_t index = at - first_;
    EXPECTS(at >= first_ && index < count());
    const std::size_t begin = index == 0 ? records_at_ : ends_[index - 1];
    return image().subspan(begin, ends_[index] - begin);
}

} // namespace meguri::storage
