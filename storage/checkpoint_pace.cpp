#include "storage/checkpoint_pace.hpp"

#include <algorithm>

namespace meguri::storage {
namespace {

constexpr double rest_min = 0.1; // so that a thread that waits for the core gets it
constexpr double rest_max = 3;

} // namespace

void checkpoint_pace::begin_round(clock::time_point now, std::uint64_t entries) noexcept {
    if (entries_ > 0) work_per_entry_ = static_cast<double>(worked_.count()) / static_cast<double>(entries_);
    const auto came_in = static_cast<double>((now - began_).count());
    const double work = work_per_entry_ * static_cast<double>(entries);
    stretch_ = work > 0 ? std::clamp(came_in / 2 / work - 1, rest_min, rest_max) : rest_min;
    began_ = now;
    entries_ = entries;
    worked_ = clock::duration{0};
}

bool checkpoint_pace::is_behind(std::uint64_t waiting) const noexcept {
    return waiting > entries_max_ + entries_max_ / 2;
}

checkpoint_pace::clock::duration checkpoint_pace::rest_after(clock::duration work, std::uint64_t waiting) noexcept {
    worked_ += work;
    return std::chrono::duration_cast<clock::duration>(work * (is_behind(waiting) ? rest_min : stretch_));
}

} // namespace meguri::storage
