#include "tests/virtual_card/command_apdu.hpp"

namespace meguri::virtual_card {
namespace {

constexpr std::size_t header_size = 4;

std::size_t length_of(std::uint8_t le) noexcept { return le == 0 ? 256 : le; }

} // namespace

std::optional<command_apdu> parse_command(byte_view command) noexcept {
    if (command.size() < header_size) return std::nullopt;
    command_apdu parsed{command[0], command[1], command[2], command[3], {}, {}};
    auto body = command.subspan(header_size);
    if (body.size() == 1) {
        parsed.answers = length_of(body.front());
        return parsed;
    }
    if (body.empty()) return parsed;
    const std::size_t size = body.front(); // 00 would begin the extended form, which these cards do not take
    body = body.subspan(1);
    if (size == 0 || body.size() < size || body.size() > size + 1) return std::nullopt;
    parsed.data = body.first(size);
    if (body.size() == size + 1) parsed.answers = length_of(body.back());
    return parsed;
}

} // namespace meguri::virtual_card
