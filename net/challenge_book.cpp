#include "net/challenge_book.hpp"

#include "net/random_text.hpp"

namespace meguri::net {

auto challenge_book::open(challenge_purpose of, client_network from, std::int64_t now_ms, std::int64_t steady_ns)
    -> tl::expected<opened, refused> {
    opened made{random_text("ch_"), now_ms + challenge_valid_ms};
    const std::lock_guard lock{mutex_};
    if (!limit_.count(from, steady_ns)) return tl::unexpected{refused::too_many_from_there};
    forget_ended(now_ms);
    if (given_.size() >= open_max_) return tl::unexpected{refused::full};
    open_.emplace(made.text, open_challenge{of, made.ends_at_ms});
    given_.push_back({made.text, made.ends_at_ms});
    return made;
}

bool challenge_book::consume(std::string_view text, challenge_purpose of, std::int64_t now_ms) {
    const std::lock_guard lock{mutex_};
    const auto taken = open_.extract(std::string{text});
    return !taken.empty() && taken.mapped().purpose == of && now_ms < taken.mapped().ends_at_ms;
}

void challenge_book::set(const challenge_settings& with) {
    const std::lock_guard lock{mutex_};
    open_max_ = with.open_max;
    limit_.set(with.of_a_network);
}

std::size_t challenge_book::open_ones() const {
    const std::lock_guard lock{mutex_};
    return open_.size();
}

// A clock that was put back makes them last longer in memory, where they are bounded, and not for their use.
void challenge_book::forget_ended(std::int64_t now_ms) {
    for (; !given_.empty() && given_.front().ends_at_ms <= now_ms; given_.pop_front()) open_.erase(given_.front().text);
}

} // namespace meguri::net
