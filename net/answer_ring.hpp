// The requests of one connection that wait for their answers, in order. Answers may come in any order; they leave in
// the order of their requests. On the connection's io thread.
#pragma once

#include "ledger/contract.hpp"
#include "net/http_limits.hpp"
#include "net/http_types.hpp"
#include "net/response_writer.hpp"

#include <array>
#include <cstdint>

namespace meguri::net {

class answer_ring {
public:
    struct place {
        response_framing framing;
        http_response response;
        bool answered = false;
    };

    [[nodiscard]] bool empty() const noexcept { return oldest_ == next_; }
    [[nodiscard]] bool full() const noexcept { return waiting() == pipeline_slots; }
    [[nodiscard]] std::uint32_t waiting() const noexcept { return next_ - oldest_; }

    // Keeps a place for a request; returns its sequence number.
    std::uint32_t open(const response_framing& framing) noexcept {
        EXPECTS(!full());
        place& opened = at(next_);
        opened.framing = framing;
        opened.answered = false;
        return next_++;
    }

    // False when no request of that number is waiting.
    bool answer(std::uint32_t sequence, http_response&& response) noexcept {
        if (sequence - oldest_ >= waiting()) return false;
        place& answered = at(sequence);
        EXPECTS(!answered.answered);
        answered.response = std::move(response);
        answered.answered = true;
        return true;
    }

    // The oldest request if it has its answer, else none.
    [[nodiscard]] place* ready() noexcept { return !empty() && at(oldest_).answered ? &at(oldest_) : nullptr; }
    void pop() noexcept { ++oldest_; }

    // The connection ends with the answer to the youngest request.
    void close_after_last() noexcept {
        if (!empty()) at(next_ - 1).framing.keep_alive = false;
    }
    void clear() noexcept {
        while (!empty()) at(oldest_++).response = {};
        oldest_ = next_ = 0;
    }

private:
    [[nodiscard]] place& at(std::uint32_t sequence) noexcept { return places_[sequence % pipeline_slots]; }

    std::array<place, pipeline_slots> places_;
    std::uint32_t oldest_ = 0; // sequence numbers; they wrap around
    std::uint32_t next_ = 0;
};

} // namespace meguri::net
