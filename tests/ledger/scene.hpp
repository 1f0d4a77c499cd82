// A small cast for the tests of the rules: two programs, a shop in Ishinomaki, a resident whose wallet grows by
// entries.
#pragma once

#include "ledger/contract.hpp"
#include "ledger/decide.hpp"
#include "ledger/merchant.hpp"
#include "ledger/program_table.hpp"
#include "ledger/wallet.hpp"

#include <gtest/gtest.h>

#include <initializer_list>
#include <memory>
#include <ostream>
#include <string_view>
#include <utility>
#include <vector>

namespace meguri::ledger {

// How GoogleTest shows them.
inline std::ostream& operator<<(std::ostream& out, decline_code code) {
    return out << (code == decline_code::none ? "approved" : name_of(code));
}
inline std::ostream& operator<<(std::ostream& out, points amount) { return out << amount.value() << " points"; }

inline constexpr program_code ishinomaki = *program_code::parse("042021");
inline constexpr program_code aso = *program_code::parse("432148");
inline constexpr program_code miyagi = *program_code::parse("040002");
inline constexpr program_code kumamoto = *program_code::parse("430005");

inline constexpr merchant_id fishmonger{7};
inline constexpr outlet_id till{fishmonger, 1};
inline constexpr outlet_id web_shop{fishmonger, 2};
inline constexpr wallet_id resident{41};
inline constexpr partner_id card_company{3};
inline constexpr partner_id airline{8};
inline constexpr person_ref first_operator{caller_kind::operator_, 1};
inline constexpr person_ref second_operator{caller_kind::operator_, 2};

[[nodiscard]] inline points yen(std::int64_t value) {
    const auto amount = points::from(value);
    EXPECTS(amount.has_value());
    return *amount;
}
[[nodiscard]] inline jst_day day(std::string_view date) {
    const auto parsed = parse_date(date);
    EXPECTS(parsed.has_value());
    return *parsed;
}
// The last millisecond of the day in Japan, and noon there.
[[nodiscard]] inline instant last_moment_of(std::string_view date) { return day(date).end().plus_ms(-1); }
[[nodiscard]] inline instant noon(std::string_view date) { return day(date).end().plus_ms(-12 * 3'600'000); }

[[nodiscard]] inline funding_source source(std::string_view text) {
    auto parsed = funding_source::parse(text);
    EXPECTS(parsed.has_value());
    return *std::move(parsed);
}

[[nodiscard]] inline program_table programs_open(std::initializer_list<program_code> codes) {
    program_table table;
    for (const auto code : codes) {
        const auto issuer = code.is_prefecture() ? issuer_kind::prefecture : issuer_kind::municipality;
        table.insert({code, code.text(), 180, code.is_prefecture(), issuer, false});
    }
    return table;
}

// Accepts the given programs, with a till (number 1) and a shop (number 2).
[[nodiscard]] inline merchant_terms fishmonger_accepting(std::vector<program_code> programs) {
    return {1,
            fishmonger,
            false,
            std::move(programs),
            {{outlet_kind::terminal, till, "レジ1", false}, {outlet_kind::shop, web_shop, "通販", false}}};
}

[[nodiscard]] inline lot_terms_ptr lot_terms_of(std::uint32_t number, program_code program, std::string_view expires_on,
                                                instant issued_at,
                                                std::string_view funded_by = "budget:042021:health") {
    return std::make_shared<const lot_terms>(lot_terms{number, program, source(funded_by), day(expires_on), issued_at});
}

// An entry with no more than what apply() of a wallet looks at.
[[nodiscard]] inline entry wallet_entry(std::uint64_t sequence, instant at, fact what, person_ref by = {}) {
    entry made;
    made.position = 100 + sequence;
    made.caller.kind = by.kind;
    made.person = by.id;
    made.decided_at = at;
    made.wallet = resident;
    made.wallet_sequence = sequence;
    made.what = std::move(what);
    return made;
}

// The resident's wallet, opened, and what befalls it, in order.
class wallet_story {
public:
    explicit wallet_story(instant opened_at = noon("2026-04-01")) { tell(wallet_opened{resident}, opened_at); }

    void tell(fact what, instant at, person_ref by = {}) {
        apply(state_, wallet_entry(state_.sequence + 1, at, std::move(what), by));
    }
    void grant_lot(program_code program, std::int64_t amount, std::string_view expires_on, instant at,
                   std::string_view funded_by = "budget:042021:health") {
        tell(points_granted{resident,
                            {lot_terms_of(state_.lots_issued + 1, program, expires_on, at, funded_by), yen(amount)}},
             at);
    }
    // Points of the partner's that are undecided from then on.
    void convert(partner_id partner, std::int64_t amount, instant at) {
        const auto funded_by = source(partner == airline ? "partner:airline" : "partner:card");
        const auto converted = decide(credit_undecided{resident, partner, yen(amount), funded_by}, state_, at);
        EXPECTS(converted.has_value());
        tell(*converted, at);
    }
    // Gives the place of its proposal.
    journal_position propose(correction what, instant at, person_ref by = first_operator) {
        tell(correction_proposed{resident, std::make_shared<const correction>(std::move(what))}, at, by);
        return state_.corrections.back().position;
    }
    // Decides and applies the next code; gives what a terminal that reads it would find.
    known_code take_code(code_kind kind, instant at) {
        const auto issued = decide(issue_code{resident, kind}, state_, at);
        tell(issued, at);
        return {resident, issued.ordinal, issued.kind, issued.valid_until};
    }
    [[nodiscard]] const wallet& state() const noexcept { return state_; }

private:
    wallet state_;
};

// {lot number, amount}: what a fact takes, in its order.
[[nodiscard]] inline std::vector<std::pair<std::uint32_t, std::int64_t>> taken(const std::vector<lot_use>& lots) {
    std::vector<std::pair<std::uint32_t, std::int64_t>> found;
    found.reserve(lots.size());
    for (const auto& one : lots) found.emplace_back(one.lot->number, one.amount.value());
    return found;
}
using takes = std::vector<std::pair<std::uint32_t, std::int64_t>>;

} // namespace meguri::ledger
