#include "net/bank_table.hpp"

#include "ledger/bank_account.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>

namespace meguri::net {
namespace {

constexpr std::size_t file_bytes_max = 32 << 20;
constexpr std::string_view first_word = "meguri-banks 1";

tl::unexpected<error> wrong_table(std::string detail) {
    return tl::unexpected{error{error_kind::bad_bank_table, std::move(detail)}};
}

// The fields of a line, at most five; more are left together in the last one.
std::array<std::string_view, 5> fields_in(std::string_view line) noexcept {
    std::array<std::string_view, 5> fields;
    for (std::size_t i = 0; i < fields.size(); ++i) {
        const auto end = line.find('\t');
        fields[i] = line.substr(0, end);
        if (end == std::string_view::npos) break;
        line.remove_prefix(end + 1);
    }
    return fields;
}

bool rises(const std::vector<std::uint32_t>& all, std::uint32_t next) noexcept {
    return all.empty() || all.back() < next;
}

} // namespace

tl::expected<std::shared_ptr<const bank_table>, error> bank_table::load(const std::string& file) {
    if (file.empty()) return std::make_shared<const bank_table>();
    std::ifstream from{file, std::ios::binary};
    if (!from) return wrong_table("cannot be opened: " + std::string{std::strerror(errno)});
    std::string text{std::istreambuf_iterator<char>{from}, {}};
    if (text.size() > file_bytes_max) return wrong_table("is larger than 32 MiB");
    return parse(text);
}

tl::expected<std::shared_ptr<const bank_table>, error> bank_table::parse(std::string_view text) {
    auto read = std::make_shared<bank_table>();
    std::size_t number = 0;
    while (!text.empty()) {
        const auto end = text.find('\n');
        const auto where = "line " + std::to_string(++number) + ' ';
        if (end == std::string_view::npos) return wrong_table(where + "does not end");
        const auto [kind, first, second, name, kana] = fields_in(text.substr(0, end));
        text.remove_prefix(end + 1);
        if (number == 1) {
            if (kind != first_word || first.empty() || second.empty()) return wrong_table("is no table of banks");
            read->source_ = std::string{first} + ' ' + std::string{second};
            continue;
        }
        const auto bank = ledger::parse_digits(first, 4);
        if (kind == "bank" && bank && rises(read->banks_, *bank) && !second.empty() && !name.empty()) {
            read->banks_.push_back(*bank);
            continue;
        }
        const auto branch = ledger::parse_digits(second, 3);
        const bool is_of_last = bank && !read->banks_.empty() && read->banks_.back() == *bank;
        if (kind != "branch" || !branch || !is_of_last || !rises(read->branches_, *bank * 1'000 + *branch) ||
            name.empty() || kana.empty())
            return wrong_table(where + "is no bank or branch that comes next");
        read->branches_.push_back(*bank * 1'000 + *branch);
    }
    if (read->branches_.empty()) return wrong_table("has no branches");
    return read;
}

bool bank_table::has_bank(std::uint32_t bank) const noexcept {
    return std::binary_search(banks_.begin(), banks_.end(), bank);
}

bool bank_table::has_branch(std::uint32_t bank, std::uint32_t branch) const noexcept {
    return branch < 1'000 && std::binary_search(branches_.begin(), branches_.end(), bank * 1'000 + branch);
}

} // namespace meguri::net
