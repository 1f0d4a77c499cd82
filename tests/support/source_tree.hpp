// The project's own source, for tests that hold what is written there against what they test.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace meguri::test {

// The folder of the source tree that this test was built from; throws std::runtime_error where ctest did not name it.
[[nodiscard]] std::filesystem::path source_folder();

// A file's whole text; throws std::runtime_error where it cannot be read.
[[nodiscard]] std::string text_of(const std::filesystem::path& file);

// Every .cpp and .hpp file in a folder of it and below, with its text.
struct source_file {
    std::filesystem::path path;
    std::string text;
};
[[nodiscard]] std::vector<source_file> source_files(const std::filesystem::path& folder);

} // namespace meguri::test
