// What merchants sell, in words that the offices choose: `food`, `books`. A merchant has a set of them, and points can
// be earmarked for one: then they are good only where the two have a word in common.
#pragma once

#include <compare>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace meguri::ledger {

inline constexpr std::size_t merchant_categories_max = 8;
inline constexpr std::size_t category_length_max = 32;

// 1 to 32 of a to z, 0 to 9 and _.
[[nodiscard]] bool is_category(std::string_view text) noexcept;

// Unchanging and shared: a lot without an earmark pays two words for it, and one test of a pointer.
class category_set {
public:
    category_set() = default; // none
    // In any order; nullopt where one is no category or is there twice, or there are too many.
    [[nodiscard]] static std::optional<category_set> from(std::vector<std::string> names);

    [[nodiscard]] bool empty() const noexcept { return names_ == nullptr; }
    [[nodiscard]] const std::vector<std::string>& names() const noexcept; // sorted, each once
    [[nodiscard]] bool meets(const category_set& other) const noexcept;

    friend bool operator==(const category_set& one, const category_set& other) noexcept {
        return one.names_ == other.names_ || one.names() == other.names();
    }
    friend std::strong_ordering operator<=>(const category_set& one, const category_set& other) noexcept {
        if (one.names_ == other.names_) return std::strong_ordering::equal;
        return one.names() <=> other.names();
    }

private:
    std::shared_ptr<const std::vector<std::string>> names_; // null: none
};

} // namespace meguri::ledger
