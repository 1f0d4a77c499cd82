#include "bench/suite/write_file.hpp"

#include <fstream>
#include <stdexcept>

namespace meguri::bench {

void write_file(const std::string& path, std::string_view content) {
    std::ofstream file{path};
    file << content;
    if (!file.flush()) throw std::runtime_error{"cannot write " + path};
}

} // namespace meguri::bench
