// The rules that always hold of a wallet (domain.md), one small class each, seen from outside: from an entry, the
// wallet before it and the wallet after it, with sums of their own. The wallet's actor asks them of every entry before
// it goes to the journal; `meguri verify` asks the same ones of the whole journal.
//
// Each class has a name, allows(change), asked before the entry is applied, and keeps(change, after), asked afterwards.
// It may remember small things from the one for the other. Nothing here allocates where the rule holds.
#pragma once

#include "ledger/wallet.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <tuple>

namespace meguri::ledger {

// An entry that is about to change a wallet.
struct wallet_change_seen {
    const wallet& before;
    const entry& made;
    const payment_state* payment = nullptr; // of a payment's step: how the payment stood
    const category_set* at = nullptr;       // of a payment: its merchant's, as its decision saw them; null: none
};

enum class verdict : std::uint8_t { not_concerned, holds, broken };

namespace invariants {

class sequence_is_dense {
public:
    static constexpr std::string_view name = "wallets: sequences dense";
    verdict allows(const wallet_change_seen& change);
    verdict keeps(const entry& made, const wallet& after);
};

class time_never_goes_back {
public:
    static constexpr std::string_view name = "wallets: decision times never go back";
    verdict allows(const wallet_change_seen& change);
    verdict keeps(const entry& made, const wallet& after);

private:
    instant before_;
};

class amounts_are_in_range {
public:
    static constexpr std::string_view name = "amounts: 1 to 100,000,000";
    verdict allows(const wallet_change_seen& change);
    verdict keeps(const entry&, const wallet&) { return verdict::not_concerned; }
};

// Rule 3, lot by lot, and rule 16: what is taken is there, free or held as the entry says, of the lot that it names
// with all its terms; what is new is new.
class lots_give_what_they_have {
public:
    static constexpr std::string_view name = "lots: nothing taken that is not there";
    verdict allows(const wallet_change_seen& change);
    verdict keeps(const entry& made, const wallet& after); // and no empty lot is kept
};

// Rule 2: the wallet changes by what its entry posts, in the entry's program, and not at all in any other.
class changes_as_posted {
public:
    static constexpr std::string_view name = "wallets: changed as posted";
    verdict allows(const wallet_change_seen& change);
    verdict keeps(const entry& made, const wallet& after);

private:
    struct holdings {
        std::int64_t available = 0;
        std::int64_t held = 0;
        friend bool operator==(const holdings&, const holdings&) = default;
    };
    struct holdings_seen {
        holdings own; // in the entry's program; in all where it has none
        holdings others;
    };
    static holdings_seen of(const wallet& one, program_code program) noexcept;

    holdings_seen before_;
};

// Rule 4: an approved payment takes its amount from lots of its own program; a declined one takes nothing.
class payments_take_one_program {
public:
    static constexpr std::string_view name = "payments: the sum of lots of their own program";
    verdict allows(const wallet_change_seen& change);
    verdict keeps(const entry&, const wallet&) { return verdict::not_concerned; }
};

// Rule 7: earliest expiry first, ties by time of issue, then number; none past its last day, none passed over but those
// that are not good at the merchant.
class earliest_expiry_first {
public:
    static constexpr std::string_view name = "payments: earliest expiry first";
    verdict allows(const wallet_change_seen& change);
    verdict keeps(const entry& made, const wallet& after);

private:
    const category_set* at_ = nullptr;
};

// An earmark is its campaign's: new points from elsewhere have none, and no payment takes a lot that is not good at its
// merchant.
class earmarks_are_kept {
public:
    static constexpr std::string_view name = "lots: earmarks of campaigns, kept by payments";
    verdict allows(const wallet_change_seen& change);
    verdict keeps(const entry&, const wallet&) { return verdict::not_concerned; }
};

// Rules 7 and 8: what expires is past its last day, what comes back is not.
class expires_after_the_last_day {
public:
    static constexpr std::string_view name = "lots: expire after their last day and not before";
    verdict allows(const wallet_change_seen& change);
    verdict keeps(const entry&, const wallet&) { return verdict::not_concerned; }
};

// Rules 8 and 9: captured <= authorized, refunds <= captured, no lot gains or loses by a step.
class steps_follow {
public:
    static constexpr std::string_view name = "payments: each step follows from the one before";
    verdict allows(const wallet_change_seen& change);
    verdict keeps(const entry&, const wallet&) { return verdict::not_concerned; }
};

// Rule 9: a hold is open until the one step that ends it, and the lots hold what the open holds say.
class holds_end_once {
public:
    static constexpr std::string_view name = "holds: end once, and hold what they say";
    verdict allows(const wallet_change_seen& change);
    verdict keeps(const entry& made, const wallet& after);
};

// Rule 5: undecided points leave once, whole, with their source, to one real program; by themselves only when their
// time is over, and then to the home municipality's. Nothing else takes them, and they come from partners alone.
class undecided_points_leave_once {
public:
    static constexpr std::string_view name = "undecided points: leave once, to one program";
    verdict allows(const wallet_change_seen& change);
    verdict keeps(const entry&, const wallet&) { return verdict::not_concerned; }
};

// A correction moves what was proposed and nothing else, once, and only if another person than its maker approved it.
class corrections_need_two_persons {
public:
    static constexpr std::string_view name = "corrections: two persons, once, as proposed";
    verdict allows(const wallet_change_seen& change);
    verdict keeps(const entry& made, const wallet& after);
};

// A code's number is the next one; a one-time code pays once.
// Rule 11, within the wallet: one MyKey ID at a time, changed by wish once.
class one_my_key_at_a_time {
public:
    static constexpr std::string_view name = "MyKey IDs: one at a time, each change follows";
    verdict allows(const wallet_change_seen& change);
    verdict keeps(const entry& made, const wallet& after);
};

class codes_are_used_once {
public:
    static constexpr std::string_view name = "codes: one-time codes used once";
    verdict allows(const wallet_change_seen& change);
    verdict keeps(const entry& made, const wallet& after);
};

} // namespace invariants

using wallet_invariants =
    std::tuple<invariants::sequence_is_dense, invariants::time_never_goes_back, invariants::amounts_are_in_range,
               invariants::lots_give_what_they_have, invariants::changes_as_posted,
               invariants::payments_take_one_program, invariants::earliest_expiry_first,
               invariants::expires_after_the_last_day, invariants::steps_follow, invariants::holds_end_once,
               invariants::undecided_points_leave_once, invariants::corrections_need_two_persons,
               invariants::codes_are_used_once, invariants::one_my_key_at_a_time, invariants::earmarks_are_kept>;
inline constexpr std::size_t wallet_invariants_count = std::tuple_size_v<wallet_invariants>;

// In the order of wallet_invariants.
[[nodiscard]] const std::array<std::string_view, wallet_invariants_count>& names_of_wallet_invariants() noexcept;

// One change under the eyes of all of them.
class wallet_watch {
public:
    explicit wallet_watch(const wallet_change_seen& change) noexcept : change_{change} {}

    // Calls report(number of the invariant, whether it holds) for each that is concerned.
    template <class Report>
    void before(Report report) {
        each([&](auto& one) { return one.allows(change_); }, report);
    }
    template <class Report>
    void after(const wallet& changed, Report report) {
        each([&](auto& one) { return one.keeps(change_.made, changed); }, report);
    }

private:
    template <class Ask, class Report>
    void each(Ask ask, Report& report) {
        std::size_t number = 0;
        const auto one = [&](auto& invariant) {
            const verdict said = ask(invariant);
            if (said != verdict::not_concerned) report(number, said == verdict::holds);
            ++number;
        };
        std::apply([&](auto&... all) { (one(all), ...); }, all_);
    }

    const wallet_change_seen& change_;
    wallet_invariants all_;
};

// Applies the entry under the eyes of all invariants. A broken one is a bug of ours: it is named on standard error
// together with the entry, and the process ends before the entry can become durable.
void apply_watched(wallet& state, const entry& made, const payment_state* payment, const category_set* at = nullptr);

} // namespace meguri::ledger
