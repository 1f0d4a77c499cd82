// What the commands that load a switch have in common: a fresh one, loads one after the other, and at the end the audit
// of all that was acknowledged and the record of all that was measured.
#pragma once

#include "bench/act_source.hpp"
#include "bench/suite/benched_switch.hpp"
#include "bench/suite/command.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace meguri::bench {

class bench_session {
public:
    // `kind`: of the record, and the beginning of this run's idempotency keys. Serves the switch.
    bench_session(const load_options& asked, std::string_view kind);

    // One load, told in words and kept for the record. `with.port` is the session's own to set.
    load_result measure(const std::string& name, load_settings with);
    // The same from a source in front of source().
    load_result measure(const std::string& name, load_settings with, load_source& from);

    [[nodiscard]] act_source& source() noexcept { return source_; }
    [[nodiscard]] benched_switch& benched() noexcept { return benched_; }
    // Of the last load, to add to.
    [[nodiscard]] boost::json::object& last_run() { return runs_.back().as_object(); }

    // Makes the run fail.
    void fail(std::string why) { faults_.push_back(std::move(why)); }
    // Makes what was measured doubtful, and the run no failure.
    void doubt(std::string why) { doubts_.push_back(std::move(why)); }

    // Audits, removes the ledger, writes the record with `more` in it; the status of the process.
    int end(const boost::json::object& more);

private:
    const load_options& asked_;
    std::string kind_;
    act_source source_;
    benched_switch benched_;
    boost::json::array runs_;
    std::vector<std::string> faults_;
    std::vector<std::string> doubts_;
};

} // namespace meguri::bench
