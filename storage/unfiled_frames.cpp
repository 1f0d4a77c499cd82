#include "storage/unfiled_frames.hpp"

#include "ledger/contract.hpp"

#include <algorithm>

namespace meguri::storage {

std::optional<std::uint64_t> unfiled_frames::place_for(std::uint64_t size) const {
    const std::scoped_lock lock{mutex_};
    if (frames_.empty()) return size <= capacity_ ? std::optional<std::uint64_t>{0} : std::nullopt;
    const std::uint64_t oldest = frames_.front().place;
    const bool is_wrapped = next_place_ <= oldest;
    if (is_wrapped) return size <= oldest - next_place_ ? std::optional{next_place_} : std::nullopt;
    if (size <= capacity_ - next_place_) return next_place_;
    return size <= oldest ? std::optional<std::uint64_t>{0} : std::nullopt;
}

void unfiled_frames::add(frame one, std::uint64_t place) {
    bool wake = false;
    {
        const std::scoped_lock lock{mutex_};
        EXPECTS(frames_.empty() || frames_.back().what->last() + 1 == one->first());
        next_place_ = place + one->image().size();
        bytes_ += one->image().size();
        frames_.push_back({std::move(one), place});
        wake = bytes_ >= wake_at_bytes_;
        if (wake) wake_at_bytes_ = UINT64_MAX;
    }
    if (wake) changed_.notify_one();
}

std::vector<unfiled_frames::frame> unfiled_frames::all() const {
    const std::scoped_lock lock{mutex_};
    std::vector<frame> out;
    out.reserve(frames_.size());
    for (const auto& one : frames_) out.push_back(one.what);
    return out;
}

void unfiled_frames::forget_through(ledger::journal_position last) {
    std::vector<frame> gone; // freed without the lock
    const std::scoped_lock lock{mutex_};
    while (!frames_.empty() && frames_.front().what->last() <= last) {
        bytes_ -= frames_.front().what->image().size();
        gone.push_back(std::move(frames_.front().what));
        frames_.pop_front();
    }
}

void unfiled_frames::wait_for(std::uint64_t wanted_bytes, std::chrono::milliseconds at_most) {
    std::unique_lock lock{mutex_};
    wake_at_bytes_ = wanted_bytes;
    changed_.wait_for(lock, at_most, [&] { return woken_ || bytes_ >= wanted_bytes; });
    wake_at_bytes_ = UINT64_MAX;
}

void unfiled_frames::wake() {
    {
        const std::scoped_lock lock{mutex_};
        woken_ = true;
    }
    changed_.notify_all();
}

unfiled_frames::frame unfiled_frames::find(ledger::journal_position at) const {
    const std::scoped_lock lock{mutex_};
    const auto found = std::ranges::lower_bound(frames_, at, {}, [](const placed& one) { return one.what->last(); });
    return found != frames_.end() && found->what->first() <= at ? found->what : nullptr;
}

unfiled_frames::frame unfiled_frames::newest() const {
    const std::scoped_lock lock{mutex_};
    return frames_.empty() ? nullptr : frames_.back().what;
}

std::uint64_t unfiled_frames::waiting_bytes() const {
    const std::scoped_lock lock{mutex_};
    return bytes_;
}

} // namespace meguri::storage
