#include "actors/switch_thread.hpp"

#include "actors/hand_on.hpp"
#include "actors/joining.hpp"
#include "ledger/contract.hpp"
#include "storage/journal_writer.hpp"

#include <caf/actor_cast.hpp>
#include <caf/mailbox_element.hpp>

#include <algorithm>
#include <iterator>
#include <type_traits>
#include <utility>

namespace meguri::actors {
namespace {

template <class Handle, class Message>
void send(const Handle& to, Message message, io_unit& unit, actor_probes& counted) {
    if constexpr (std::is_same_v<Handle, wallet_handle>)
        counted.to_wallets.add();
    else if constexpr (std::is_same_v<Handle, merchant_handle>)
        counted.to_merchants.add();
    else if constexpr (std::is_same_v<Handle, caller_handle>)
        counted.to_parties.add();
    else if constexpr (std::is_same_v<Handle, campaigns_handle>)
        counted.to_campaigns.add();
    else if constexpr (std::is_same_v<Handle, conversions_handle>)
        counted.to_conversions.add();
    else if constexpr (std::is_same_v<Handle, purchases_handle>)
        counted.to_purchases.add();
    else
        counted.to_registry.add();
    auto* const actor = caf::actor_cast<caf::abstract_actor*>(to);
    actor->enqueue(caf::make_mailbox_element(nullptr, caf::make_message_id(), {}, std::move(message)), &unit);
}

[[nodiscard]] ending ending_of(const operation& op) noexcept {
    if (op.outcome == storage::append_outcome::failed) return ending::outcome_unknown;
    return op.is_barrier ? ending::read : ending::decided;
}

template <class Command>
[[nodiscard]] bool asks_for(const operation& op) noexcept {
    return op.command() != nullptr && std::holds_alternative<Command>(*op.command());
}

[[nodiscard]] bool opens_wallet(const operation& op) noexcept {
    const bool enrolls = std::holds_alternative<log_in>(op.asked) && !op.code;
    return enrolls || asks_for<ledger::open_wallet>(op);
}

// Its wallet's actor waits to hear where in the journal the entry came to stand.
[[nodiscard]] bool has_more_to_come(const operation& op) noexcept {
    if (!op.record.wallet) return false;
    if (const auto* paid = std::get_if<ledger::payment_decided>(&op.record.what))
        return paid->status == ledger::payment_status::authorized;
    return std::holds_alternative<ledger::payment_changed>(op.record.what) ||
           std::holds_alternative<ledger::correction_proposed>(op.record.what);
}

// So many wallets are woken at a time, so that a day on which a million lots expire is spread over its first minutes.
constexpr std::size_t wakes_max = 2'000;

// So many entries are handed to the journal even while more are about to be decided, and so many turns they wait for
// others at most: a flood of requests that write nothing must not hold them up.
constexpr std::size_t staged_max = 512;
constexpr std::uint32_t turns_staged_max = 32;

// The journal's writer, on another core, touched what comes back last: its cache lines are asked for some operations
// ahead of their turn.
constexpr std::size_t letters_ahead = 4;

void fetch_ahead(const operation& op) noexcept {
    __builtin_prefetch(&op.record);
    __builtin_prefetch(&op.outcome);
    __builtin_prefetch(&op.caller_slot);
    __builtin_prefetch(&op.stages);
}

} // namespace

switch_thread::switch_thread(switch_shared& shared, std::uint32_t index, std::function<void()> wake)
    : shared_{shared},
      index_{index},
      wake_{std::move(wake)},
      reader_{shared.store()},
      unit_{shared.system()},
      directory_{*this, unit_} {}

const ledger::program_table& switch_thread::programs() {
    shared_.programs().refresh(programs_);
    return *programs_;
}

void switch_thread::sweep() {
    directory_.sweep(shared_.store().checkpoint_position());
    live_wallets_.set(directory_.live_wallets());
    live_callers_.set(directory_.live_callers());
}

// A wallet that has been woken stays in the index of what is due until a checkpoint has seen what it booked: the index
// is read on from where it was left, and from its beginning again after the next checkpoint.
void switch_thread::wake_due(ledger::instant now) {
    if (shared_.clock_is_doubtful()) return;
    const auto checkpoint = shared_.store().checkpoint_position();
    if (std::exchange(due_checkpoint_, checkpoint) != checkpoint) due_from_ = {};
    const auto due = reader_.find_due(due_from_, now, wakes_max);
    if (!due) return; // whoever asks for the wallet hears of it
    for (const auto& one : *due) {
        const auto op = make_operation();
        op->asked = wake_wallet{one.wallet};
        op->at = now;
        submit(op);
        due_from_ = {one.at, ledger::wallet_id{one.wallet.value() + 1}};
    }
    if (!due->empty()) wake_();
}

void switch_thread::follow_recipients(ledger::instant now) {
    for (const auto& one : programs().programs) {
        for (const request& rows :
             {request{actors::follow_recipients{one.code}}, request{follow_clawbacks{one.code}}}) {
            const auto op = make_operation();
            op->asked = rows;
            op->at = now;
            submit(op);
        }
    }
    wake_();
}

void switch_thread::use(actor_slot& slot) noexcept {
    ++slot.unfinished;
    slot.last_used = directory_.tick();
}

// --- turns and threads ---

bool switch_thread::turn() {
    thread_ = std::this_thread::get_id();
    in_turn_ = true;
    {
        const std::lock_guard lock{inbox_mutex_};
        working_.swap(inbox_);
    }
    for (std::size_t i = 0; i < working_.size(); ++i) {
        if (i + letters_ahead < working_.size()) fetch_ahead(*working_[i + letters_ahead].op);
        perform(working_[i].next, std::move(working_[i].op));
    }
    working_.clear();
    const bool goes_on = go_on();
    const bool more = unit_.run();
    // A commit costs hardly more for hundreds of entries than for ten: what is decided waits for what is about to be.
    if (!more || staged_.size() >= staged_max || ++turns_staged_ >= turns_staged_max) flush_to_journal();
    flush_to_threads();
    mail_.ready.set(unit_.waiting());
    in_turn_ = false;
    return more || goes_on || !pieces_.empty();
}

void switch_thread::post(std::vector<letter>& letters) {
    {
        const std::lock_guard lock{inbox_mutex_};
        inbox_.insert(inbox_.end(), std::make_move_iterator(letters.begin()), std::make_move_iterator(letters.end()));
    }
    letters.clear();
    wake_();
}

bool switch_thread::has_mail() {
    const std::lock_guard lock{inbox_mutex_};
    return !inbox_.empty();
}

void switch_thread::route(std::uint32_t to, step next, operation_ptr op) {
    if (to == index_) return perform(next, std::move(op));
    // One lock and one wake-up a turn for each other thread, not one an operation.
    outboxes_.resize(shared_.threads().size());
    outboxes_[to].push_back({next, std::move(op)});
    if (!in_turn_) wake_();
}

void switch_thread::flush_to_threads() {
    for (std::size_t to = 0; to < outboxes_.size(); ++to)
        if (!outboxes_[to].empty()) shared_.threads()[to]->post(outboxes_[to]);
}

void switch_thread::perform(step next, operation_ptr op) {
    switch (next) {
    case step::begin: return begin(std::move(op));
    case step::decide: return decide(std::move(op));
    case step::durable: return durable(std::move(op));
    case step::campaign: return settle_at_campaign(std::move(op));
    case step::partner: return settle_at_partner(std::move(op));
    case step::release: return release(std::move(op));
    case step::settle: return settle_at_caller(std::move(op));
    case step::reply: return op->answer();
    }
}

// --- to the caller's actor ---

void switch_thread::submit(operation_ptr op) {
    thread_ = std::this_thread::get_id();
    op->home = index_;
    if (const auto* read = std::get_if<read_wallet>(&op->asked)) return decide_at(decider{read->wallet}, std::move(op));
    if (const auto* read = std::get_if<read_merchant>(&op->asked))
        return decide_at(decider{read->merchant}, std::move(op));
    if (const auto* read = std::get_if<read_payment>(&op->asked))
        return decide_at(read->wallet ? decider{read->wallet} : decider{read->merchant}, std::move(op));
    if (const auto* woken = std::get_if<wake_wallet>(&op->asked))
        return decide_at(decider{woken->wallet}, std::move(op));
    if (const auto* read = std::get_if<read_holder>(&op->asked))
        return decide_at(decider_of(read->holder), std::move(op));
    if (std::holds_alternative<log_in>(op->asked)) return decide_at(the_registry{}, std::move(op));
    if (const auto* read = std::get_if<read_campaigns>(&op->asked))
        return decide_at(campaigns_of{read->program}, std::move(op));
    if (const auto* read = std::get_if<read_conversions>(&op->asked))
        return decide_at(conversions_of{read->partner}, std::move(op));
    if (const auto* looked = std::get_if<look_at_wallet>(&op->asked))
        return decide_at(decider{looked->wallet}, std::move(op));
    if (const auto* followed = std::get_if<actors::follow_recipients>(&op->asked))
        return decide_at(campaigns_of{followed->program}, std::move(op));
    if (const auto* followed = std::get_if<follow_clawbacks>(&op->asked))
        return decide_at(campaigns_of{followed->program}, std::move(op));
    if (const auto* read = std::get_if<read_transfers>(&op->asked))
        return decide_at(purchases_of{read->program}, std::move(op));
    if (op->by.caller.kind == ledger::caller_kind::none && op->command() != nullptr)
        if (const auto* told = std::get_if<ledger::note_card_payment>(op->command())) // the gateway says it
            return decide_at(purchases_of{told->program}, std::move(op));
    op->caller_thread = op->by.merchant ? shared_.thread_of(op->by.merchant) : shared_.thread_of(op->by.caller);
    const auto to = op->caller_thread;
    route(to, step::begin, std::move(op));
}

void switch_thread::begin(operation_ptr op) {
    if (!op->by.merchant) {
        auto& slot = directory_.party(op->by.caller);
        op->caller_slot = &slot;
        use(slot);
        return send(slot.handle, begin_command{std::move(op)}, unit_, mail_);
    }
    const auto found = directory_.merchant(op->by.merchant, false);
    if (!found || *found == nullptr) { // its key, or a hold of it, says that it exists
        if (const auto* ended = std::get_if<end_hold>(&op->asked))
            return decide_at(decider{ended->wallet}, std::move(op)); // it counts how many come back
        return settle(std::move(op), ending::read_failed);
    }
    auto& slot = **found;
    op->caller_slot = &slot;
    op->merchant_tail = &slot.tail;
    use(slot);
    send(slot.handle, begin_command{std::move(op)}, unit_, mail_);
}

// --- to the actor that decides ---

void switch_thread::decide_at(decider who, operation_ptr op) {
    op->decided_by = who;
    op->target_thread = shared_.thread_of(who);
    const auto to = op->target_thread;
    route(to, step::decide, std::move(op));
}

void switch_thread::hand_over(decider who, operation_ptr op) {
    --op->target_slot->unfinished;
    op->target_slot = nullptr;
    decide_at(who, std::move(op));
}

void switch_thread::decide(operation_ptr op) {
    const auto hand_over = [&](auto& slot) {
        op->target_slot = &slot;
        use(slot);
        send(slot.handle, decide_command{op}, unit_, mail_);
    };
    if (const auto* wallet = std::get_if<ledger::wallet_id>(&op->decided_by)) {
        const auto found = directory_.wallet(*wallet, opens_wallet(*op));
        if (!found) return settle(std::move(op), ending::read_failed);
        if (*found == nullptr) return refuse(std::move(op), ledger::refusal::wallet_unknown);
        op->wallet_tail = &(*found)->tail;
        return hand_over(**found);
    }
    if (const auto* merchant = std::get_if<ledger::merchant_id>(&op->decided_by)) {
        const auto found = directory_.merchant(*merchant, op->command() != nullptr && begins_merchant(*op->command()));
        if (!found) return settle(std::move(op), ending::read_failed);
        if (*found == nullptr) return refuse(std::move(op), ledger::refusal::merchant_unknown);
        op->merchant_tail = &(*found)->tail;
        return hand_over(**found);
    }
    if (const auto* campaigns = std::get_if<campaigns_of>(&op->decided_by)) {
        const auto found = directory_.campaigns(campaigns->program);
        if (!found) return settle(std::move(op), ending::read_failed);
        return hand_over(**found);
    }
    if (const auto* conversions = std::get_if<conversions_of>(&op->decided_by)) {
        const auto found = directory_.conversions(conversions->partner);
        if (!found) return settle(std::move(op), ending::read_failed);
        return hand_over(**found);
    }
    if (const auto* purchases = std::get_if<purchases_of>(&op->decided_by)) {
        const auto found = directory_.purchases(purchases->program);
        if (!found) return settle(std::move(op), ending::read_failed);
        return hand_over(**found);
    }
    EXPECTS(std::holds_alternative<the_registry>(op->decided_by));
    hand_over(directory_.registry());
}

void switch_thread::decide_for_campaign(operation_ptr op, ledger::wallet_id wallet) {
    op->campaign_slot = std::exchange(op->target_slot, nullptr);
    op->campaign_thread = index_;
    decide_at(wallet, std::move(op));
}

void switch_thread::decide_for_partner(operation_ptr op, ledger::wallet_id wallet) {
    op->partner_slot = std::exchange(op->target_slot, nullptr);
    op->partner_thread = index_;
    decide_at(wallet, std::move(op));
}

void switch_thread::again(operation_ptr op) {
    pieces_.push_back(std::move(op));
    if (!in_turn_) wake_();
}

// One a turn, however many files are under way: what is between two looks at the sockets stays short.
bool switch_thread::go_on() {
    if (pieces_.empty()) return false;
    const auto op = std::move(pieces_.front());
    pieces_.pop_front();
    if (shared_.is_ending()) return true; // it stays where it is, as if the process had ended here
    const auto found = directory_.campaigns(std::get<campaigns_of>(op->decided_by).program);
    EXPECTS(found); // it is live: the operation is unfinished with it
    send((**found).handle, decide_command{op}, unit_, mail_);
    return true;
}

// --- to the journal and back ---

void switch_thread::to_journal(operation_ptr op) { staged_.push_back(op.detach()); }

void switch_thread::flush_to_journal() {
    turns_staged_ = 0;
    if (staged_.empty()) return;
    shared_.store().writer().submit(staged_);
    staged_.clear();
}

void switch_thread::durable(operation_ptr op) {
    const ending how = ending_of(*op);
    if (how == ending::decided && op->target_slot != nullptr)
        op->target_slot->last_position = std::max(op->target_slot->last_position, op->record.position);
    const bool is_registrys = std::holds_alternative<the_registry>(op->decided_by);
    if (how == ending::decided && is_registrys && ledger::concerns_registry(op->record))
        shared_.apply_durable(op->record);
    if (how == ending::decided && has_more_to_come(*op)) {
        const auto wallet = directory_.wallet(op->record.wallet, false);
        EXPECTS(wallet && *wallet != nullptr); // it is live: the operation is unfinished with it
        send((*wallet)->handle, entry_durable{op}, unit_, mail_);
    }
    if (const auto* const campaigns = std::get_if<campaigns_of>(&op->decided_by)) {
        const auto found = directory_.campaigns(campaigns->program);
        EXPECTS(found); // it is live: the operation is unfinished with it
        send((**found).handle, entry_durable{op}, unit_, mail_);
    }
    if (const auto* const conversions = std::get_if<conversions_of>(&op->decided_by)) {
        const auto found = directory_.conversions(conversions->partner);
        EXPECTS(found); // it is live: the operation is unfinished with it
        send((**found).handle, entry_durable{op}, unit_, mail_);
    }
    if (const auto* const purchases = std::get_if<purchases_of>(&op->decided_by)) {
        const auto found = directory_.purchases(purchases->program);
        EXPECTS(found); // as above
        send((**found).handle, entry_durable{op}, unit_, mail_);
    }
    settle(std::move(op), how);
}

// --- to the caller's actor again, and out ---

void switch_thread::settle(operation_ptr op, ending how) {
    op->end = how;
    if (op->target_slot != nullptr) --op->target_slot->unfinished;
    op->target_slot = nullptr;
    if (op->campaign_slot != nullptr) {
        const auto to = op->campaign_thread;
        return route(to, step::campaign, std::move(op));
    }
    if (op->partner_slot != nullptr) {
        const auto to = op->partner_thread;
        return route(to, step::partner, std::move(op));
    }
    settle_further(std::move(op));
}

void switch_thread::settle_at_campaign(operation_ptr op) {
    if (op->end == ending::decided)
        op->campaign_slot->last_position = std::max(op->campaign_slot->last_position, op->record.position);
    if (op->purchase != nullptr) {
        const auto found = directory_.purchases(op->purchase->program);
        EXPECTS(found); // it is live: the operation is unfinished with it
        return send((**found).handle, release_offer{std::move(op)}, unit_, mail_);
    }
    const auto* const row = std::get_if<ledger::claw_back_row>(op->command());
    const auto found = directory_.campaigns(row != nullptr ? row->program : op->allowed_grant->program);
    EXPECTS(found); // it is live: the operation is unfinished with it
    send((**found).handle, command_settled{std::move(op)}, unit_, mail_);
}

void switch_thread::leave_campaign(operation_ptr op) {
    --op->campaign_slot->unfinished;
    op->campaign_slot = nullptr;
    settle_further(std::move(op));
}

void switch_thread::settle_at_partner(operation_ptr op) {
    if (op->end == ending::decided)
        op->partner_slot->last_position = std::max(op->partner_slot->last_position, op->record.position);
    const auto found = directory_.conversions(op->conversion->partner);
    EXPECTS(found); // it is live: the operation is unfinished with it
    send((**found).handle, command_settled{std::move(op)}, unit_, mail_);
}

void switch_thread::leave_partner(operation_ptr op) {
    --op->partner_slot->unfinished;
    op->partner_slot = nullptr;
    settle_further(std::move(op));
}

void switch_thread::take_back(const operation_ptr& op) {
    op->target_slot = std::exchange(op->campaign_slot, nullptr);
    op->target_thread = index_;
    op->decided_by = purchases_of{op->purchase->program};
    op->wallet_tail = nullptr;
    op->end = ending::none;
}

void switch_thread::settle_further(operation_ptr op) {
    if (op->offered_my_key.id) return route(shared_.thread_of(decider{the_registry{}}), step::release, std::move(op));
    const bool has_caller = op->caller_slot != nullptr;
    const auto to = has_caller ? op->caller_thread : op->home;
    if (has_caller || op->reply != nullptr) route(to, has_caller ? step::settle : step::reply, std::move(op));
}

void switch_thread::release(operation_ptr op) {
    send(directory_.registry().handle, release_offer{std::move(op)}, unit_, mail_);
}

void switch_thread::refuse(operation_ptr op, ledger::refusal why) {
    op->refusal = why;
    settle(std::move(op), ending::refused);
}

void switch_thread::settle_at_caller(operation_ptr op) {
    if (op->end == ending::decided)
        op->caller_slot->last_position = std::max(op->caller_slot->last_position, op->record.position);
    if (!op->by.merchant) {
        const auto& slot = directory_.party(op->by.caller);
        return send(slot.handle, command_settled{std::move(op)}, unit_, mail_);
    }
    const auto caller = directory_.merchant(op->by.merchant, false);
    EXPECTS(caller && *caller != nullptr); // it is live: the operation is unfinished with it
    send((*caller)->handle, command_settled{std::move(op)}, unit_, mail_);
}

void switch_thread::answer(operation_ptr op) {
    --op->caller_slot->unfinished;
    op->card_claim.reset(); // a card that was bound stands in an index by now
    for (auto& follower : op->followers) {
        --follower->caller_slot->unfinished;
        const auto to = follower->home;
        route(to, step::reply, std::move(follower));
    }
    op->followers.clear();
    const auto home = op->home;
    route(home, step::reply, std::move(op));
}

} // namespace meguri::actors
