#include "storage/journal_filer.hpp"

#include "ledger/contract.hpp"
#include "storage/thread_name.hpp"
#include "storage/unfiled_frames.hpp"

namespace meguri::storage {

journal_filer::journal_filer(journal& of, const filer_settings& settings) : journal_{of}, settings_{settings} {
    EXPECTS(of.unfiled() != nullptr);
}

journal_filer::~journal_filer() { stop(); }

tl::expected<bool, error> journal_filer::step() {
    const auto filed = journal_.file();
    if (!filed) return tl::unexpected{filed.error()};
    if (filed->entries == 0) return false;
    probes_.filing_ns.note(filed->took_ns);
    probes_.entries.add(filed->entries);
    return true;
}

void journal_filer::run(std::function<void(const error&)> failed) {
    EXPECTS(!thread_.joinable());
    thread_ = std::thread{[this, failed = std::move(failed)] {
        name_this_thread("filer");
        while (!stopping_.load(std::memory_order_acquire)) {
            journal_.unfiled()->wait_for(settings_.bytes_max, settings_.interval);
            if (const auto done = step(); !done) return failed(done.error());
        }
    }};
}

void journal_filer::stop() {
    if (!thread_.joinable()) return;
    stopping_.store(true, std::memory_order_release);
    journal_.unfiled()->wake();
    thread_.join();
}

} // namespace meguri::storage
