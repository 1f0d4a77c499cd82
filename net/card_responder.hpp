// Asks the authorities' responder (OCSP) whether cards are revoked, for requests that wait for it, and hands what it
// says to card_trust. Of each card one question at a time is under way, whichever io threads ask. Its address comes
// from the settings, never from a card. Made by the server before the io threads and gone after them.
#pragma once

#include "metrics/counter.hpp"
#include "metrics/histogram.hpp"
#include "net/card_status.hpp"
#include "net/outbound_thread.hpp"

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace meguri::net {

class card_trust;

struct card_responder_settings {
    std::string url;         // empty: nothing is asked
    std::string authorities; // PEM file, for https; empty: the system's
    std::int64_t time_max_ms = 3'000;
    friend bool operator==(const card_responder_settings&, const card_responder_settings&) = default;
};

enum class card_answer : std::uint8_t {
    good,
    revoked,
    unusable,   // not signed, not understood, out of date, or about a card that it does not know
    unanswered, // not in time, or not by 200
    not_asked,  // too much was under way
};
inline constexpr std::array<std::string_view, 5> card_answer_names{"good", "revoked", "unusable", "unanswered",
                                                                   "not_asked"};

// Any thread reads them.
struct card_responder_probes {
    std::array<metrics::counter, card_answer_names.size()> answers;
    metrics::latency_histogram duration; // from the question to the answer, whichever
};

// Where an io thread asks.
class card_status_desk {
public:
    virtual ~card_status_desk() = default;
    // `done` is called later, on the io thread that asked, unless it ends before. False where too much is under way.
    [[nodiscard]] virtual bool ask(std::shared_ptr<const card_certificate> card, std::function<void()> done) = 0;
};

class card_responder {
public:
    // All of these outlive it. `wall_ms`: the clock that cards are judged by, on any thread.
    card_responder(card_trust& trust, outbound_thread& by, std::function<std::int64_t()> wall_ms)
        : trust_{trust},
          by_{by},
          wall_ms_{std::move(wall_ms)} {}

    // From the next question on. Any thread.
    void use(card_responder_settings with);
    // Any io thread, for itself. As card_status_desk::ask.
    [[nodiscard]] bool ask(io_loop& home, std::shared_ptr<const card_certificate> card, std::function<void()> done);
    [[nodiscard]] const card_responder_probes& probes() const noexcept { return probes_; }

    static constexpr std::size_t under_way_max = 128; // half of what the outbound thread takes

private:
    struct waiting {
        io_loop* home;
        std::function<void()> done;
    };
    struct question;

    void answered(const question& one, const web_result& result);
    // What is known by it; errors: in words.
    [[nodiscard]] tl::expected<bool, std::string> read(const question& one, const web_result& result);
    void note(card_answer how, std::int64_t took_ns, const std::string& why);

    card_trust& trust_;
    outbound_thread& by_;
    std::function<std::int64_t()> wall_ms_;
    std::mutex mutex_;
    card_responder_settings with_;
    std::unordered_map<std::string, std::vector<waiting>> under_way_; // by name_of(card)
    std::string complaint_;                                           // the last one; empty: it answers
    card_responder_probes probes_;                                    // written under the mutex
};

// The desk of one io thread.
class loop_card_status_desk final : public card_status_desk {
public:
    loop_card_status_desk(card_responder& to, io_loop& home) noexcept : to_{to}, home_{home} {}
    [[nodiscard]] bool ask(std::shared_ptr<const card_certificate> card, std::function<void()> done) override {
        return to_.ask(home_, std::move(card), std::move(done));
    }

private:
    card_responder& to_;
    io_loop& home_;
};

} // namespace meguri::net
