#include "tests/simulation/street.hpp"

#include "ledger/program.hpp"
#include "tests/support/stepped_switch.hpp"

#include <array>
#include <memory>

namespace meguri::test {
namespace {

using ledger::add_outlet;
using ledger::authorize;
using ledger::capture_payment;
using ledger::code_issued;
using ledger::code_kind;
using ledger::command;
using ledger::digest128;
using ledger::fact;
using ledger::freeze_subject;
using ledger::funding_source;
using ledger::issue_code;
using ledger::issuer_kind;
using ledger::join_merchant;
using ledger::merchant_joined;
using ledger::open_program;
using ledger::open_wallet;
using ledger::outlet_added;
using ledger::outlet_kind;
using ledger::payment_decided;
using ledger::payment_status;
using ledger::points;
using ledger::program_code;
using ledger::program_opened;
using ledger::refund_payment;
using ledger::reverse_attempt;
using ledger::set_freeze;
using ledger::void_payment;
using ledger::wallet_opened;

constexpr std::size_t latest_max = 80;
constexpr std::size_t payments_max = 60;

const std::array<program_code, 2> codes{*program_code::parse("042021"), *program_code::parse("432148")};

points yen(std::int64_t value) { return *points::from(value); }

template <class Sequence>
void forget_oldest(Sequence& of, std::size_t most) {
    if (of.size() > most) of.erase(of.begin());
}

} // namespace

attempt street::asked(const actors::principal& by, command what) {
    attempt made{by, std::move(what), "k" + std::to_string(++keys_)};
    sent_.push_back(made);
    forget_oldest(sent_, latest_max);
    return made;
}

attempt street::by_operator(command what) { return asked(stepped_switch::first_operator(), std::move(what)); }

// Short lives of lots and holds, so that jumps of time pass them.
std::optional<attempt> street::furnish() {
    if (programs_ < codes.size()) {
        const auto code = codes[programs_];
        const int days = programs_ == 0 ? 3 : 30;
        return by_operator(
            open_program{{code, code.text(), days, false, issuer_kind::municipality, false, 1 + days / 10}});
    }
    if (merchants_.size() < 3) {
        std::vector<program_code> accepted{codes[merchants_.size() % 2]};
        if (merchants_.empty()) accepted.assign(codes.begin(), codes.end());
        return by_operator(join_merchant{"店", accepted});
    }
    if (outlets_.size() < 5)
        return by_operator(add_outlet{merchants_[outlets_.size() % 3],
                                      outlets_.size() == 4 ? outlet_kind::shop : outlet_kind::terminal, "レジ"});
    if (wallets_.size() < 4) return by_operator(open_wallet{});
    if (codes_.size() < 5) return by_operator(issue_code{wallets_[codes_.size() % 4], code_kind::card});
    return std::nullopt;
}

attempt street::next() {
    const auto kind = dice_.below(100);
    if (kind < 32) return pay();
    if (kind < 48) return step();
    if (kind < 57) return reverse();
    if (kind < 71) return again();
    if (kind < 79) return grant();
    if (kind < 82) return freeze();
    if (kind < 84) return limit();
    if (kind < 87) return undecided();
    if (kind < 90) return correct();
    if (kind < 95) return look();
    if (kind < 97) return change_keys();
    return new_party();
}

attempt street::pay() {
    const digest128 code = dice_.one_in(40) ? digest128{1, dice_.below(9)} : dice_.any_of(codes_);
    const auto program = dice_.one_in(8) ? std::nullopt : std::optional{dice_.any_of(codes)};
    return asked(dice_.any_of(outlets_), authorize{program, yen(dice_.between(1, 400)), "R", code, !dice_.one_in(3)});
}

const street::payment& street::any_payment() {
    // Mostly one of the latest: its entry may be in flight, in the recent index, or just stored.
    const auto last = payments_.size();
    return payments_[dice_.one_in(3) ? dice_.below(last) : last - 1 - dice_.below(std::min<std::size_t>(last, 5))];
}

attempt street::step() {
    if (payments_.empty()) return pay();
    const auto& of = any_payment();
    const auto part = dice_.one_in(2) ? std::nullopt : std::optional{yen(dice_.between(1, 150))};
    switch (dice_.below(5)) {
    case 0:
    case 1: return asked(of.by, capture_payment{of.position, part});
    case 2: return asked(of.by, void_payment{of.position});
    default: return asked(of.by, refund_payment{of.position, part});
    }
}

// Of a payment that was answered, of an attempt in flight or cut off, or of one that never came.
attempt street::reverse() {
    const auto kind = dice_.below(8);
    if (kind < 3 && !payments_.empty()) {
        const auto& of = any_payment();
        return asked(of.by, reverse_attempt{of.key});
    }
    for (int tries = 0; kind < 7 && tries < 8 && !sent_.empty(); ++tries) {
        const auto& of = !unanswered_.empty() && dice_.one_in(2) ? dice_.any_of(unanswered_) : dice_.any_of(sent_);
        if (of.by.outlet) return asked(of.by, reverse_attempt{of.key});
    }
    const auto by = dice_.any_of(outlets_);
    attempt lost = pay();
    lost.by = by;
    sent_.back().by = by; // it may come later
    return asked(by, reverse_attempt{lost.key});
}

attempt street::again() {
    if (!unanswered_.empty() && dice_.one_in(2)) {
        const auto which = dice_.below(unanswered_.size());
        attempt made = unanswered_[which];
        unanswered_.erase(unanswered_.begin() + static_cast<std::ptrdiff_t>(which));
        return made;
    }
    attempt made = dice_.any_of(sent_);
    auto* const what = std::get_if<command>(&made.asked);
    auto* const paid = what != nullptr ? std::get_if<authorize>(what) : nullptr;
    if (paid != nullptr && dice_.one_in(8)) paid->amount = yen(paid->amount.value() + 1); // another body
    return made;
}

attempt street::grant() {
    return by_operator(ledger::grant{dice_.any_of(wallets_), dice_.any_of(codes), yen(dice_.between(50, 900)),
                                     std::nullopt, *funding_source::parse("budget:042021:health")});
}

attempt street::freeze() {
    const bool frozen = dice_.one_in(4); // thawed more often than frozen, or life would stop
    switch (dice_.below(4)) {
    case 0: return by_operator(set_freeze{freeze_subject::wallet, dice_.any_of(wallets_).value(), frozen, "紛失"});
    case 1: return by_operator(set_freeze{freeze_subject::merchant, dice_.any_of(merchants_).value(), frozen, "調査"});
    case 2:
        return by_operator(set_freeze{freeze_subject::terminal, dice_.any_of(outlets_).outlet.value(), frozen, "故障"});
    default: return by_operator(set_freeze{freeze_subject::program, dice_.any_of(codes).number(), frozen, "点検"});
    }
}

attempt street::limit() {
    ledger::limits set;
    if (dice_.one_in(3)) set.per_payment = yen(dice_.between(100, 500));
    if (dice_.one_in(3)) set.per_day.amount = yen(dice_.between(200, 2'000));
    if (dice_.one_in(3)) set.per_hour.count = static_cast<std::uint32_t>(dice_.between(1, 20));
    using enum ledger::limit_subject;
    switch (dice_.below(4)) {
    case 0: return by_operator(ledger::set_limits{wallet, dice_.any_of(wallets_).value(), set, "上限"});
    case 1: return by_operator(ledger::set_limits{merchant, dice_.any_of(merchants_).value(), set, "上限"});
    case 2: return by_operator(ledger::set_limits{terminal, outlets_.front().outlet.value(), set, "上限"});
    default: return by_operator(ledger::set_limits{program, dice_.any_of(codes).number(), set, "上限"});
    }
}

// Of the terminals and shops, and of the operator who does all this.
attempt street::change_keys() {
    const auto& outlet = dice_.any_of(outlets_).caller;
    const ledger::key_holder holder = dice_.one_in(4) ? ledger::key_holder{ledger::caller_kind::operator_, 1}
                                                      : ledger::key_holder{outlet.kind, outlet.id};
    if (dice_.one_in(3))
        return by_operator(ledger::revoke_key{holder, static_cast<std::uint32_t>(1 + dice_.below(6)), "紛失"});
    const auto overlap_s = dice_.one_in(2) ? std::optional{dice_.between(0, 90'000)} : std::nullopt;
    return by_operator(ledger::issue_key{holder, ledger::scope_set::unrestricted(), overlap_s});
}

// Points of one of two partners; sooner or later a program is chosen for them, or the home municipality's is.
attempt street::undecided() {
    const auto wallet = dice_.any_of(wallets_);
    switch (dice_.below(5)) {
    case 0:
    case 1: return by_operator(ledger::choose_home{wallet, dice_.any_of(codes)});
    case 2: {
        const auto part = dice_.one_in(2) ? std::nullopt : std::optional{yen(dice_.between(1, 300))};
        return by_operator(ledger::transfer_undecided{wallet, dice_.any_of(codes), part});
    }
    default:
        return by_operator(ledger::credit_undecided{wallet, ledger::partner_id{1 + dice_.below(2)},
                                                    yen(dice_.between(50, 500)), *funding_source::parse("partner:a")});
    }
}

// Proposed by the first operator, and decided by the second, or by the first, which is refused.
attempt street::correct() {
    if (proposals_.empty() || dice_.one_in(2)) {
        const bool credit = dice_.one_in(2);
        const auto kind = credit ? ledger::correction_kind::credit : ledger::correction_kind::debit;
        auto what = std::make_shared<const ledger::correction>(
            ledger::correction{kind, dice_.any_of(codes), yen(dice_.between(10, 200)),
                               *funding_source::parse("budget:042021:health"), ledger::jst_day{}, "二重付与"});
        return by_operator(ledger::propose_correction{dice_.any_of(wallets_), std::move(what)});
    }
    const auto& of = dice_.any_of(proposals_);
    auto by = stepped_switch::first_operator();
    if (!dice_.one_in(5)) by.caller.id = by.person = 2;
    return asked(by, ledger::decide_correction{of.wallet, of.position, !dice_.one_in(3), "確認"});
}

attempt street::look() {
    const auto by = stepped_switch::first_operator();
    if (dice_.one_in(6)) return {by, actors::read_merchant{dice_.any_of(merchants_)}, {}};
    return {by, actors::read_wallet{dice_.any_of(wallets_)}, {}};
}

attempt street::new_party() {
    if (wallets_.size() < 9 && dice_.one_in(3)) return by_operator(open_wallet{});
    if (outlets_.size() < 9 && dice_.one_in(4))
        return by_operator(add_outlet{dice_.any_of(merchants_), outlet_kind::terminal, "レジ"});
    return by_operator(issue_code{dice_.any_of(wallets_), dice_.one_in(3) ? code_kind::card : code_kind::once});
}

void street::learn(const attempt& answered) {
    using actors::ending;
    const auto& op = *answered.op;
    if (op.end != ending::decided && op.end != ending::replayed) return;
    const fact& what = op.record.what;
    const auto add = [](auto& to, const auto& one) {
        if (std::ranges::find(to, one) == to.end()) to.push_back(one);
    };
    if (op.end == ending::decided && std::holds_alternative<program_opened>(what)) ++programs_;
    if (const auto* const joined = std::get_if<merchant_joined>(&what)) add(merchants_, joined->id);
    if (const auto* const opened = std::get_if<wallet_opened>(&what)) add(wallets_, opened->id);
    if (const auto* const added = std::get_if<outlet_added>(&what)) {
        const auto is_it = [&](const actors::principal& one) { return one.outlet == added->id; };
        if (std::ranges::none_of(outlets_, is_it)) outlets_.push_back(stepped_switch::outlet(*added));
    }
    if (const auto* const issued = std::get_if<code_issued>(&what)) {
        add(codes_, issued->code);
        if (codes_.size() > 30) codes_.erase(codes_.begin() + 8);
    }
    if (std::holds_alternative<ledger::correction_proposed>(what)) {
        proposals_.push_back({op.record.wallet, op.record.position});
        forget_oldest(proposals_, 12);
    }
    const auto* const paid = std::get_if<payment_decided>(&what);
    if (paid != nullptr && paid->status != payment_status::declined) {
        payments_.push_back({answered.by, op.record.position, answered.key});
        forget_oldest(payments_, payments_max);
    }
}

} // namespace meguri::test
