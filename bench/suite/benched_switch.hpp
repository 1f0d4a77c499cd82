// A switch of the load's own: a fresh ledger with wallets and tills, the program served on it as a process, and
// afterwards the audit of what it acknowledged.
#pragma once

#include "actors/operation.hpp"
#include "bench/act_audit.hpp"
#include "bench/act_source.hpp"
#include "bench/demo_town.hpp"
#include "bench/ledger_sums.hpp"
#include "bench/served_program.hpp"
#include "storage/key_ring.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace meguri::bench {

struct benched_town {
    std::uint32_t merchants = 10; // with a till each
    std::uint32_t wallets = 10'000;
};

struct switch_audit {
    audit_result acts;
    merchant_sums sums;                     // of all merchants, from the journal
    std::vector<std::string> disagreements; // between the journal and what the switch shows
    [[nodiscard]] bool passed() const noexcept { return acts.passed() && disagreements.empty(); }
};

class benched_switch {
public:
    // Empties `folder` and makes the ledger; every till and card is added to `source`.
    benched_switch(std::string binary, std::string folder, const benched_town& town, act_source& source);

    // So many wallets more, added to `source` too, or payments in process until the journal has so many entries. Both
    // end the program first.
    void add_wallets(std::uint64_t wallets, act_source& source);
    void lengthen_journal(std::uint64_t entries, const act_source& source);
    // Reads the state store's file once, so that it is in memory as where a switch has served for a while: what made
    // the ledger has ended, and a kernel may give its pages away.
    void warm_up_state() const;

    // What its settings say beside the bench's own, from the next start on.
    void use_settings(std::string more) { more_settings_ = std::move(more); }
    // From the next start on: over TLS, which the audit does without.
    void use_tls() noexcept { is_over_tls_ = true; }
    // Of what it then shows; empty without TLS.
    [[nodiscard]] std::string certificate() const { return is_over_tls_ ? certificate_of(folder_) : std::string{}; }
    // Starts the program, or starts it again.
    served_program& serve();
    [[nodiscard]] served_program& program() { return *program_; }
    // A session with the program as its operator.
    [[nodiscard]] api_session as_operator() const;
    // The tills, as the program names them, in the order of their keys in the source.
    struct till_names {
        std::string merchant;
        std::string terminal;
    };
    [[nodiscard]] std::vector<till_names> tills() const;
    // Asks the program, started again where it was killed or answers are missing, for its balances and ends it; lets
    // `meguri verify` check every rule of the ledger, and reads the whole journal. Throws std::runtime_error where the
    // ledger is not sound.
    [[nodiscard]] switch_audit audit(const act_source& source);

private:
    [[nodiscard]] shown_sums balances() const;
    [[nodiscard]] bool is_filled(ledger::journal_position at) const;

    std::string binary_;
    std::string folder_;
    std::vector<actors::principal> tills_;
    // Positions of what was paid in process: no acts of the load's.
    std::vector<std::pair<ledger::journal_position, ledger::journal_position>> filled_;
    std::uint64_t paid_in_process_ = 0;
    std::string more_settings_;
    bool is_over_tls_ = false;
    std::unique_ptr<served_program> program_;
};

} // namespace meguri::bench
