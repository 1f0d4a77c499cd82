#include "storage/record_bytes.hpp"

#include "storage/crc32c.hpp"

namespace meguri::storage {

void record_writer::bytes(std::span<const std::byte> some) { out_.insert(out_.end(), some.begin(), some.end()); }

void record_writer::seal() { number(crc32c(out_)); }

record_reader::record_reader(std::span<const std::byte> record, std::uint8_t version) {
    const auto content = unsealed(record);
    ok_ = content.has_value();
    if (ok_) rest_ = *content;
    if (number<std::uint8_t>() != version) ok_ = false;
}

void seal_bytes(std::vector<std::byte>& out, std::span<const std::byte> content) {
    out.assign(content.begin(), content.end());
    const std::uint32_t crc = crc32c(content);
    const auto crc_bytes = std::as_bytes(std::span{&crc, 1});
    out.insert(out.end(), crc_bytes.begin(), crc_bytes.end());
}

std::optional<std::span<const std::byte>> unsealed(std::span<const std::byte> sealed) noexcept {
    std::uint32_t stored = 0;
    if (sealed.size() < sizeof stored) return std::nullopt;
    const auto content = sealed.first(sealed.size() - sizeof stored);
    std::memcpy(&stored, sealed.data() + content.size(), sizeof stored);
    if (crc32c(content) != stored) return std::nullopt;
    return content;
}

} // namespace meguri::storage
