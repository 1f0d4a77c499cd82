#include "bench/act_mix.hpp"

#include <algorithm>
#include <charconv>
#include <numeric>
#include <stdexcept>

namespace meguri::bench {
namespace {

constexpr std::array<std::uint32_t, lives> shares_of_all{50, 10, 10, 10, 10, 10};
constexpr std::uint32_t share_max = 1'000'000;

[[noreturn]] void refuse(std::string_view text) {
    throw std::invalid_argument{"not a mix: " + std::string{text} +
                                " (all, pay, hold_capture, refunds, retries, reversals, declines, or shares as in "
                                "pay=70,refunds=30)"};
}

std::size_t life_of(std::string_view name, std::string_view whole) {
    const auto* const found = std::ranges::find(life_names, name);
    if (found == life_names.end()) refuse(whole);
    return static_cast<std::size_t>(found - life_names.begin());
}

} // namespace

act_mix::act_mix(std::string_view text) : shares_{} {
    if (text == "all") {
        shares_ = shares_of_all;
        return;
    }
    for (auto rest = text;;) {
        const auto part = rest.substr(0, rest.find(','));
        const auto name = part.substr(0, part.find('='));
        std::uint32_t share = 1;
        if (name.size() < part.size()) {
            const auto* const end = part.data() + part.size();
            const auto read = std::from_chars(part.data() + name.size() + 1, end, share);
            if (read.ec != std::errc{} || read.ptr != end || share > share_max) refuse(text);
        }
        shares_[life_of(name, text)] = share;
        if (part.size() == rest.size()) break;
        rest.remove_prefix(part.size() + 1);
    }
    if (std::ranges::max(shares_) == 0) refuse(text);
}

life act_mix::draw(std::mt19937_64& random) const {
    const auto total = std::accumulate(shares_.begin(), shares_.end(), std::uint64_t{0});
    if (total == shares_.front()) return life::pay;
    auto drawn = random() % total;
    std::size_t one = 0;
    while (drawn >= shares_[one]) drawn -= shares_[one++];
    return static_cast<life>(one);
}

std::string act_mix::text() const {
    std::string text;
    std::size_t kinds = 0;
    for (std::size_t i = 0; i < lives; ++i) {
        if (shares_[i] == 0) continue;
        text += (text.empty() ? "" : ",") + std::string{life_names[i]} + '=' + std::to_string(shares_[i]);
        ++kinds;
    }
    return kinds == 1 ? text.substr(0, text.find('=')) : text;
}

} // namespace meguri::bench
