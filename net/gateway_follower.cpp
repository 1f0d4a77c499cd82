#include "net/gateway_follower.hpp"

#include "ledger/decide.hpp"
#include "net/log.hpp"
#include "storage/index_keys.hpp"
#include "storage/steady_clock.hpp"
#include "storage/store.hpp"
#include "storage/thread_name.hpp"
#include "storage/thread_reader.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <algorithm>
#include <chrono>
#include <limits>

namespace meguri::net {
namespace {

constexpr std::chrono::milliseconds tick_every{200};
constexpr std::int64_t failure_wait_max_ms = 300'000;
constexpr std::int64_t slow_polls = 10; // of what was given up

std::int64_t steady_now_ms() { return storage::steady_ns() / 1'000'000; }

bool awaits(const ledger::purchase& one) { return one.status == ledger::purchase_status::awaiting_payment; }

} // namespace

struct gateway_follower::ticking {
    explicit ticking(boost::asio::io_context& on) : timer{on} {}
    boost::asio::steady_timer timer;
};

gateway_follower::gateway_follower(gateway_follower_settings with, const storage::store& store, gateway_probes& probes,
                                   std::function<std::int64_t()> wall_ms,
                                   std::function<void(ledger::note_card_payment)> tell)
    : with_{std::move(with)},
      store_{store},
      probes_{probes},
      wall_ms_{std::move(wall_ms)},
      tell_{std::move(tell)},
      ticking_{std::make_unique<ticking>(loop_.context())} {}

gateway_follower::~gateway_follower() { join(); }

void gateway_follower::start() {
    loop_.post([this] { find_open(); });
    wait_for_tick();
    thread_ = std::thread{[this] {
        storage::name_this_thread("gateway");
        loop_.run();
    }};
}

void gateway_follower::join() {
    if (!thread_.joinable()) return;
    loop_.stop();
    thread_.join();
}

void gateway_follower::note(const ledger::purchase& one) {
    loop_.post([this, one] { take(one); });
}

// All that were asked for lately: those that have ended are not followed.
void gateway_follower::find_open() {
    storage::thread_reader reader{store_};
    const auto today = ledger::jst_day::of(ledger::instant{wall_ms_()});
    for (std::int32_t back = 0; back <= follow_days; ++back) {
        const auto list =
            storage::number_of_list(ledger::partner_id{}, storage::list_kind::cards, today.plus_days(-back));
        const auto requests = reader.find_conversion_list(list, 0, std::numeric_limits<std::size_t>::max());
        if (!requests) {
            log_event{severity::error, "gateway_list_unreadable"}.text("why", requests.error().text());
            continue;
        }
        for (const auto at : *requests) {
            const auto request = reader.read(at);
            const auto asked = request ? ledger::purchase_in(*request) : std::nullopt;
            const auto newest = asked ? reader.find_purchase(asked->reference)
                                      : tl::expected<std::optional<ledger::entry>, storage::error>{};
            const auto stands = newest && *newest ? ledger::purchase_in(**newest) : std::nullopt;
            if (stands) take(*stands);
        }
    }
}

bool gateway_follower::is_followed(const ledger::purchase& one) const {
    if (!one.card) return false;
    const std::int64_t age_ms = wall_ms_() - one.requested_at.unix_ms();
    if (age_ms > follow_days * 86'400'000) return false;
    const auto stage = one.card->stage;
    const bool is_given_up = stage == ledger::card_stage::timed_out;
    const bool is_begun = stage == ledger::card_stage::begun || stage == ledger::card_stage::pending;
    return stage == ledger::card_stage::refund_owed || is_given_up ||
           (is_begun && (awaits(one) || one.status == ledger::purchase_status::cancelled));
}

void gateway_follower::take(const ledger::purchase& one) {
    const auto known = followed_.find(one.reference);
    if (!is_followed(one)) {
        if (known == followed_.end()) return;
        if (known->second.is_under_way)
            known->second.purchase = one; // until its answer has come
        else
            followed_.erase(known);
        return;
    }
    auto& entry = followed_[one.reference];
    const bool is_new_stage =
        !entry.purchase.card || entry.purchase.card->stage != one.card->stage || entry.purchase.status != one.status;
    entry.purchase = one;
    if (!one.card->payment.empty()) entry.payment = one.card->payment;
    if (!is_new_stage) return;
    entry.failures = 0;
    entry.since_ms = steady_now_ms();
    // What is pending waits for the resident, and everything else is done at once.
    const bool waits = one.card->stage == ledger::card_stage::pending && awaits(one);
    entry.due_ms = steady_now_ms() + (waits ? with_.poll_ms : 0);
}

void gateway_follower::wait_for_tick() {
    ticking_->timer.expires_after(tick_every);
    ticking_->timer.async_wait([this](const boost::system::error_code& over) {
        if (over) return;
        tick();
        wait_for_tick();
    });
}

void gateway_follower::tick() {
    const auto now = steady_now_ms();
    std::erase_if(followed_,
                  [this](const auto& one) { return !one.second.is_under_way && !is_followed(one.second.purchase); });
    for (auto& [reference, one] : followed_)
        if (!one.is_under_way && under_way_ < under_way_max && one.due_ms <= now) act(one);
    count();
}

// What was given up, and is looked after all the same, waits for nobody.
void gateway_follower::count() {
    std::uint64_t open = 0;
    std::uint64_t owed = 0;
    std::int64_t open_waits_ms = 0;
    std::int64_t owed_waits_ms = 0;
    for (const auto& [reference, one] : followed_) {
        const auto stage = one.purchase.card->stage;
        if (stage == ledger::card_stage::refund_owed) {
            ++owed;
            owed_waits_ms = std::max(owed_waits_ms, steady_now_ms() - one.since_ms);
        } else if (ledger::is_open(stage)) {
            ++open;
            open_waits_ms = std::max(open_waits_ms, wall_ms_() - one.purchase.requested_at.unix_ms());
        }
    }
    probes_.open.set(open);
    probes_.open_waits_s.set(static_cast<std::uint64_t>(open_waits_ms / 1'000));
    probes_.refunds_owed.set(owed);
    probes_.refunds_waits_s.set(static_cast<std::uint64_t>(owed_waits_ms / 1'000));
}

gateway_follower::question gateway_follower::next_question(const followed& one) const {
    if (one.payment.empty()) // the same payment, if there is one already
        return {gateway_question::creation, with_.at.create(one.purchase)};
    if (one.purchase.card->stage == ledger::card_stage::refund_owed)
        return {gateway_question::refund, with_.at.refund(one.payment, one.purchase.reference)};
    if (awaits(one.purchase)) return {gateway_question::look_up, with_.at.look_up(one.payment)};
    return {gateway_question::cancellation, with_.at.cancel(one.payment)};
}

void gateway_follower::act(followed& one) {
    const auto& purchase = one.purchase;
    if (awaits(purchase) && wall_ms_() - purchase.requested_at.unix_ms() > with_.give_up_ms) {
        one.due_ms = steady_now_ms() + with_.poll_ms;
        tell_({purchase.program, purchase.reference, ledger::card_news::timed_out, one.payment, {}, {}});
        return;
    }
    one.is_under_way = true;
    ++under_way_;
    auto next = next_question(one);
    auto& counts = probes_.of(next.what);
    send_on(loop_.context(), std::move(next.request),
            [this, reference = purchase.reference, &counts, begun_ns = storage::steady_ns()](const web_result& result) {
                --under_way_;
                if (result) counts.duration.record(storage::steady_ns() - begun_ns);
                heard(reference, counts, result);
            });
}

void gateway_follower::heard(ledger::purchase_reference reference, gateway_probes::of_question& counts,
                             const web_result& result) {
    const auto told = result && result->status < 300 ? read_payment(document_, result->body) : std::nullopt;
    const bool is_good = told && told->reference == reference;
    const bool is_refusal = result && result->status >= 400 && result->status < 500 && result->status != 429;
    const auto how = is_good ? gateway_answer::answered : is_refusal ? gateway_answer::refused : gateway_answer::failed;
    counts.answers[static_cast<std::size_t>(how)].add();
    const auto known = followed_.find(reference);
    if (known == followed_.end()) return;
    auto& one = known->second;
    one.is_under_way = false;
    if (is_good) return understood(one, *told);
    failed(one, result ? "status " + std::to_string(result->status) : std::string{result.error().words});
}

void gateway_follower::understood(followed& one, const told_payment& told) {
    one.failures = 0;
    one.payment = told.id;
    one.due_ms = steady_now_ms() + with_.poll_ms * (awaits(one.purchase) ? 1 : slow_polls);
    const auto& purchase = one.purchase;
    ledger::note_card_payment news{purchase.program, purchase.reference, told.news,
                                   told.id,          told.redirect,      told.amount};
    const auto answer = ledger::decide(news, purchase);
    if (!answer)
        log_event{severity::error, "gateway_payment_differs"}
            .text("purchase", purchase.reference.text())
            .text("payment", told.id);
    if (answer && *answer != ledger::card_answer::nothing) return tell_(std::move(news));
    // What was given up or cancelled, and can be captured no more.
    const bool is_over = told.news == ledger::card_news::declined && !awaits(purchase);
    const auto reference = purchase.reference;
    if (is_over) followed_.erase(reference);
    // Now that its id is known it is cancelled at once.
    else if (!awaits(purchase) && told.news == ledger::card_news::pending)
        one.due_ms = steady_now_ms() + std::min<std::int64_t>(with_.poll_ms, 1'000);
}

void gateway_follower::failed(followed& one, std::string_view why) {
    const auto doublings = std::min<std::uint32_t>(one.failures++, 8);
    const auto wait = std::min(std::min<std::int64_t>(with_.poll_ms, 1'000) << doublings, failure_wait_max_ms);
    one.due_ms = steady_now_ms() + wait;
    log_event{severity::warning, "gateway_failed"}
        .text("purchase", one.purchase.reference.text())
        .number("failures", one.failures)
        .text("why", why);
}

} // namespace meguri::net
