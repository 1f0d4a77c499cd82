// What every fuzzer of this folder gives: one function that libFuzzer calls with one input after the other. An input
// that crashes it, or breaks an ENSURES in it, is kept as a file; CMakeLists.txt says how to run it again.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace meguri::fuzz {

using input = std::span<const std::byte>;

// Defined by each fuzzer.
void try_input(input bytes);

[[nodiscard]] inline std::string_view text_of(input bytes) noexcept {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

} // namespace meguri::fuzz
