// CRC32C (Castagnoli, RFC 3720 appendix B.4): tells a record whose bytes changed. By the processor's own instruction
// where there is one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace meguri::storage {

[[nodiscard]] std::uint32_t crc32c(std::span<const std::byte> of) noexcept;
// The same by table, for processors without SSE4.2 and for the test that compares the two.
[[nodiscard]] std::uint32_t crc32c_by_table(std::span<const std::byte> of) noexcept;

} // namespace meguri::storage
