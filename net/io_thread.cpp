#include "net/io_thread.hpp"

#include "storage/thread_name.hpp"

namespace meguri::net {

io_thread::io_thread(actors::switch_shared& shared, past_thread& past, password_thread& passwords,
                     outbound_thread& outside, card_trust& cards, card_responder& responder, residents& people,
                     account_links& links, service_state& service, io_thread_settings settings)
    : index_{settings.index},
      switch_{shared, settings.index, [this] { loop_.wake(); }},
      view_{shared.store(), switch_.reader()},
      submitter_{switch_, payments_},
      past_{past, loop_},
      passwords_{passwords, loop_},
      outside_{outside, loop_},
      statuses_{responder, loop_},
      api_{{service, shared.store().keys(), view_, submitter_, past_, cards, people, passwords_, links, outside_,
            statuses_, settings.in_flight_max, settings.log, settings.failures, settings.once_digits, settings.banks,
            settings.gateway_secret,
            [this](const actors::operation& answered, std::int64_t at_ns) { note_payment(answered, at_ns); }}},
      front_{loop_, api_, std::move(settings.front)},
      responder_{front_} {
    shared.add(switch_);
    api_.connect(responder_);
    loop_.on_turn([this] {
        front_.end_of_reads();
        const bool more = switch_.turn();
        front_.flush();
        return more;
    });
}

void io_thread::note_payment(const actors::operation& answered, std::int64_t at_ns) noexcept {
    if (answered.payment() == nullptr) return;
    const auto& way = answered.stages;
    const auto& disk = answered.times;
    std::optional<std::size_t> outcome;
    if (answered.end == actors::ending::decided)
        outcome = static_cast<std::size_t>(std::get<ledger::payment_decided>(answered.record.what).decline);
    payments_.record(
        {way.received_ns, way.parsed_ns, way.caller_ns, way.decided_ns, disk.batch_ns, disk.durable_ns, at_ns},
        static_cast<std::size_t>(answered.end), outcome);
}

io_thread::~io_thread() { join(); }

void io_thread::start() {
    thread_ = std::thread{[this, name = "io-" + std::to_string(index_)] {
        storage::name_this_thread(name.c_str());
        loop_.run();
    }};
}

void io_thread::join() {
    if (!thread_.joinable()) return;
    loop_.stop();
    thread_.join();
}

void io_thread::tick() {
    switch_.sweep();
    api_.tell_suppressed();
}

void io_thread::set_limits(const http_limits& limits, std::uint32_t in_flight_max,
                           const failure_limit_settings& failures, const config::log_settings& log) {
    front_.set_limits(limits);
    api_.set_operations_max(in_flight_max);
    api_.set_failure_limit(failures);
    api_.set_log(log);
}

void io_thread::clear() {
    while (switch_.turn()) {
    }
    switch_.clear();
    api_.tell_suppressed();
}

} // namespace meguri::net
