// Whether the journal's writer still goes on with what waits for it: for the service manager's watchdog. A disk that
// answers nothing stands still here; one that answers with an error does not, because then there is nothing to wait
// for. Asked by one thread.
#pragma once

#include "storage/journal_writer.hpp"

namespace meguri::net {

class journal_pulse {
public:
    explicit journal_pulse(const storage::journal_writer& of) noexcept : of_{of} {}

    // Whether it had nothing to do, now or at the last call, or finished a batch in between.
    [[nodiscard]] bool beats() {
        const auto now = of_.progressed();
        const bool stands_still = !now.idle && !last_.idle && now.batches == last_.batches;
        last_ = now;
        return !stands_still;
    }

private:
    const storage::journal_writer& of_;
    storage::journal_writer::progress last_{0, true};
};

} // namespace meguri::net
