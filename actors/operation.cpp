#include "actors/operation.hpp"

#include <atomic>
#include <utility>

namespace meguri::actors {
namespace {
std::atomic<std::uint64_t> lost{0};
}

std::uint64_t operations_lost() noexcept { return lost.load(std::memory_order_relaxed); }

void operation::answer() noexcept {
    if (auto* const to = std::exchange(reply, nullptr)) to->finished(*this);
}

operation::~operation() {
    if (reply == nullptr) return;
    lost.fetch_add(1, std::memory_order_relaxed);
    end = ending::lost;
    answer();
}

} // namespace meguri::actors
