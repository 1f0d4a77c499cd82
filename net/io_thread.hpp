// One io thread put together: its loop, its actors, the API on top of them and the front end in front. Made and ended
// by the server; everything in it runs on its own thread between start() and join().
#pragma once

#include "actors/switch_thread.hpp"
#include "metrics/payment_probes.hpp"
#include "net/api.hpp"
#include "net/card_responder.hpp"
#include "net/http_front.hpp"
#include "net/io_loop.hpp"
#include "net/ledger_view.hpp"
#include "net/loop_pulse.hpp"
#include "net/outbound_thread.hpp"
#include "net/password_thread.hpp"
#include "net/past_thread.hpp"
#include "net/responder.hpp"
#include "net/submitter.hpp"

#include <cstdint>
#include <thread>

namespace meguri::net {

// The bridge from the resources to the actors of the same thread. They run in the turn that the front end's reads
// bring.
class switch_submitter final : public submitter {
public:
    switch_submitter(actors::switch_thread& to, metrics::payment_probes& probes) noexcept : to_{to}, probes_{probes} {}
    void submit(actors::operation_ptr op) override {
        if (op->payment() != nullptr) probes_.admitted();
        to_.submit(std::move(op));
    }
    void shed(const actors::operation& op) override {
        if (op.payment() != nullptr) probes_.shed();
    }

private:
    actors::switch_thread& to_;
    metrics::payment_probes& probes_;
};

struct io_thread_settings {
    std::uint32_t index = 0;
    std::uint32_t in_flight_max = 16'384;
    config::log_settings log;
    failure_limit_settings failures;
    ledger::numeric_format once_digits;
    std::shared_ptr<const bank_table> banks;
    std::string gateway_secret;
    http_front_settings front;
};

class io_thread {
public:
    io_thread(actors::switch_shared& shared, past_thread& past, password_thread& passwords, outbound_thread& outside,
              card_trust& cards, card_responder& responder, residents& people, account_links& links,
              service_state& service, io_thread_settings settings);
    ~io_thread();
    io_thread(const io_thread&) = delete;
    io_thread& operator=(const io_thread&) = delete;

    void start();
    // Ends the loop and waits for the thread. Then clear() may be called by whoever did.
    void join();
    // Runs actors until none has mail and lets go of all of them. Contract: joined, and the store has stopped.
    void clear();

    // On its own thread, once a second.
    void tick();
    // On its own thread: what holds from the next request on.
    void set_limits(const http_limits& limits, std::uint32_t in_flight_max, const failure_limit_settings& failures,
                    const config::log_settings& log);
    void set_banks(std::shared_ptr<const bank_table> with) { api_.set_banks(std::move(with)); }
    void set_once_digits(const ledger::numeric_format& with) { api_.set_once_digits(with); }

    // For what the server itself does on this thread.
    [[nodiscard]] ledger_view& view() noexcept { return view_; }
    [[nodiscard]] submitter& to_switch() noexcept { return submitter_; }
    [[nodiscard]] outbound_desk& outside() noexcept { return outside_; }

    [[nodiscard]] io_loop& loop() noexcept { return loop_; }
    [[nodiscard]] loop_pulse& pulse() noexcept { return pulse_; }
    [[nodiscard]] http_front& front() noexcept { return front_; }
    [[nodiscard]] actors::switch_thread& actors() noexcept { return switch_; }
    [[nodiscard]] const actors::switch_thread& actors() const noexcept { return switch_; }

    // Any thread.
    [[nodiscard]] const request_log& log() const noexcept { return api_.log(); }
    [[nodiscard]] const api_probes& probes() const noexcept { return api_.probes(); }
    [[nodiscard]] const route_probes& routes() const noexcept { return api_.routes(); }
    [[nodiscard]] std::uint64_t failures(authentication_failure why) const noexcept { return api_.failures(why); }
    [[nodiscard]] const front_probes& http_probes() const noexcept { return front_.probes(); }
    [[nodiscard]] const metrics::payment_probes& payments() const noexcept { return payments_; }

private:
    void note_payment(const actors::operation& answered, std::int64_t at_ns) noexcept;

    const std::uint32_t index_;
    io_loop loop_;
    loop_pulse pulse_{loop_};
    metrics::payment_probes payments_;
    actors::switch_thread switch_;
    store_view view_;
    switch_submitter submitter_;
    loop_past_desk past_;
    loop_password_desk passwords_;
    loop_outbound_desk outside_;
    loop_card_status_desk statuses_;
    api api_;
    http_front front_;
    front_responder responder_;
    std::thread thread_;
};

} // namespace meguri::net
