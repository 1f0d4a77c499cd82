// Where spdlog's lines go: a descriptor that is never waited for without an end. Called by the log's thread alone, bar
// the counts, which any thread may read.
#pragma once

#include "metrics/counter.hpp"

#include <spdlog/sinks/base_sink.h>

#include <array>
#include <atomic>
#include <cstdint>
#include <mutex>
#include <string_view>

namespace meguri::net {

class log_sink final : public spdlog::sinks::base_sink<std::mutex> {
public:
    explicit log_sink(int descriptor) noexcept;

    // From `steady_ns` on (steady clock) a line for which the reader has no room is given up, so that one that stands
    // still does not hold up the end of the process. Any thread.
    void give_up_at(std::int64_t steady_ns) noexcept { give_up_at_ns_.store(steady_ns); }

    // Lines of a level that were written whole. Any thread.
    [[nodiscard]] std::uint64_t lines(spdlog::level::level_enum level) const {
        return lines_.at(static_cast<std::size_t>(level)).value();
    }

private:
    void sink_it_(const spdlog::details::log_msg& event) override;
    void flush_() override {} // nothing is held back
    [[nodiscard]] bool write(std::string_view text) const;

    const int descriptor_;
    std::atomic<std::int64_t> give_up_at_ns_;
    std::array<metrics::counter, spdlog::level::n_levels> lines_;
};

} // namespace meguri::net
