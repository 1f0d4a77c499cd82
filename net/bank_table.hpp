// The banks of Japan and their branches, read from a file that `./dev banks` makes of the npm package zengin-code: an
// account is checked against it before anything is written down. Immutable once it is read; any thread.
//
//   meguri-banks 1 <TAB> zengin-code 1.0.0-p20260824 <TAB> 2026-11-26
//   bank   <TAB> 0125 <TAB> 七十七 <TAB> シチジユウシチ
//   branch <TAB> 0125 <TAB> 404 <TAB> 石巻 <TAB> イシノマキ
//
// Lines end with a line feed; a bank comes before its branches, each once.
#pragma once

#include "net/error.hpp"

#include <tl/expected.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace meguri::net {

class bank_table {
public:
    // An empty file name: a table that knows nothing, and says so. Errors: bad_bank_table.
    [[nodiscard]] static tl::expected<std::shared_ptr<const bank_table>, error> load(const std::string& file);
    [[nodiscard]] static tl::expected<std::shared_ptr<const bank_table>, error> parse(std::string_view text);

    // False: nothing was read, nothing can be checked.
    [[nodiscard]] bool is_loaded() const noexcept { return !source_.empty(); }
    // Package, version and day, as its first line says them.
    [[nodiscard]] const std::string& source() const noexcept { return source_; }
    [[nodiscard]] bool has_bank(std::uint32_t bank) const noexcept;
    [[nodiscard]] bool has_branch(std::uint32_t bank, std::uint32_t branch) const noexcept;
    [[nodiscard]] std::size_t banks() const noexcept { return banks_.size(); }
    [[nodiscard]] std::size_t branches() const noexcept { return branches_.size(); }

private:
    std::string source_;
    std::vector<std::uint32_t> banks_;    // sorted
    std::vector<std::uint32_t> branches_; // bank x 1,000 + branch, sorted
};

} // namespace meguri::net
