#include "net/request_id.hpp"

#include <algorithm>
#include <random>

namespace meguri::net {
namespace {

constexpr std::string_view digits = "0123456789abcdefghjkmnpqrstvwxyz"; // without i, l, o, u: read out on the telephone

std::array<char, 11> make_prefix() {
    std::array<char, 11> prefix{'r', 'q', '_'};
    std::random_device random;
    std::uniform_int_distribution<std::size_t> digit{0, digits.size() - 1};
    std::generate(prefix.begin() + 3, prefix.end(), [&] { return digits[digit(random)]; });
    return prefix;
}

const std::array<char, 11> process_prefix = make_prefix();

} // namespace

request_id_text::request_id_text(std::uint64_t request_id) noexcept {
    std::array<char, 13> reversed;
    std::size_t length = 0;
    do {
        reversed[length++] = digits[request_id & 31];
        request_id >>= 5;
    } while (request_id != 0);
    auto* const after_prefix = std::copy(process_prefix.begin(), process_prefix.end(), text_.data());
    std::reverse_copy(reversed.data(), reversed.data() + length, after_prefix);
    size_ = process_prefix.size() + length;
}

} // namespace meguri::net
