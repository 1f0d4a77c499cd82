#include "actors/io_unit.hpp"

#include "ledger/contract.hpp"

namespace meguri::actors {
namespace {

// An actor that nobody asked for a while is not in the caches: it is on its way there while others run. What a message
// touches first lies in the first lines of it.
constexpr std::size_t actors_ahead = 3;
constexpr std::size_t lines_ahead = 12;
constexpr std::size_t line_bytes = 64;

void fetch_ahead(const caf::resumable* actor) noexcept {
    const auto* const begin = reinterpret_cast<const char*>(actor);
    for (std::size_t line = 0; line < lines_ahead; ++line) __builtin_prefetch(begin + line * line_bytes);
}

} // namespace

bool io_unit::run(std::size_t turns_max, std::size_t messages_max) {
    for (std::size_t turn = 0; turn < turns_max && !ready_.empty(); ++turn) {
        caf::resumable* const actor = ready_.front();
        ready_.pop_front();
        if (ready_.size() > actors_ahead) fetch_ahead(ready_[actors_ahead]);
        switch (actor->resume(this, messages_max)) {
        case caf::resumable::resume_later: ready_.push_back(actor); break;
        case caf::resumable::awaiting_message:
        case caf::resumable::done: caf::intrusive_ptr_release(actor); break;
        case caf::resumable::shutdown_execution_unit: EXPECTS(!"the unit is shut down by its thread alone");
        }
    }
    return !ready_.empty();
}

} // namespace meguri::actors
