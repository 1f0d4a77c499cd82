// One io thread's part of the switch: its actors, its inbox, and what it is about to hand to the journal. The thread's
// loop calls turn(), the front end submits, other threads post; all the rest is for the actors of this thread.
#pragma once

#include "actors/actor_probes.hpp"
#include "actors/directory.hpp"
#include "actors/letter.hpp"
#include "actors/switch_shared.hpp"
#include "metrics/counter.hpp"
#include "storage/thread_reader.hpp"

#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace meguri::actors {

class switch_thread {
public:
    // `wake` makes the thread's loop call turn() again; callable from any thread, cheap when it is awake.
    switch_thread(switch_shared& shared, std::uint32_t index, std::function<void()> wake);
    switch_thread(const switch_thread&) = delete;
    switch_thread& operator=(const switch_thread&) = delete;

    // --- the thread's loop and front end, on this thread ---

    // Takes an operation in. It is answered on this thread, in this or a later turn.
    void submit(operation_ptr op);
    // Works off the inbox and runs actors, then hands what was decided to the journal. Returns whether more is ready.
    bool turn();
    // Lets go of actors that are idle and clean. Call about once a second.
    void sweep();
    // Wakes wallets of which something falls due by itself by now, as far as the state store knows: a bounded number at
    // a time. Call about once a second, on one thread of the switch.
    void wake_due(ledger::instant now);
    // Lets the rows of accepted files of recipients follow that an earlier run of the process left. Once, at the start,
    // on one thread of the switch.
    void follow_recipients(ledger::instant now);
    // Whether other threads sent something that no turn has seen yet. Any thread.
    [[nodiscard]] bool has_mail();
    // Drops all actors; only when nothing is in flight any more.
    void clear() {
        pieces_.clear();
        directory_.clear();
    }

    [[nodiscard]] storage::thread_reader& reader() noexcept { return reader_; }
    [[nodiscard]] switch_shared& shared() noexcept { return shared_; }
    [[nodiscard]] const ledger::program_table& programs();
    [[nodiscard]] const directory& actors() const noexcept { return directory_; }
    // Any thread.
    [[nodiscard]] const actor_probes& mail() const noexcept { return mail_; }
    [[nodiscard]] const clawback_probes& clawbacks() const noexcept { return clawbacks_; }
    [[nodiscard]] clawback_probes& clawbacks() noexcept { return clawbacks_; } // on its thread alone
    // As of the last sweep; any thread.
    [[nodiscard]] std::uint64_t live_wallets() const noexcept { return live_wallets_.value(); }
    [[nodiscard]] std::uint64_t live_callers() const noexcept { return live_callers_.value(); }
    [[nodiscard]] bool on_own_thread() const noexcept { return std::this_thread::get_id() == thread_; }

    // --- any thread ---

    // Takes them all and leaves the vector empty.
    void post(std::vector<letter>& letters);

    // --- this thread's actors ---

    // Hands the operation to the actor that decides it.
    void decide_at(decider who, operation_ptr op);
    // The same for a grant that its campaign allows, and for what a program's purchases have decided: that actor hears
    // how it ended before its caller does.
    void decide_for_campaign(operation_ptr op, ledger::wallet_id wallet);
    // Which has heard it.
    void leave_campaign(operation_ptr op);
    // Both likewise for a conversion and the actor of its partner.
    void decide_for_partner(operation_ptr op, ledger::wallet_id wallet);
    void leave_partner(operation_ptr op);
    // Instead: it is that actor's again, which writes what the wallet would not.
    void take_back(const operation_ptr& op);
    // Decided in part by the actor that has it now: the rest is another's.
    void hand_over(decider who, operation_ptr op);
    // The campaigns' actor goes on with what takes it many turns, in a later one: sockets come in between.
    void again(operation_ptr op);
    // Its entry (or barrier) is complete: to the journal, with all that this turn decided.
    void to_journal(operation_ptr op);
    // It ended: by its durability, or without the journal.
    void settle(operation_ptr op, ending how);
    void refuse(operation_ptr op, ledger::refusal why);
    // Its caller's actor has learnt the outcome: it and its followers are answered where they came from.
    void answer(operation_ptr op);

private:
    void perform(step next, operation_ptr op);
    void route(std::uint32_t to, step next, operation_ptr op);
    void begin(operation_ptr op);
    void decide(operation_ptr op);
    void durable(operation_ptr op);
    bool go_on();
    void settle_at_campaign(operation_ptr op);
    void settle_at_partner(operation_ptr op);
    void settle_further(operation_ptr op);
    void release(operation_ptr op);
    void settle_at_caller(operation_ptr op);
    void flush_to_journal();
    void flush_to_threads();
    void use(actor_slot& slot) noexcept;

    switch_shared& shared_;
    const std::uint32_t index_;
    std::function<void()> wake_;
    std::thread::id thread_;
    storage::thread_reader reader_;
    io_unit unit_;
    directory directory_;
    actor_probes mail_;
    clawback_probes clawbacks_;
    metrics::counter live_wallets_;
    metrics::counter live_callers_;
    program_table_ptr programs_;
    std::vector<storage::append_request*> staged_; // each holds a reference that comes back with its completion
    std::uint32_t turns_staged_ = 0;               // that the oldest of them waited at most
    std::vector<letter> working_;
    std::vector<std::vector<letter>> outboxes_; // by thread, for the end of the turn
    bool in_turn_ = false;
    std::deque<operation_ptr> pieces_; // of work that takes many turns
    storage::due_wallet due_from_;     // where the index of what is due is read on
    ledger::journal_position due_checkpoint_ = 0;

    std::mutex inbox_mutex_;
    std::vector<letter> inbox_;
};

} // namespace meguri::actors
