#include "net/log_sink.hpp"

#include "storage/steady_clock.hpp"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <limits>

namespace meguri::net {
namespace {

constexpr int look_again_ms = 50; // whether it is time to give up

} // namespace

log_sink::log_sink(int descriptor) noexcept
    : descriptor_{descriptor},
      give_up_at_ns_{std::numeric_limits<std::int64_t>::max()} {}

void log_sink::sink_it_(const spdlog::details::log_msg& event) {
    spdlog::memory_buf_t line;
    formatter_->format(event, line);
    if (write({line.data(), line.size()})) lines_.at(static_cast<std::size_t>(event.level)).add();
}

// False where the descriptor is broken, or takes nothing and it is time to give up.
bool log_sink::write(std::string_view text) const {
    while (!text.empty()) {
        pollfd room{descriptor_, POLLOUT, 0};
        const bool gives_up = storage::steady_ns() >= give_up_at_ns_.load();
        const int ready = ::poll(&room, 1, gives_up ? 0 : look_again_ms);
        if (ready == 0 && gives_up) return false;
        if (ready <= 0) continue; // stands still, or a signal
        // A pipe that has room takes this much at once without waiting.
        const ssize_t written = ::write(descriptor_, text.data(), std::min<std::size_t>(text.size(), PIPE_BUF));
        if (written < 0 && errno != EINTR && errno != EAGAIN) return false;
        if (written > 0) text.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
}

} // namespace meguri::net
