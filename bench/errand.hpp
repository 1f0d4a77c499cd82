// One request of a load that is on its way or about to be: the act, and what its answer must be.
#pragma once

#include "bench/act.hpp"
#include "bench/act_mix.hpp"
#include "bench/http_load.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace meguri::bench {

enum class repetition : std::uint8_t {
    none,       // the act itself
    same,       // its request again: the recorded answer must come
    other_body, // another request under its key: it must be refused
};

struct errand {
    act_kind kind = act_kind::pay;
    life within = life::pay;
    repetition again = repetition::none;
    std::uint32_t number = 0; // of the act
    std::uint32_t of = 0;     // the act that it follows; 0: none
    std::uint16_t till = 0;
    std::uint32_t code = 0; // of the till's customer, by index
    // In points, 255 at most. What the act moves, and the payment as it stands before it.
    unsigned amount = 0;
    unsigned authorized = 0;
    unsigned captured = 0;
    unsigned refunded = 0;
    bool leaves_amount_out = false;
    std::string payment_id;            // of the payment that it follows
    std::uint64_t recorded_answer = 0; // digest of what must come again
};

// Whether the answer is the one that had to come.
[[nodiscard]] bool is_as_expected(const errand& asked, const http_answer& answer, std::string_view key_of_followed);

// The id that the answer gives the act: a payment's own, a refund's or a reversal's own; of a capture or a void the
// payment's.
[[nodiscard]] std::string_view id_of_act(act_kind kind, std::string_view body);

} // namespace meguri::bench
