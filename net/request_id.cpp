#include "net/request_id.hpp"

#include <algorithm>
#include <random>

namespace meguri::net {
namespace {

constexpr std::string_view digits = "0123456789abcdefghjkmnpqrstvwxyz"; // without i, l, o, u: read out on the telephone
constexpr std::size_t process_digits = 8;

std::uint64_t random_process() {
    std::random_device random;
    return std::uniform_int_distribution<std::uint64_t>{0, (std::uint64_t{1} << 5 * process_digits) - 1}(random);
}

const std::uint64_t this_process = random_process();

} // namespace

std::uint64_t request_id_text::process() noexcept { return this_process; }

request_id_text::request_id_text(std::uint64_t process, std::uint64_t request_id) noexcept {
    std::array<char, 13> reversed;
    std::size_t length = 0;
    do {
        reversed[length++] = digits[request_id & 31];
        request_id >>= 5;
    } while (request_id != 0);
    constexpr std::string_view prefix = "rq_";
    auto* const after_prefix = std::copy(prefix.begin(), prefix.end(), text_.data());
    for (std::size_t i = process_digits; i-- > 0; process >>= 5) after_prefix[i] = digits[process & 31];
    std::reverse_copy(reversed.data(), reversed.data() + length, after_prefix + process_digits);
    size_ = prefix.size() + process_digits + length;
}

} // namespace meguri::net
