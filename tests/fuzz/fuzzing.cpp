#include "tests/fuzz/fuzzing.hpp"

#include <cstdint>

// The names are libFuzzer's and the sanitizers'.
// NOLINTBEGIN(readability-identifier-naming,bugprone-reserved-identifier)
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
extern "C" const char* __asan_default_options();

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    meguri::fuzz::try_input(std::as_bytes(std::span{data, size}));
    return 0;
}

// Debian's clang comes without llvm-symbolizer; addr2line is always there.
extern "C" const char* __asan_default_options() { return "allow_addr2line=1:detect_stack_use_after_return=1"; }
// NOLINTEND(readability-identifier-naming,bugprone-reserved-identifier)
