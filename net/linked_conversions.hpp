// Brings conversions from linked accounts to their end: reserve at the partner, credit here, confirm there; or cancel
// there what is refused here. What was asked for is durable before the partner hears of it, each step is asked under
// the same reference and can be asked again, and how far one has come the journal says (ledger/partner.hpp): so a crash
// at any moment, on either side, leaves nothing but a step to be repeated. One that fails is tried again after a
// second, then after pauses that double up to a minute, for as long as it takes.
//
// Made by the server; all of it on the first io thread, whose loop and switch it shares.
#pragma once

#include "actors/operation.hpp"
#include "metrics/counter.hpp"
#include "net/account_links.hpp"
#include "net/ledger_view.hpp"
#include "net/outbound_thread.hpp"
#include "net/submitter.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>

namespace meguri::net {

// Any thread reads them.
struct linked_probes {
    metrics::counter answered; // calls of partners that did what was asked
    metrics::counter refused;
    metrics::counter failed;  // no answer, or one of which nobody can tell what it means
    metrics::counter open;    // conversions that have not ended
    metrics::counter waits_s; // the one that has been open for the longest time, in seconds, since this start
};

class linked_conversions final : public actors::reply_sink {
public:
    struct dependencies {
        submitter& to_switch;
        ledger_view& ledger;
        const storage::key_ring& keys;
        const account_links& links;
        outbound_desk& outside;
        std::function<std::int64_t()> wall_ms;
    };
    explicit linked_conversions(dependencies with) : use_{std::move(with)} {}

    // Goes on with what an earlier run of the process left. Once, before any tick.
    void start();
    // About once a second: tries again what is due.
    void tick();
    // A link or a conversion has changed, and it is durable.
    void decided(const ledger::entry& one);
    void finished(actors::operation& done) noexcept override;
    // Any thread.
    [[nodiscard]] const linked_probes& probes() const noexcept { return probes_; }

private:
    using stage = ledger::open_linked_conversion::stage;
    struct conversion_under_way {
        ledger::partner_id partner;
        ledger::open_linked_conversion open;
        std::int64_t since_ms = 0;
        std::int64_t due_ms = 0; // when it is tried again
        std::int64_t pause_ms = 0;
        bool is_busy = false;    // something is asked, here or there
        bool is_renewed = false; // its tokens, because the partner refused the ones before
    };
    // What an operation of ours is about: reply_ticket::kind.
    enum class errand : std::uint32_t { read_open, credit, note, renew };

    void take(ledger::partner_id partner, const ledger::open_linked_conversion& one);
    void go_on(conversion_under_way& one);
    void reserve(conversion_under_way& one);
    void reserved(ledger::journal_position number, const web_result& result);
    void renew(conversion_under_way& one, const partner_connection& to, const ledger::link_changed& link,
               const partner_tokens& tokens);
    void credit(conversion_under_way& one);
    void end_there(conversion_under_way& one);
    void ended_there(ledger::journal_position number, const web_result& result);
    void note(conversion_under_way& one, ledger::linked_conversion_step how, std::string reason);
    void credited(conversion_under_way& one, const actors::operation& done);
    void noted(conversion_under_way& one, const actors::operation& done);
    void wait(conversion_under_way& one, const char* why);
    void revoke(const ledger::link_changed& ended);

    // The link by which it began, if it has not ended.
    [[nodiscard]] std::optional<ledger::link_changed> link_of(const conversion_under_way& one) const;
    [[nodiscard]] conversion_under_way* find(ledger::journal_position number);
    void submit(errand what, ledger::journal_position number, ledger::wallet_id wallet, actors::request asked);
    void count(const web_result& result);

    dependencies use_;
    std::map<ledger::journal_position, conversion_under_way> all_; // by where they were asked for
    linked_probes probes_;
};

} // namespace meguri::net
