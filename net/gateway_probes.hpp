// What is counted of the gateway and of what it has been asked for. Written on the follower's thread alone, read by
// any.
#pragma once

#include "metrics/counter.hpp"
#include "metrics/histogram.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace meguri::net {

enum class gateway_question : std::uint8_t { creation, look_up, cancellation, refund };
inline constexpr std::array<std::string_view, 4> gateway_question_names{"creation", "look_up", "cancellation",
                                                                        "refund"};
// answered: with a payment that can be ours. refused: 4xx. failed: no answer, or one that nobody understands.
enum class gateway_answer : std::uint8_t { answered, refused, failed };
inline constexpr std::array<std::string_view, 3> gateway_answer_names{"answered", "refused", "failed"};

struct gateway_probes {
    struct of_question {
        std::array<metrics::counter, gateway_answer_names.size()> answers;
        metrics::latency_histogram duration; // of those that came
    };
    std::array<of_question, gateway_question_names.size()> questions;
    metrics::counter open;            // purchases that the gateway has to be asked about, refunds apart
    metrics::counter open_waits_s;    // the oldest of them, from its request on
    metrics::counter refunds_owed;    // captured, and not to be credited any more
    metrics::counter refunds_waits_s; // the oldest of them, from when this process learnt of it

    [[nodiscard]] of_question& of(gateway_question what) noexcept { return questions[static_cast<std::size_t>(what)]; }
};

} // namespace meguri::net
