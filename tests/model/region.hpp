// A small region whose life is told to the real rules and to the model at once: every refusal, decision, step, balance
// and expiry must be the same, and the rules that always hold are checked after every entry (ledger_machine does).
#pragma once

#include "tests/model/ledger_machine.hpp"
#include "tests/model/ledger_model.hpp"
#include "tests/support/seeds.hpp"

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace meguri::ledger::model {

// How often things came about, so that a test can see that it tested something.
using tally = std::map<std::string, std::uint64_t>;

// What the model has as a plain number.
[[nodiscard]] inline std::optional<points> points_of(std::optional<yen> amount) {
    return amount ? points::from(*amount) : std::nullopt;
}

class region {
public:
    explicit region(std::uint64_t seed);

    // One thing that happens, and a little time.
    void live_on();
    void expect_replay_gives_the_same() const;

    [[nodiscard]] const ledger_state& state() const noexcept { return machine_.state(); }
    [[nodiscard]] const std::string& last_deed() const noexcept { return deed_; }
    [[nodiscard]] const tally& steps() const noexcept { return steps_; }

private:
    struct till {
        std::uint64_t merchant = 0;
        std::size_t outlet = 0; // from 1
    };
    // Somebody at a till, but for the amount.
    struct purchase {
        till at;
        std::optional<known_code> code;
        std::optional<program_code> program;
    };
    // An attempt whose reversal came, and which may still come itself.
    struct lost_attempt {
        till at;
        std::string key;
    };

    // --- time ---

    void pass_time();
    // Io threads read the clock one after the other, so a wallet may be asked by an earlier hour than before.
    std::int64_t edge_time() { return dice_.one_in(5) ? now_ - dice_.between(0, 2000) : now_; }
    // Just before, at or just after the end of the payment's hold, by chance.
    std::int64_t time_around_the_end_of(const model_payment& payment);
    // When the model's wallet decides; what is due by then has left it.
    std::int64_t model_time(std::optional<std::uint64_t> wallet, std::int64_t at);
    void doubt_clock();

    // --- deeds: parties and points ---

    void open_program();
    void join_merchant();
    void add_outlet();
    void open_wallet();
    void issue_code();
    void set_freeze();
    void freeze_wallet(std::uint64_t wallet, bool frozen);
    void freeze_outlet(std::uint64_t merchant, bool frozen);
    void grant();
    void look_at_wallet();

    // --- deeds: limits, undecided points, corrections ---

    void set_limits();
    void convert();
    void choose_home();
    void transfer();
    void propose();
    void propose_one(std::uint64_t wallet, program_code program);
    void decide_correction();

    // --- deeds: payments ---

    void pay();
    void capture();
    void void_hold();
    void refund();
    void reverse();
    void bar_key();

    // --- choices ---

    template <class Map>
    typename Map::key_type any_id(const Map& from) {
        return any_in(from).first;
    }
    template <class Tree>
    const typename Tree::value_type& any_in(const Tree& from) {
        return *std::next(from.begin(), static_cast<std::ptrdiff_t>(dice_.below(from.size())));
    }
    // Mostly one that is good, if there are any: else declines and refusals would be nearly all that happens.
    template <class Choose, class IsGood>
    auto mostly(const Choose& choose, const IsGood& is_good) {
        auto chosen = choose();
        const bool as_it_comes = dice_.one_in(4);
        for (int tries = 0; tries < 20 && !as_it_comes && !is_good(chosen); ++tries) chosen = choose();
        return chosen;
    }
    program_code any_open_program() { return dice_.any_of(machine_.state().registry.programs.programs).code; }
    std::optional<std::int64_t> some_last_day(std::int64_t at);
    std::optional<known_code> any_code();
    std::optional<program_code> any_payment_program(const model_merchant& shop);
    model_attempt told_to_model(const purchase& one, yen amount) const;
    code_number program_of(const purchase& one) const;
    yen some_amount(std::optional<std::uint64_t> payer, code_number program);
    till any_till();
    purchase any_purchase();
    std::vector<std::size_t> open_holds() const;
    std::vector<std::size_t> open_corrections() const;
    std::vector<std::int64_t> ends_of_choosing() const;
    model_limits some_limits();
    model_person any_person();
    std::string source_to_correct(std::uint64_t wallet, code_number program);
    // Mostly one of those statuses.
    std::optional<std::size_t> any_payment(const std::set<payment_status>& wanted);
    std::optional<yen> some_part(yen all);

    // --- comparison ---

    // The entries from `next` on begin with what fell due in the model; gives where they go on.
    std::size_t expect_same_due(std::size_t next);
    std::size_t expect_same_expiry(std::size_t next) const;
    void expect_entries(std::size_t count) const;
    void expect_same_payment(const entry& real, const model_payment& expected) const;
    void expect_same_step(const entry& real, const model_step& expected);
    void expect_same_transfer(const entry& real, const model_transfer& expected);
    void expect_same_proposals(const wallet& real, const model_wallet& expected) const;
    void expect_same_answer(std::size_t before, const std::string& asked, const ledger_machine::stepped& real,
                            const ledger_model::stepped& expected);
    void expect_same_balances() const;
    void expect_same_lots(const wallet& real, const model_wallet& expected) const;
    void expect_same_totals(const merchant& real, const model_merchant& expected) const;
    void expect_same_books() const;
    void count_limit(const std::pair<limit_subject, limit_kind>& reached);
    void count(const std::string& what) { ++steps_[what]; }

    test::dice dice_;
    ledger_machine machine_;
    ledger_model model_;
    std::vector<known_code> known_;
    std::vector<journal_position> positions_; // of the model's payments, by their number
    std::vector<journal_position> proposals_; // of the model's corrections, by their number
    std::vector<lost_attempt> lost_;
    std::optional<std::pair<std::uint64_t, program_code>> granted_; // to whom, and of what, the latest grant was
    fallen_due model_due_;
    std::int64_t now_ = 1'774'969'200'000; // 2026-04-01, midnight in Japan
    std::int64_t latest_once_ = 0;
    std::size_t keys_ = 0;
    std::string deed_;
    tally steps_;
};

} // namespace meguri::ledger::model
