#include "storage/verify_replay.hpp"

#include "ledger/joining.hpp"
#include "ledger/undecided.hpp"

#include <algorithm>
#include <iterator>

namespace meguri::storage {
namespace {

using ledger::entry;

std::string at(const entry& one) { return "entry " + std::to_string(one.position); }

// Which wallet and merchant a fact concerns, as every entry has to say itself.
struct concerned {
    struct both {
        ledger::wallet_id wallet;
        ledger::merchant_id merchant;
    };
    both operator()(const ledger::wallet_opened& fact) const { return {fact.id, {}}; }
    both operator()(const ledger::code_issued& fact) const { return {fact.wallet, {}}; }
    both operator()(const ledger::once_code_issued& fact) const { return {fact.wallet, {}}; }
    both operator()(const ledger::code_blocked& fact) const { return {fact.wallet, {}}; }
    both operator()(const ledger::activation_changed& fact) const { return {{}, fact.merchant}; }
    both operator()(const ledger::application_changed& fact) const { return {{}, fact.merchant}; }
    both operator()(const ledger::account_changed& fact) const {
        const bool is_merchants = fact.holder.kind == ledger::applicant_kind::merchant;
        return {{}, is_merchants ? ledger::merchant_id{fact.holder.id} : ledger::merchant_id{}};
    }
    both operator()(const ledger::terminal_activated& fact) const { return {{}, fact.id.merchant()}; }
    both operator()(const ledger::card_bound& fact) const { return {fact.wallet, {}}; }
    both operator()(const ledger::card_retired& fact) const { return {fact.wallet, {}}; }
    both operator()(const ledger::points_granted& fact) const { return {fact.wallet, {}}; }
    both operator()(const ledger::campaign_granted& fact) const { return {fact.wallet, {}}; }
    both operator()(const ledger::points_converted& fact) const { return {fact.wallet, {}}; }
    both operator()(const ledger::recipient_granted& fact) const { return {fact.wallet, {}}; }
    both operator()(const ledger::benefit_granted& fact) const { return {fact.wallet, {}}; }
    both operator()(const ledger::points_clawed_back& fact) const { return {fact.wallet, {}}; }
    both operator()(const ledger::purchase_changed& fact) const { return {fact.after->wallet, {}}; }
    both operator()(const ledger::purchase_paid& fact) const { return {fact.after->wallet, {}}; }
    both operator()(const ledger::purchase_refunded& fact) const { return {fact.after->wallet, {}}; }
    both operator()(const ledger::mandate_changed& fact) const { return {fact.after->wallet, {}}; }
    both operator()(const ledger::purchase_captured& fact) const { return {fact.after->wallet, {}}; }
    both operator()(const ledger::purchase_charged_back& fact) const { return {fact.after->wallet, {}}; }
    both operator()(const ledger::purchase_debited& fact) const { return {fact.after->wallet, {}}; }
    both operator()(const ledger::points_expired& fact) const { return {fact.wallet, {}}; }
    both operator()(const ledger::home_chosen& fact) const { return {fact.wallet, {}}; }
    both operator()(const ledger::points_transferred& fact) const { return {fact.wallet, {}}; }
    both operator()(const ledger::correction_proposed& fact) const { return {fact.wallet, {}}; }
    both operator()(const ledger::correction_decided& fact) const { return {fact.wallet, {}}; }
    both operator()(const ledger::my_key_changed& fact) const { return {fact.wallet, {}}; }
    both operator()(const ledger::support_session_opened& fact) const { return {fact.wallet, {}}; }
    both operator()(const ledger::card_renewed& fact) const { return {fact.wallet, {}}; }
    both operator()(const ledger::password_set& fact) const { return {fact.wallet, {}}; }
    both operator()(const ledger::person_enrolled& fact) const { return {fact.wallet, {}}; }
    both operator()(const ledger::merchant_joined& fact) const { return {{}, fact.id}; }
    both operator()(const ledger::outlet_added& fact) const { return {{}, fact.id.merchant()}; }
    both operator()(const ledger::payment_decided& fact) const { return {fact.wallet, fact.merchant}; }
    both operator()(const ledger::payment_changed& fact) const { return {fact.after->wallet, fact.after->merchant}; }
    both operator()(const ledger::key_barred& fact) const { return {{}, fact.merchant}; }
    both operator()(const ledger::merchant_categories_set& fact) const { return {{}, fact.merchant}; }
    both operator()(const ledger::terminal_certificates_changed& fact) const { return {{}, fact.terminal.merchant()}; }
    both operator()(const ledger::freeze_changed& fact) const {
        switch (fact.subject) {
        case ledger::freeze_subject::wallet: return {ledger::wallet_id{fact.id}, {}};
        case ledger::freeze_subject::merchant: return {{}, ledger::merchant_id{fact.id}};
        case ledger::freeze_subject::terminal:
        case ledger::freeze_subject::shop: return {{}, ledger::outlet_id{fact.id}.merchant()};
        case ledger::freeze_subject::program: break;
        }
        return {};
    }
    both operator()(const ledger::limits_set& fact) const {
        switch (fact.subject) {
        case ledger::limit_subject::wallet: return {ledger::wallet_id{fact.id}, {}};
        case ledger::limit_subject::merchant: return {{}, ledger::merchant_id{fact.id}};
        case ledger::limit_subject::terminal:
        case ledger::limit_subject::shop: return {{}, ledger::outlet_id{fact.id}.merchant()};
        case ledger::limit_subject::program: break;
        }
        return {};
    }
    both operator()(const ledger::key_issued& fact) const { return of(fact.holder); }
    both operator()(const ledger::key_revoked& fact) const { return of(fact.holder); }
    template <class Other>
    both operator()(const Other&) const {
        return {};
    }

private:
    static both of(const ledger::key_holder& holder) {
        return ledger::is_outlet(holder) ? both{{}, ledger::outlet_id{holder.id}.merchant()} : both{};
    }
};

} // namespace

void verify_replay::apply(const entry& one) {
    if (!belongs(one) || !names_open_programs(one)) return;
    const auto* const step = std::get_if<ledger::payment_changed>(&one.what);
    std::optional<ledger::payment_state> payment; // as it stood before its step
    if (step != nullptr && !take_step(one, *step, payment)) return;
    if (ledger::campaign_of(one).proposal != 0 && !take_campaign(one)) return;
    if (const auto partner = ledger::partner_changed_by(one); partner && !take_conversion(one, partner)) return;
    const bool is_of_purchases = std::holds_alternative<ledger::purchase_changed>(one.what) ||
                                 std::holds_alternative<ledger::purchase_paid>(one.what) ||
                                 std::holds_alternative<ledger::purchase_refunded>(one.what) ||
                                 std::holds_alternative<ledger::transfer_changed>(one.what) ||
                                 std::holds_alternative<ledger::mandate_changed>(one.what) ||
                                 std::holds_alternative<ledger::debits_ordered>(one.what) ||
                                 std::holds_alternative<ledger::purchase_debited>(one.what) ||
                                 std::holds_alternative<ledger::purchase_captured>(one.what) ||
                                 std::holds_alternative<ledger::purchase_charged_back>(one.what);
    if (is_of_purchases && !purchases_.take(one, keys_, tally_)) return;
    if (!can_join(one)) return;
    if (one.wallet) apply_to_wallet(one, payment ? &*payment : nullptr);
    const bool fits_its_wallet = !one.wallet || !wallets_[one.wallet].broken;
    if (one.merchant && fits_its_wallet) apply_to_merchant(one);
    if (ledger::concerns_registry(one)) apply_to_registry(one);
    if (const auto* const sale = std::get_if<ledger::purchase_terms_set>(&one.what)) purchases_.take(*sale);
    apply_to_keys(one);
    check_my_key(one);
    check_reconciliation(one);
    apply_to_books(one);
    storage::apply(ids_, one);
    note_keys(one);
}

bool verify_replay::belongs(const entry& one) {
    const auto names = std::visit(concerned{}, one.what);
    return tally_.check(rule::belongs, names.wallet == one.wallet && names.merchant == one.merchant,
                        [&] { return at(one); });
}

// Of the points that it moves, and of the home to which undecided ones will go.
bool verify_replay::names_open_programs(const entry& one) {
    bool open = true;
    const auto look_for = [&](ledger::program_code code) {
        open = open && (ledger::is_undecided(code) || registry_.programs.find(code) != nullptr);
    };
    ledger::for_each_posting(one, [&](const ledger::posting& posted) { look_for(posted.program); });
    if (const auto* const home = std::get_if<ledger::home_chosen>(&one.what)) look_for(home->municipality);
    if (const auto* const proposed = std::get_if<ledger::campaign_proposed>(&one.what)) look_for(proposed->program);
    if (const auto* const sale = std::get_if<ledger::purchase_terms_set>(&one.what)) look_for(sale->program);
    if (const auto* const mandate = std::get_if<ledger::mandate_changed>(&one.what)) look_for(mandate->after->program);
    if (const auto* const order = std::get_if<ledger::debits_ordered>(&one.what)) look_for(order->what->program);
    return tally_.check(rule::registry, open, [&] { return at(one); });
}

// An application, or the change of an account, by what the newest entry about it says.
bool verify_replay::can_join(const entry& one) {
    const auto* const applied = std::get_if<ledger::application_changed>(&one.what);
    const auto* const account = std::get_if<ledger::account_changed>(&one.what);
    if (applied == nullptr && account == nullptr) return true;
    const bool submits = applied != nullptr && applied->step == ledger::application_step::submitted;
    const auto digest = account != nullptr ? keys_.digest_of_account(account->holder)
                      : submits            ? keys_.digest_of_applicant(*applied->what)
                                           : keys_.digest_of_application(applied->application);
    std::optional<entry> newest;
    if (const auto known = joinings_.find(digest); known != joinings_.end()) {
        auto found = read_(known->second);
        if (!tally_.check(rule::joinings, found.has_value(), [&] { return at(one); })) return false;
        newest = std::move(*found);
    }
    const auto* const before = newest ? &*newest : nullptr;
    const bool possible = applied != nullptr ? ledger::follows(before, one, *applied)
                                             : ledger::follows(before, one, *account) && is_there(account->holder);
    return tally_.check(rule::joinings, possible, [&] { return at(one); });
}

bool verify_replay::is_there(const ledger::account_holder& holder) const {
    if (holder.kind == ledger::applicant_kind::merchant) return merchants_.contains(ledger::merchant_id{holder.id});
    const auto code = ledger::program_code::from_number(static_cast<std::uint32_t>(holder.id));
    return code && registry_.programs.find(*code) != nullptr;
}

bool verify_replay::take_campaign(const entry& one) {
    const auto [program, proposal] = ledger::campaign_of(one);
    auto known = campaigns_.find(proposal);
    const bool begins = std::holds_alternative<ledger::campaign_proposed>(one.what);
    bool possible = begins == (known == campaigns_.end());
    if (possible && begins) known = campaigns_.try_emplace(proposal).first;
    possible = possible && (begins || known->second.campaign.program == program) &&
               ledger::follows(known->second.campaign, one);
    std::int64_t amount = 0; // of a grant
    const auto take = [&](const auto& granted) {
        const auto digest = keys_.digest_of_occasion(granted.campaign, granted.wallet, granted.occasion);
        possible = possible && occasions_.try_emplace(digest, one.position).second;
        amount = granted.lot.amount.value();
    };
    if (possible) {
        if (const auto* const granted = std::get_if<ledger::campaign_granted>(&one.what)) take(*granted);
        if (const auto* const granted = std::get_if<ledger::recipient_granted>(&one.what)) take(*granted);
        if (const auto* const granted = std::get_if<ledger::benefit_granted>(&one.what)) take(*granted);
        if (const auto* const taken = std::get_if<ledger::points_clawed_back>(&one.what)) {
            const auto digest = keys_.digest_of_clawback(taken->clawback, taken->wallet, taken->row);
            possible = occasions_.try_emplace(digest, one.position).second;
        }
    }
    if (!tally_.check(rule::campaigns, possible, [&] { return at(one); })) return false;
    if (!take_recipients(one) || !take_benefits(one, known->second.campaign)) return false;
    known->second.granted += amount;
    ledger::apply(known->second.campaign, one);
    return true;
}

bool verify_replay::take_conversion(const entry& one, ledger::partner_id partner) {
    ledger::partner& known = partners_[partner];
    bool possible = ledger::find_party(registry_, ledger::caller_kind::partner, partner.value()) != nullptr &&
                    ledger::follows(known, one);
    const auto* const converted = std::get_if<ledger::points_converted>(&one.what);
    const auto* const coupon = std::get_if<ledger::coupon_changed>(&one.what);
    possible =
        possible && (converted == nullptr || is_possible(*converted)) && (coupon == nullptr || is_possible(*coupon));
    const auto* const linked = std::get_if<ledger::linked_conversion_changed>(&one.what);
    const bool begins = linked != nullptr && linked->step == ledger::linked_conversion_step::asked;
    possible = possible && links_.allows(one) && (!begins || is_new_reference(partner, linked->what->reference));
    if (!tally_.check(rule::conversions, possible, [&] { return at(one); })) return false;
    links_.take(one);
    if (converted != nullptr) {
        auto& of_day = partner_days_[{partner, converted->day}];
        ++of_day.conversions;
        of_day.credited += converted->lot.amount.value();
        of_day.of_persons[converted->wallet] += converted->lot.amount.value();
        converted_[partner] += converted->lot.amount.value();
        if (converted->coupon != 0) coupons_.at(converted->coupon).ended = true;
    }
    if (coupon != nullptr && coupon->step == ledger::coupon_step::issue)
        coupons_.try_emplace(one.position, replayed_coupon{coupon->what, partner, false});
    if (coupon != nullptr && coupon->step == ledger::coupon_step::block) coupons_.at(coupon->coupon).ended = true;
    ledger::apply(known, one);
    return true;
}

bool verify_replay::is_new_reference(ledger::partner_id partner, const std::string& reference) const {
    return !conversions_.contains({index_kind::conversion_reference, keys_.digest_of_conversion(partner, reference)});
}

// The sums of the day, counted here by themselves, and the coupon as it was issued.
bool verify_replay::is_possible(const ledger::points_converted& fact) const {
    const auto day = partner_days_.find({fact.partner, fact.day});
    const std::int64_t amount = fact.lot.amount.value();
    std::int64_t credited = amount;
    std::int64_t of_person = amount;
    if (day != partner_days_.end()) {
        credited += day->second.credited;
        const auto person = day->second.of_persons.find(fact.wallet);
        if (person != day->second.of_persons.end()) of_person += person->second;
    }
    const auto& most = partners_.at(fact.partner).terms->per_partner_day;
    if (fact.of_person.value() != of_person || (most && credited > most->value())) return false;
    if (fact.coupon == 0) return is_new_reference(fact.partner, fact.reference);
    const auto found = coupons_.find(fact.coupon);
    if (found == coupons_.end() || found->second.ended || found->second.partner != fact.partner) return false;
    const ledger::coupon& issued = *found->second.what;
    const auto program = fact.lot.lot->program;
    return issued.reference == fact.reference && issued.units == fact.units && issued.remainder == fact.remainder &&
           issued.amount == fact.lot.amount && issued.terms == fact.terms && issued.code == fact.code &&
           fact.day <= issued.last_day && (!issued.program || issued.program == program);
}

bool verify_replay::is_possible(const ledger::coupon_changed& fact) const {
    if (fact.step == ledger::coupon_step::issue)
        return fact.coupon == 0 && is_new_reference(fact.partner, fact.what->reference) &&
               !conversions_.contains({index_kind::coupon, fact.what->code});
    const auto found = coupons_.find(fact.coupon);
    return found != coupons_.end() && !found->second.ended && found->second.partner == fact.partner &&
         *found->second.what == *fact.what;
}

bool verify_replay::take_benefits(const entry& one, const ledger::campaign& of) {
    const auto holds = [&](bool possible) { return tally_.check(rule::benefits, possible, [&] { return at(one); }); };
    if (const auto* const changed = std::get_if<ledger::eligibility_changed>(&one.what))
        return holds(benefits_.take(*changed, one, read_));
    const auto clawback = [&](bool possible) {
        return tally_.check(rule::clawbacks, possible, [&] { return at(one); });
    };
    if (const auto* const changed = std::get_if<ledger::clawback_changed>(&one.what))
        return clawback(clawbacks_.take(*changed, one, read_, keys_, occasions_));
    if (const auto* const taken = std::get_if<ledger::points_clawed_back>(&one.what))
        return clawback(clawbacks_.take(*taken, read_, keys_, occasions_));
    if (const auto* const granted = std::get_if<ledger::benefit_granted>(&one.what))
        return holds(benefits_.allows(*granted, wallets_[granted->wallet].wallet, keys_));
    const auto* const of_file = std::get_if<ledger::recipient_granted>(&one.what);
    if (of_file == nullptr || !of.terms->per_person) return true;
    return holds(static_cast<bool>(wallets_[of_file->wallet].wallet.my_key));
}

bool verify_replay::take_recipients(const entry& one) {
    const auto holds = [&](bool possible) { return tally_.check(rule::recipients, possible, [&] { return at(one); }); };
    if (const auto* const accepted = std::get_if<ledger::recipients_accepted>(&one.what)) {
        auto rows = recipients_.read_accepted(*accepted, one, read_);
        const bool whole = rows.has_value();
        if (whole) recipients_.files.emplace(one.position, std::move(*rows));
        return holds(whole);
    }
    if (const auto* const granted = std::get_if<ledger::recipient_granted>(&one.what))
        return holds(recipients_.take(*granted));
    if (const auto* const left_out = std::get_if<ledger::recipients_left_out>(&one.what))
        return holds(recipients_.take(*left_out));
    return true;
}

// Where there is a wallet, the invariants look at the step.
bool verify_replay::take_step(const entry& one, const ledger::payment_changed& step,
                              std::optional<ledger::payment_state>& before) {
    const auto payment = step.after->position;
    auto known = steps_.find(payment);
    if (known == steps_.end()) {
        const bool earlier = payment >= 1 && payment < one.position;
        const auto decision = earlier ? read_(payment) : tl::unexpected{error{}};
        const bool decided = decision && std::holds_alternative<ledger::payment_decided>(decision->what);
        if (!tally_.check(rule::payment_decisions, decided, [&] { return at(one); })) return false;
        known = steps_.emplace(payment, newest_step{0, payment_after(*decision)}).first;
    }
    const bool possible = one.wallet || ledger::follows(known->second.payment, step);
    if (!tally_.check(rule::payment_decisions, possible, [&] { return at(one); })) return false;
    before = std::move(known->second.payment);
    known->second = {one.position, *step.after};
    return true;
}

// --- wallets ---

void verify_replay::apply_to_wallet(const entry& one, const ledger::payment_state* payment) {
    replayed_wallet& known = wallets_[one.wallet];
    if (known.broken) return;
    const auto where = [&] { return at(one) + ", wallet " + std::to_string(one.wallet.value()); };
    tally_.check(rule::wallet_chain, one.previous_of_wallet == known.wallet.last_position, where);
    const auto report = [&](std::size_t invariant, bool holds) {
        known.broken |= !tally_.check(rule_of_invariant(invariant), holds, where);
    };
    const auto merchant = merchants_.find(one.merchant);
    const auto* const categories =
        merchant != merchants_.end() ? merchant->second.categories_at(one.terms_version) : nullptr;
    const ledger::wallet_change_seen change{known.wallet, one, payment, categories};
    ledger::wallet_watch watch{change};
    watch.before(report);
    if (known.broken) return;
    ledger::apply(known.wallet, one);
    watch.after(known.wallet, report);
}

// --- merchants ---

void verify_replay::apply_to_merchant(const entry& one) {
    replayed_merchant& known = merchants_[one.merchant];
    if (known.broken) return;
    tally_.check(rule::merchant_chain, one.previous_of_merchant == known.merchant.last_position,
                 [&] { return at(one) + ", merchant " + std::to_string(one.merchant.value()); });
    known.broken = !can_apply(known.merchant, one);
    if (known.broken) return;
    const auto before = known.merchant.terms;
    ledger::apply(known.merchant, one);
    const auto& terms = *known.merchant.terms;
    if (before == nullptr || before->categories != terms.categories) known.categories[terms.version] = terms.categories;
}

const ledger::category_set* verify_replay::replayed_merchant::categories_at(std::uint64_t version) const {
    const auto next = categories.upper_bound(version);
    return next != categories.begin() ? &std::prev(next)->second : nullptr;
}

bool verify_replay::can_apply(const ledger::merchant& merchant, const entry& one) {
    const bool joins = static_cast<bool>(ledger::merchant_joined_by(one.what));
    bool possible = joins == (merchant.terms == nullptr);
    if (const auto* added = std::get_if<ledger::outlet_added>(&one.what); added != nullptr && possible)
        possible =
            added->id.number() == merchant.terms->outlets.size() + 1 && added->id.epoch() == registry_.epochs.number();
    if (const auto* changed = std::get_if<ledger::activation_changed>(&one.what); changed != nullptr && possible)
        possible = changed->step == ledger::activation_step::issued ? changed->number == merchant.activations_issued + 1
                                                                    : merchant.activation(changed->number) != nullptr;
    if (const auto* added = std::get_if<ledger::terminal_activated>(&one.what); added != nullptr && possible)
        possible = can_activate(merchant, *added, one);
    const auto* frozen = std::get_if<ledger::freeze_changed>(&one.what);
    if (frozen != nullptr && possible && frozen->subject != ledger::freeze_subject::merchant)
        possible = merchant.terms->find(ledger::outlet_id{frozen->id}) != nullptr;
    const auto* limited = std::get_if<ledger::limits_set>(&one.what);
    if (limited != nullptr && possible && limited->subject != ledger::limit_subject::merchant)
        possible = merchant.terms->find(ledger::outlet_id{limited->id}) != nullptr;
    const auto* bound = std::get_if<ledger::terminal_certificates_changed>(&one.what);
    if (bound != nullptr && possible) {
        const auto* const outlet = merchant.terms->find(bound->terminal);
        possible = outlet != nullptr && outlet->kind == ledger::outlet_kind::terminal;
    }
    if (!tally_.check(rule::registry, possible, [&] { return at(one); })) return false;
    if (const auto* paid = std::get_if<ledger::payment_decided>(&one.what)) check_terms(*merchant.terms, *paid, one);
    return true;
}

// By a code that was open and not over, whose own act it is.
bool verify_replay::can_activate(const ledger::merchant& merchant, const ledger::terminal_activated& added,
                                 const entry& one) const {
    const auto* const code = merchant.activation(added.activation);
    return added.id.number() == merchant.terms->outlets.size() + 1 && added.id.epoch() == registry_.epochs.number() &&
           code != nullptr && one.decided_at < code->valid_until && one.caller.kind == ledger::caller_kind::activation;
}

void verify_replay::check_terms(const ledger::merchant_terms& terms, const ledger::payment_decided& paid,
                                const entry& one) {
    const bool approved = paid.status != ledger::payment_status::declined;
    const bool known =
        terms.find(paid.outlet) != nullptr && one.terms_version >= 1 && one.terms_version <= terms.version;
    tally_.check(rule::payment_terms, known && (!approved || terms.accepts(paid.program)), [&] { return at(one); });
}

// --- registry, books, keys ---

void verify_replay::apply_to_registry(const entry& one) {
    const auto program = changed_program_of(one);
    const bool opens = ledger::program_opened_by(one.what) != nullptr;
    const bool possible = (std::holds_alternative<ledger::ledger_opened>(one.what) == (one.position == 1)) &&
                          (!program || (registry_.programs.find(*program) == nullptr) == opens) &&
                          (program || (!std::holds_alternative<ledger::freeze_changed>(one.what) &&
                                       !std::holds_alternative<ledger::limits_set>(one.what)));
    if (!tally_.check(rule::registry, possible, [&] { return at(one); })) return;
    const auto* const began = std::get_if<ledger::epoch_began>(&one.what);
    if (began != nullptr && !is_possible(*began, one)) return;
    const std::size_t parties_before = registry_.parties.size();
    ledger::apply(registry_, one);
    if (registry_.parties.size() > parties_before) party_positions_.push_back(one.position);
    if (program) program_positions_[program->number()] = one.position;
}

bool verify_replay::is_possible(const ledger::epoch_began& began, const entry& one) {
    const bool possible = began.number == registry_.epochs.number() + 1 && began.number <= ledger::epoch::number_max &&
                          registry_.epochs.is_new(began.mark) && one.position == began.after + 1 &&
                          began.last_wallet == ids_.wallet && began.last_merchant == ids_.merchant &&
                          began.last_party == ids_.party();
    return tally_.check(rule::epochs, possible, [&] { return at(one); });
}

bool verify_replay::is_there(const ledger::key_holder& holder) const {
    if (!ledger::is_outlet(holder)) return ledger::find_party(registry_, holder.kind, holder.id) != nullptr;
    const ledger::outlet_id id{holder.id};
    const auto merchant = merchants_.find(id.merchant());
    if (merchant == merchants_.end() || merchant->second.merchant.terms == nullptr) return false;
    const auto* const outlet = merchant->second.merchant.terms->find(id);
    return outlet != nullptr &&
           (outlet->kind == ledger::outlet_kind::shop) == (holder.kind == ledger::caller_kind::shop);
}

void verify_replay::apply_to_keys(const entry& one) {
    const auto changed = changed_keys_of(one);
    if (changed.after == nullptr) return;
    const auto known = holders_.find(changed.holder);
    const ledger::key_chain before = known != holders_.end() ? known->second.keys : ledger::key_chain{};
    const auto* const revoked = std::get_if<ledger::key_revoked>(&one.what);
    const bool follows = revoked != nullptr ? ledger::follows_by_revocation(before, *changed.after, revoked->number)
                                            : ledger::follows_by_new_key(before, *changed.after, one.decided_at);
    if (!tally_.check(rule::access, follows && is_there(changed.holder), [&] { return at(one); })) return;
    holders_[changed.holder] = {*changed.after, one.position};
}

// Before the entry's own keys are noted.
void verify_replay::check_my_key(const entry& one) {
    ledger::my_key_id given;
    if (const auto* const changed = std::get_if<ledger::my_key_changed>(&one.what))
        if (changed->after != changed->before) given = changed->after;
    if (const auto* const enrolled = std::get_if<ledger::person_enrolled>(&one.what)) given = enrolled->my_key;
    if (!given) return;
    tally_.check(rule::my_keys_once, !my_keys_.contains(given.number()), [&] { return at(one); });
}

// Ours are all conversions of a day that is over.
void verify_replay::check_reconciliation(const entry& one) {
    const auto* const fact = std::get_if<ledger::partner_reconciled>(&one.what);
    if (fact == nullptr) return;
    const ledger::reconciliation& found = fact->found;
    const auto day = partner_days_.find({fact->partner, found.day});
    const auto ours = day != partner_days_.end() ? day->second : day_of_partner{};
    const bool holds = ledger::adds_up(found) && found.day < ledger::jst_day::of(one.decided_at) &&
                       found.ours_count() == ours.conversions && found.ours.value() == ours.credited;
    tally_.check(rule::reconciliations, holds, [&] { return at(one); });
}

void verify_replay::apply_to_books(const entry& one) {
    std::int64_t net = 0;
    std::int64_t in_clearing = 0; // what leaves the pseudo-programs comes to the others by the same entry
    ledger::for_each_posting(one, [&](const ledger::posting& posted) {
        const std::int64_t signed_amount =
            posted.to == ledger::side::debit ? posted.amount.value() : -posted.amount.value();
        net += signed_amount;
        if (posted.on == ledger::account::clearing_in || posted.on == ledger::account::clearing_out)
            in_clearing += signed_amount;
    });
    const bool balances = net == 0 && in_clearing == 0;
    if (tally_.check(rule::postings, balances, [&] { return at(one); })) ledger::apply(books_, one);
}

void verify_replay::note_keys(const entry& one) {
    for (const index_key& key : index_keys_of(one, keys_)) {
        if (key.kind == index_kind::idempotency) {
            idempotency_.push_back({key.digest, one.position});
            const bool own = !one.idempotency_key.empty() &&
                             key.digest == keys_.digest_of_idempotency(one.caller, one.idempotency_key);
            (own ? own_keys_ : reversed_keys_).push_back(idempotency_.back());
        } else if (key.kind == index_kind::follow_up || key.kind == index_kind::holder ||
                   key.kind == index_kind::occasion || key.kind == index_kind::purchase ||
                   key.kind == index_kind::purchaser || key.kind == index_kind::transfer) {
            continue; // of the newest one: steps_, holders_, purchases_; of the only one: occasions_
        } else if (key.kind == index_kind::act) {
            acts_.push_back(one.position);
        } else if (key.kind == index_kind::certificate) {
            certificates_[std::get<ledger::terminal_certificates_changed>(one.what).terminal.value()] = one.position;
        } else if (key.kind == index_kind::conversion_list) {
            conversions_[{key.kind, {key.digest.low, one.position}}] = one.position;
        } else if (is_of_conversions(key.kind)) {
            conversions_[key] = one.position;
        } else if (key.kind == index_kind::my_key) {
            my_keys_[key.digest.low] = one.position;
        } else if (key.kind == index_kind::password) {
            passwords_[key.digest.low] = one.position;
        } else if (key.kind == index_kind::joining) {
            joinings_[key.digest] = one.position;
        } else if (key.kind == index_kind::reference) {
            references_.push_back({key.digest, one.position});
        } else {
            credentials_.push_back({key, known_code_of(one), bearer_owner_of(one), one.position});
        }
    }
}

// --- at the end ---

void verify_replay::finish() {
    tally_.check(rule::books, books_.balanced(), [] { return std::string{"the trial balance does not balance"}; });
    check_wallet_sums();
    check_merchant_sums();
    purchases_.compare_money(books_, tally_);
    for (const auto& [proposal, known] : campaigns_)
        tally_.check(rule::campaigns, known.campaign.granted.value() == known.granted,
                     [at = proposal] { return "campaign " + std::to_string(at); });
    for (const auto& [id, partner] : partners_)
        tally_.check(rule::conversions, partner.converted.value() == converted_[id],
                     [number = id.value()] { return "partner " + std::to_string(number); });
    check_keys_once(own_keys_);
    check_keys_once(reversed_keys_);
}

void verify_replay::check_wallet_sums() {
    std::map<ledger::program_code, std::pair<std::int64_t, std::int64_t>> sums; // available, held
    for (const auto& [id, known] : wallets_)
        for (const auto& lot : known.wallet.lots) {
            sums[lot.terms->program].first += lot.available.value();
            sums[lot.terms->program].second += lot.held.value();
        }
    for (const auto& one : books_.programs) {
        const auto stands = [&one](ledger::account account) {
            const auto& both = one.sums[static_cast<std::size_t>(account)];
            return both.credits.value() - both.debits.value();
        };
        const auto& [available, held] = sums[one.program];
        const bool equal = stands(ledger::account::available) == available && stands(ledger::account::held) == held;
        tally_.check(rule::books_and_wallets, equal, [&] { return "program " + one.program.text(); });
    }
}

void verify_replay::check_merchant_sums() {
    std::map<ledger::program_code, std::int64_t> payable;
    for (const auto& [id, known] : merchants_)
        for (const auto& totals : known.merchant.totals) payable[totals.program] += totals.payable();
    for (const auto& one : books_.programs) {
        const auto& both = one.sums[static_cast<std::size_t>(ledger::account::payable)];
        const bool equal = both.credits.value() - both.debits.value() == payable[one.program];
        tally_.check(rule::books_and_merchants, equal, [&] { return "program " + one.program.text(); });
    }
}

void verify_replay::check_keys_once(std::vector<run_key>& keys) {
    std::sort(keys.begin(), keys.end());
    for (std::size_t i = 0; i < keys.size(); ++i) {
        const bool first = i == 0 || keys[i - 1].digest != keys[i].digest;
        tally_.check(rule::keys_once, first, [&] {
            return "entries " + std::to_string(keys[i - 1].position) + " and " + std::to_string(keys[i].position) +
                   " have the same key of the same caller";
        });
    }
}

} // namespace meguri::storage
