#include "tests/support/source_tree.hpp"

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace meguri::test {

std::filesystem::path source_folder() {
    const char* const source = std::getenv("MEGURI_SOURCE");
    if (source == nullptr) throw std::runtime_error{"ctest sets MEGURI_SOURCE to the project's folder"};
    return source;
}

std::string text_of(const std::filesystem::path& file) {
    std::ifstream opened{file, std::ios::binary};
    if (!opened) throw std::runtime_error{"cannot read " + file.string()};
    return {std::istreambuf_iterator<char>{opened}, {}};
}

std::vector<source_file> source_files(const std::filesystem::path& folder) {
    std::vector<source_file> files;
    for (const auto& one : std::filesystem::recursive_directory_iterator{source_folder() / folder}) {
        if (one.path().extension() != ".cpp" && one.path().extension() != ".hpp") continue;
        files.push_back({one.path(), text_of(one.path())});
    }
    return files;
}

} // namespace meguri::test
