#include "actors/io_unit.hpp"

#include "ledger/contract.hpp"

namespace meguri::actors {

bool io_unit::run(std::size_t turns_max, std::size_t messages_max) {
    for (std::size_t turn = 0; turn < turns_max && !ready_.empty(); ++turn) {
        caf::resumable* const actor = ready_.front();
        ready_.pop_front();
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
