#include "tests/storage/town.hpp"

#include "ledger/administrative.hpp"
#include "ledger/contract.hpp"
#include "ledger/joining.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>

namespace meguri::test {
namespace {

using namespace ledger;

constexpr std::size_t payments_max = 60;

const std::vector<program_code>& program_codes() {
    static const std::vector<program_code> all{*program_code::parse("042021"), *program_code::parse("432148"),
                                               *program_code::parse("040002")};
    return all;
}

std::filesystem::path new_ledger(const std::filesystem::path& folder) {
    const auto made = storage::make_new_ledger(folder, true, instant{1'789'999'999'000});
    if (!made) throw std::runtime_error{made.error().text()};
    return folder;
}

} // namespace

void folded::apply(const entry& one, const storage::key_ring& ring) {
    if (one.wallet) ledger::apply(wallets[one.wallet], one);
    if (one.merchant) ledger::apply(merchants[one.merchant], one);
    if (std::holds_alternative<campaign_proposed>(one.what)) campaigns.emplace_back();
    if (const auto proposal = campaign_of(one).proposal; proposal != 0) {
        auto* const known = find_campaign(campaigns, proposal);
        ledger::apply(known != nullptr ? *known : campaigns.back(), one);
    }
    if (const auto partner = partner_changed_by(one)) ledger::apply(partners[partner], one);
    if (const auto* const link = std::get_if<link_changed>(&one.what)) links[{link->partner, link->what->wallet}] = one;
    if (const auto* const made = std::get_if<points_converted>(&one.what)) {
        persons[{made->partner, made->wallet}] = {made->day, made->of_person};
        coupons.erase(made->coupon);
    }
    if (const auto* const made = std::get_if<coupon_changed>(&one.what)) {
        if (made->step == coupon_step::issue)
            coupons[one.position] = {made->partner, made->what};
        else
            coupons.erase(made->coupon);
    }
    if (const auto purchase = purchase_in(one)) purchases[purchase->reference] = *purchase;
    if (const auto* const changed = std::get_if<purchase_changed>(&one.what); changed && changes_usage(changed->step))
        bought[{changed->after->program, changed->after->wallet}] = changed->usage;
    if (const auto transfer = transfer_in(one)) transfers[transfer->position] = *transfer;
    if (const auto mandate = mandate_in(one)) {
        mandates[{mandate->program, mandate->wallet}] = {*mandate, one.position};
        if (mandate->status == mandate_status::ended) ended_mandates[mandate->position] = one.position;
    }
    if (const auto* const ordered = std::get_if<debits_ordered>(&one.what))
        debit_orders[{ordered->what->program, ordered->what->day}] = one.position;
    if (concerns_registry(one)) ledger::apply(registry, one);
    ledger::apply(books, one);
    storage::apply(ids, one);
    const auto changed = storage::changed_keys_of(one);
    if (changed.after != nullptr) chains[changed.holder] = *changed.after;
    if (is_administrative(one)) acts.push_back(one.position);
    for (const auto& key : storage::index_keys_of(one, ring)) keys.emplace(key, one.position);
}

town::town(std::uint64_t seed)
    : path_{new_ledger(temporary_ / "ledger")},
      dice_{seed},
      keys_{storage::key_ring::load(path_ / "key").value()} {
    open();
    auto reader = storage::journal_reader::make(*journal_).value();
    const auto read = reader.read_from(1, [this](const storage::journal_record& record) {
        folded_.apply(record.what, keys_);
        return true;
    });
    EXPECTS(read.has_value());
}

void town::open() { journal_.emplace(storage::journal::open({path_ / "journal", std::size_t{1} << 30}).value()); }

void town::live(std::size_t entries) {
    while (entries > 0) {
        storage::journal_batch batch;
        const std::size_t size = 1 + dice_.below(std::min<std::size_t>(entries, 40));
        for (std::size_t i = 0; i < size; ++i) {
            const entry one = complete(random_fact());
            batch.add(one);
            folded_.apply(one, keys_);
            remember(one);
            // Position by position, so that the chains and sequences of the next one are right.
            ++entries_of_batch_;
        }
        ASSERT_TRUE(journal_->append(batch, instant{now_}).has_value());
        entries_of_batch_ = 0;
        entries -= size;
    }
}

void town::add(fact what, const std::function<void(entry&)>& change) {
    storage::journal_batch batch;
    entry one = complete(std::move(what));
    if (change) change(one);
    batch.add(one);
    ASSERT_TRUE(journal_->append(batch, instant{now_}).has_value());
}

void town::tell(fact what) {
    add(std::move(what), [this](entry& one) { folded_.apply(one, keys_); });
}

void town::begin_epoch(epoch_mark mark) {
    epoch_began began;
    began.number = folded_.registry.epochs.number() + 1;
    began.mark = mark;
    began.after = began.same_through = journal_->end().last;
    began.hash = journal_->end().hash;
    began.last_wallet = folded_.ids.wallet;
    began.last_merchant = folded_.ids.merchant;
    began.last_party = folded_.ids.party();
    tell(began);
}

// Whose entry it is, and who asked for it.
void town::name_parties(entry& one, const fact& what) {
    if (const auto* paid = std::get_if<payment_decided>(&what)) {
        one.wallet = paid->wallet;
        one.merchant = paid->merchant;
        one.caller = {paid->outlet_is == outlet_kind::terminal ? caller_kind::terminal : caller_kind::shop,
                      paid->outlet.value()};
        one.person = 0;
    } else if (const auto* step = std::get_if<payment_changed>(&what)) {
        const payment_state& of = *step->after;
        one.wallet = of.wallet;
        one.merchant = of.merchant;
        one.person = 0;
        one.caller = {of.outlet_is == outlet_kind::terminal ? caller_kind::terminal : caller_kind::shop,
                      of.outlet.value()};
        if (step->step == payment_step::hold_expiry) one.caller = {};
    } else if (const auto* barred = std::get_if<key_barred>(&what)) {
        one.merchant = barred->merchant;
        one.caller = {caller_kind::terminal, outlet_id{barred->merchant, 1}.value()};
        one.person = 0;
    } else if (const auto* freeze = std::get_if<freeze_changed>(&what)) {
        if (freeze->subject == freeze_subject::wallet) one.wallet = wallet_id{freeze->id};
        if (freeze->subject == freeze_subject::merchant) one.merchant = merchant_id{freeze->id};
        if (freeze->subject == freeze_subject::terminal || freeze->subject == freeze_subject::shop)
            one.merchant = outlet_id{freeze->id}.merchant();
    } else if (const auto* limited = std::get_if<limits_set>(&what)) {
        if (limited->subject == limit_subject::wallet) one.wallet = wallet_id{limited->id};
        if (limited->subject == limit_subject::merchant) one.merchant = merchant_id{limited->id};
        if (limited->subject == limit_subject::terminal || limited->subject == limit_subject::shop)
            one.merchant = outlet_id{limited->id}.merchant();
    } else if (std::holds_alternative<epoch_began>(what)) {
        one.caller = {};
        one.person = 0;
    } else if (const auto* sells = std::get_if<merchant_categories_set>(&what)) {
        one.merchant = sells->merchant;
    } else if (const auto* bound = std::get_if<terminal_certificates_changed>(&what)) {
        one.merchant = bound->terminal.merchant();
    } else if (const auto* opened = std::get_if<wallet_opened>(&what))
        one.wallet = opened->id;
    else if (const auto* issued = std::get_if<code_issued>(&what))
        one.wallet = issued->wallet;
    else if (const auto* once = std::get_if<once_code_issued>(&what))
        one.wallet = once->wallet;
    else if (const auto* blocked = std::get_if<code_blocked>(&what))
        one.wallet = blocked->wallet;
    else if (const auto* card = std::get_if<card_bound>(&what))
        one.wallet = card->wallet;
    else if (const auto* retired = std::get_if<card_retired>(&what))
        one.wallet = retired->wallet;
    else if (const auto* granted = std::get_if<points_granted>(&what))
        one.wallet = granted->wallet;
    else if (const auto* expired = std::get_if<points_expired>(&what))
        one.wallet = expired->wallet;
    else if (const auto* home = std::get_if<home_chosen>(&what))
        one.wallet = home->wallet;
    else if (const auto* my_key = std::get_if<my_key_changed>(&what))
        one.wallet = my_key->wallet;
    else if (const auto* password = std::get_if<password_set>(&what))
        one.wallet = password->wallet;
    else if (const auto* renewed = std::get_if<card_renewed>(&what))
        one.wallet = renewed->wallet;
    else if (const auto* desk = std::get_if<support_session_opened>(&what))
        one.wallet = desk->wallet;
    else if (const auto* enrolled = std::get_if<person_enrolled>(&what)) {
        one.wallet = enrolled->wallet;
        one.caller = {caller_kind::resident, enrolled->wallet.value()};
        one.person = 0;
    } else if (const auto* proposed = std::get_if<correction_proposed>(&what))
        one.wallet = proposed->wallet;
    else if (const auto* moved = std::get_if<points_transferred>(&what)) {
        one.wallet = moved->wallet;
        one.decided_at = moved->to.front().lot->issued_at; // the very moment
        if (moved->by_default) one.caller = {};
        if (moved->by_default) one.person = 0;
    } else if (const auto* decided = std::get_if<correction_decided>(&what)) {
        one.wallet = decided->wallet;
        one.person = decided->maker.id + 1;
        one.caller.id = one.person;
    } else if (const auto* by_partner = std::get_if<points_converted>(&what)) {
        one.wallet = by_partner->wallet;
        one.caller = {caller_kind::partner, by_partner->partner.value()};
        one.person = 0;
    } else if (const auto* link = std::get_if<link_changed>(&what)) {
        one.caller = {caller_kind::resident, link->what->wallet.value()};
        one.person = 0;
    } else if (const auto* linked = std::get_if<linked_conversion_changed>(&what)) {
        one.caller = {caller_kind::resident, linked->what->wallet.value()};
        one.person = 0;
    } else if (const auto* terms = std::get_if<conversion_terms_changed>(&what)) {
        one.person = terms->maker.id + (terms->step == conversion_terms_step::proposal ? 0 : 1);
        one.caller.id = one.person;
    } else if (const auto* bought = std::get_if<purchase_changed>(&what)) {
        one.wallet = bought->after->wallet;
        const bool by_second = bought->step == purchase_step::refund_rejection;
        one.person = by_second ? 2 : 1;
        one.caller.id = one.person;
    } else if (const auto* mandate = std::get_if<mandate_changed>(&what)) {
        one.wallet = mandate->after->wallet;
    } else if (const auto* debit = std::get_if<purchase_debited>(&what)) {
        one.wallet = debit->after->wallet;
    } else if (const auto* by_card = std::get_if<purchase_captured>(&what)) {
        one.wallet = by_card->after->wallet;
    } else if (const auto* disputed = std::get_if<purchase_charged_back>(&what)) {
        one.wallet = disputed->after->wallet;
    } else if (const auto* back = std::get_if<purchase_refunded>(&what)) {
        one.wallet = back->after->wallet;
        one.caller.id = one.person = 2;
    } else if (const auto* paid_for = std::get_if<purchase_paid>(&what)) {
        one.wallet = paid_for->after->wallet;
        if (paid_for->transfer->status == transfer_status::assigned) one.person = paid_for->transfer->maker.id + 1;
        one.caller.id = one.person;
    } else if (const auto* came = std::get_if<transfer_changed>(&what)) {
        const bool by_second = came->step == transfer_step::rejection || came->step == transfer_step::return_approval;
        one.person = by_second ? came->after->maker.id + 1 : 1;
        one.caller.id = one.person;
    } else if (const auto* from_campaign = std::get_if<campaign_granted>(&what)) {
        one.wallet = from_campaign->wallet;
    } else if (const auto* of_file = std::get_if<recipient_granted>(&what)) {
        one.wallet = of_file->wallet;
    } else if (const auto* benefit = std::get_if<benefit_granted>(&what)) {
        one.wallet = benefit->wallet;
    } else if (const auto* taken = std::get_if<points_clawed_back>(&what)) {
        one.wallet = taken->wallet;
    } else if (const auto* clawback = std::get_if<clawback_changed>(&what)) {
        const bool by_second = clawback->step == clawback_step::approval || clawback->step == clawback_step::rejection;
        one.person = clawback->maker.id + (by_second ? 1 : 0);
        one.caller.id = one.person;
    } else if (const auto* list = std::get_if<eligibility_changed>(&what)) {
        one.person = list->maker.id + (list->list == 0 ? 0 : 1);
        one.caller.id = one.person;
    } else if (const auto* step = std::get_if<campaign_changed>(&what)) {
        const bool is_makers = step->step == campaign_step::increase_proposal || step->step == campaign_step::closing;
        one.person = step->maker.id + (is_makers ? 0 : 1);
        one.caller.id = one.person;
    } else if (const auto* joined = std::get_if<merchant_joined>(&what))
        one.merchant = joined->id;
    else if (const auto* outlet = std::get_if<outlet_added>(&what))
        one.merchant = outlet->id.merchant();
    else if (const auto* applied = std::get_if<application_changed>(&what)) {
        one.merchant = applied->merchant;
        if (applied->step != application_step::submitted) one.caller = {caller_kind::operator_, one.person = 2};
    } else if (const auto* account = std::get_if<account_changed>(&what)) {
        if (account->holder.kind == applicant_kind::merchant) one.merchant = merchant_id{account->holder.id};
        if (account->step != account_step::proposed) one.caller = {caller_kind::operator_, one.person = 2};
    } else if (const auto* code = std::get_if<activation_changed>(&what))
        one.merchant = code->merchant;
    else if (const auto* activated = std::get_if<terminal_activated>(&what)) {
        one.merchant = activated->id.merchant();
        one.caller = {caller_kind::activation, 1};
        one.person = 0;
    }
    const auto* const issued_key = std::get_if<key_issued>(&what);
    const auto* const revoked_key = std::get_if<key_revoked>(&what);
    const key_holder holder = issued_key != nullptr  ? issued_key->holder
                            : revoked_key != nullptr ? revoked_key->holder
                                                     : key_holder{};
    if (issued_key != nullptr) one.decided_at = issued_key->after.known.back().issued_at; // the very moment
    if (is_outlet(holder)) one.merchant = outlet_id{holder.id}.merchant();
    if (is_administrative(what)) one.origin = {1, 77, one.position};
}

entry town::complete(fact what) {
    entry one;
    one.position = journal_->end().last + entries_of_batch_ + 1;
    one.decided_at = instant{now_ += static_cast<std::int64_t>(dice_.below(2'000))};
    one.caller = {caller_kind::operator_, 1};
    one.person = 1;
    name_parties(one, what);
    if (one.caller.kind != caller_kind::none && !dice_.one_in(4))
        one.idempotency_key = "key-" + std::to_string(one.position);
    one.fingerprint = {dice_.engine()(), one.position};
    if (one.wallet) {
        const wallet& of = folded_.wallets[one.wallet];
        one.wallet_sequence = of.sequence + 1;
        one.previous_of_wallet = of.last_position;
    }
    if (one.merchant) {
        const merchant& of = folded_.merchants[one.merchant];
        one.previous_of_merchant = of.last_position;
        one.terms_version = of.terms != nullptr ? of.terms->version : 0;
    }
    one.what = std::move(what);
    return one;
}

fact town::random_fact() {
    const auto& programs = folded_.registry.programs.programs;
    if (programs.size() < program_codes().size()) {
        const auto code = program_codes()[programs.size()];
        return program_opened{program{code, "ポイント" + code.text(), 30, false, issuer_kind::municipality, false}};
    }
    const wallet_id next_wallet{folded_.wallets.size() + 1};
    if (dice_.one_in(24))
        return person_enrolled{next_wallet,
                               now().plus_ms(86'400'000),
                               {dice_.engine()(), dice_.engine()()},
                               my_key_id::drawn_by(++my_keys_drawn_)};
    if (folded_.wallets.empty() || dice_.one_in(12)) return wallet_opened{next_wallet};
    if (folded_.merchants.empty() || dice_.one_in(60)) {
        const merchant_id id{folded_.merchants.size() + 1};
        return merchant_joined{id, "店 " + std::to_string(id.value()), {program_codes()[0], program_codes()[1]}};
    }
    auto& some_merchant =
        std::next(folded_.merchants.begin(), static_cast<std::ptrdiff_t>(dice_.below(folded_.merchants.size())))
            ->second;
    if (some_merchant.terms->outlets.empty() || dice_.one_in(60)) {
        const auto added = decide(
            add_outlet{some_merchant.terms->id, dice_.one_in(3) ? outlet_kind::shop : outlet_kind::terminal, "レジ"},
            *some_merchant.terms, folded_.registry.epochs.number());
        auto outlet = *added;
        outlet.key = {dice_.engine()(), dice_.engine()()};
        return outlet;
    }
    const auto& some_wallet =
        std::next(folded_.wallets.begin(), static_cast<std::ptrdiff_t>(dice_.below(folded_.wallets.size())))->second;
    if (dice_.one_in(30))
        if (auto step = random_file_step(some_wallet)) return std::move(*step);
    if (dice_.one_in(40)) return random_freeze();
    if (dice_.one_in(40)) return random_limits();
    if (dice_.one_in(30))
        if (auto changed = random_key()) return std::move(*changed);
    if (dice_.one_in(40))
        if (auto bound = random_certificates(some_merchant)) return std::move(*bound);
    if (dice_.one_in(40)) return merchant_categories_set{some_merchant.terms->id, random_categories(), "業種"};
    if (dice_.one_in(50)) {
        const std::uint64_t id = folded_.ids.partner + 1;
        return partner_added{partner_id{id}, "航空 " + std::to_string(id), {dice_.engine()(), dice_.engine()()}};
    }
    if (dice_.one_in(80)) {
        const std::uint64_t id = folded_.ids.staff + 1;
        return staff_added{program_codes()[0], staff_id{id}, "職員", {dice_.engine()(), dice_.engine()()}};
    }
    if (dice_.one_in(20)) return random_code_act(some_wallet);
    if (dice_.one_in(25)) return random_activation(some_merchant);
    if (dice_.one_in(25)) return random_joining();
    if (dice_.one_in(12)) return random_my_key(some_wallet);
    if (dice_.one_in(60) && some_wallet.codes_issued >= 1 && !some_wallet.code_is_used(1))
        return *decide(renew_card{some_wallet.id, 1, {dice_.engine()(), dice_.engine()()}, {true, false, now(), now()}},
                       some_wallet, now());
    if (dice_.one_in(60)) return support_session_opened{some_wallet.id};
    if (dice_.one_in(30) && some_wallet.my_key)
        return *decide(set_password{some_wallet.id, {}, "$argon2id$" + std::to_string(dice_.engine()())}, some_wallet);
    if (dice_.one_in(5)) {
        auto issued = decide(issue_code{some_wallet.id, dice_.one_in(2) ? code_kind::card : code_kind::once},
                             some_wallet, instant{now_});
        issued.code = {dice_.engine()(), dice_.engine()()};
        codes_.emplace_back(issued.code, known_code{issued.wallet, issued.ordinal, issued.kind, issued.valid_until});
        return issued;
    }
    if (dice_.one_in(20)) {
        const card_facts good{true, false, instant{now_}, instant{now_}};
        const auto bound = *decide(bind_card{some_wallet.id, {dice_.engine()(), dice_.engine()()}, nullptr}, good,
                                   some_wallet, instant{now_});
        codes_.emplace_back(bound.card, known_code{bound.wallet, bound.ordinal, code_kind::my_number_card, bound.ends});
        return bound;
    }
    if (dice_.one_in(60) && !codes_.empty()) {
        const auto& code = dice_.any_of(codes_).second;
        const auto retired = decide(retire_card{code.wallet, code.ordinal, 1, "紛失"}, folded_.wallets.at(code.wallet));
        if (code.kind == code_kind::my_number_card && retired) return *retired;
    }
    if (dice_.one_in(3)) {
        const jst_day until = jst_day::of(instant{now_}).plus_days(static_cast<std::int32_t>(dice_.below(60)));
        const grant asked{some_wallet.id, dice_.any_of(program_codes()), *points::from(dice_.between(1, 5'000)), until,
                          *funding_source::parse(dice_.one_in(2) ? "budget:042021:health" : "purchase:card")};
        return *decide(asked, some_wallet, folded_.registry.programs, instant{now_});
    }
    if (dice_.one_in(50)) now_ += 10 * 86'400'000LL; // ten days on, so that lots expire
    if (auto gone = due(some_wallet, instant{now_})) return *gone;
    if (auto moved = due_transfer(some_wallet, folded_.registry.programs, instant{now_})) return *moved;
    if (dice_.one_in(12))
        if (auto made = random_undecided(some_wallet)) return std::move(*made);
    if (dice_.one_in(16))
        if (auto made = random_correction(some_wallet)) return std::move(*made);
    if (dice_.one_in(12))
        if (auto made = random_campaign(some_wallet)) return std::move(*made);
    if (dice_.one_in(10))
        if (auto made = random_conversion(some_wallet)) return std::move(*made);
    if (dice_.one_in(12))
        if (auto made = random_purchase(some_wallet)) return std::move(*made);
    if (dice_.one_in(100)) return random_bar();
    if (dice_.one_in(2))
        if (auto step = random_step()) return std::move(*step);
    return random_payment();
}

// Only so many, so that a payment is met again and again. A hold that is forgotten stays open.
void town::remember(const entry& one) {
    for (const auto& key : storage::index_keys_of(one, keys_))
        if (key.kind == storage::index_kind::joining) joinings_[key.digest] = one;
    if (const auto* eligible = std::get_if<eligibility_listed>(&one.what)) {
        eligible_[eligible->campaign] = *eligible;
        eligible_positions_[eligible->campaign] = one.position;
    }
    if (const auto* list = std::get_if<eligibility_changed>(&one.what); list != nullptr && list->list == 0)
        lists_in_force_[one.position] = eligible_.at(list->campaign);
    if (const auto* listed = std::get_if<recipients_listed>(&one.what)) {
        lists_.insert_or_assign(one.position, *listed);
    } else if (const auto* accepted = std::get_if<recipients_accepted>(&one.what)) {
        files_.emplace(one.position, lists_.extract(accepted->lists.front()).mapped());
    } else if (const auto* step = std::get_if<payment_changed>(&one.what)) {
        const auto known = std::ranges::find(payments_, step->after->position,
                                             [](const auto& payment) { return payment.second.position; });
        known->second = *step->after;
        if (step->step == payment_step::reversal) payments_.erase(known); // once for each key
    } else if (std::holds_alternative<payment_decided>(one.what) && one.wallet) {
        payments_.emplace_back(one.idempotency_key, payment_after(one));
        if (payments_.size() > payments_max) payments_.erase(payments_.begin());
    }
}

std::optional<fact> town::random_step() {
    if (payments_.empty()) return std::nullopt;
    const auto& [key, payment] = dice_.any_of(payments_);
    const wallet& payer = folded_.wallets.at(payment.wallet);
    const instant now{now_};
    if (!key.empty() && dice_.one_in(4)) return decide(reverse_attempt{key}, payment, &payer, now);
    const auto part = [&](points most) { return points::from(dice_.between(1, most.value())); };
    if (payment.status == payment_status::captured)
        return *decide(refund_payment{payment.position, part(*payment.captured.minus(payment.refunded))}, payment,
                       payer, now);
    if (payment.status != payment_status::authorized) return std::nullopt;
    if (now >= payment.capture_before) return end_of_hold(payment, payer, now);
    if (dice_.one_in(3)) return *decide(void_payment{payment.position}, payment, payer, now);
    return *decide(capture_payment{payment.position, part(payment.amount)}, payment, payer, now);
}

std::optional<fact> town::random_undecided(const wallet& of) {
    const auto& programs = folded_.registry.programs;
    const auto program = dice_.any_of(program_codes());
    if (dice_.one_in(4)) return *decide(choose_home{of.id, program}, of, programs);
    if (dice_.one_in(2)) {
        const transfer_undecided asked{of.id, program,
                                       dice_.one_in(3) ? std::nullopt : points::from(dice_.between(1, 900))};
        const auto moved = decide(asked, of, programs, instant{now_});
        return moved ? std::optional<fact>{*moved} : std::nullopt;
    }
    if (folded_.ids.partner == 0) return std::nullopt;
    const credit_undecided asked{of.id, partner_id{1 + dice_.below(folded_.ids.partner)},
                                 *points::from(dice_.between(1, 2'000)), *funding_source::parse("partner:card")};
    return *decide(asked, of, instant{now_});
}

std::optional<fact> town::random_correction(const wallet& of) {
    if (!of.corrections.empty() && dice_.one_in(2)) {
        const open_correction& open = dice_.any_of(of.corrections);
        const person_ref checker{open.maker.kind, open.maker.id + 1};
        const auto decided =
            decide(decide_correction{of.id, open.position, !dice_.one_in(4), "確認"}, checker, of, instant{now_});
        return decided ? std::optional<fact>{*decided} : std::nullopt;
    }
    const auto kind = dice_.one_in(2) ? correction_kind::credit : correction_kind::debit;
    const auto amount = *points::from(dice_.between(1, 800));
    const auto source = *funding_source::parse("budget:042021:health");
    const auto what =
        std::make_shared<const correction>(correction{kind, dice_.any_of(program_codes()), amount, source, {}, "誤り"});
    const auto proposed = decide(propose_correction{of.id, what}, of, folded_.registry.programs, instant{now_});
    return proposed ? std::optional<fact>{*proposed} : std::nullopt;
}

std::optional<fact> town::random_campaign(const wallet& to) {
    const instant now{now_};
    if (folded_.campaigns.empty() || dice_.one_in(10)) {
        const auto today = jst_day::of(now);
        campaign_terms terms{"歩いて健康",
                             *funding_source::parse("budget:042021:health"),
                             *points::from(dice_.between(100, 5'000)),
                             today,
                             today.plus_days(static_cast<std::int32_t>(dice_.below(60))),
                             static_cast<amount_rule>(dice_.between(1, 4)),
                             *points::from(dice_.between(2, 100)),
                             {}};
        if (terms.rule == amount_rule::steps) terms.steps = {{0, *points::from(1)}, {500, terms.per_grant}};
        if (terms.rule == amount_rule::percentage) terms.basis_points = 250;
        terms.eligible_only = dice_.one_in(4);
        terms.per_person = dice_.one_in(3);
        if (dice_.one_in(2)) terms.earmark = random_categories();
        const propose_campaign asked{dice_.any_of(program_codes()), std::make_shared<const campaign_terms>(terms)};
        return *decide(asked, folded_.campaigns.size(), folded_.registry.programs, now);
    }
    const campaign& one = dice_.any_of(folded_.campaigns);
    const auto as_fact = [](const auto& decided) { return decided ? std::optional<fact>{*decided} : std::nullopt; };
    const auto second = [](person_ref maker) { return person_ref{maker.kind, maker.id + 1}; };
    const bool approves = !dice_.one_in(4);
    if (one.status == campaign_status::proposed)
        return as_fact(decide(decide_campaign{one.program, one.position, approves, "確認"}, second(one.maker), one));
    if (const auto& open = one.open_increase; open && dice_.one_in(2))
        return as_fact(decide(decide_increase{one.program, one.position, open->number, approves, "確認"},
                              second(open->maker), one));
    if (dice_.one_in(5))
        return as_fact(decide(propose_increase{one.program, one.position, *points::from(500), "増額"}, one.maker, one));
    if (dice_.one_in(20)) return as_fact(decide(close_campaign{one.program, one.position, "終了"}, one.maker, one));
    const bool takes_files = !one.terms->eligible_only && !is_by_measure(one.terms->rule);
    if (one.status == campaign_status::approved && takes_files && dice_.one_in(2))
        if (auto of_file = random_recipients(one, to)) return of_file;
    if (are_of_benefits(*one.terms) || dice_.one_in(4)) return random_benefit(one, to);
    const grant_from_campaign asked{one.program, one.position, to.id, "機会 " + std::to_string(now_), {}};
    const auto allowed = decide(asked, one, {}, now);
    const auto granted = allowed ? decide(*allowed, to, folded_.registry.programs, now)
                                 : tl::expected<points_granted, refusal>{tl::unexpect, refusal::campaign_not_open};
    if (!granted) return std::nullopt;
    return campaign_granted{to.id, one.position, asked.occasion, granted->lot};
}

std::optional<fact> town::random_conversion(const wallet& to) {
    std::vector<partner_id> partners;
    for (const auto& one : folded_.registry.parties)
        if (one.kind == caller_kind::partner) partners.emplace_back(one.id);
    if (partners.empty()) return std::nullopt;
    const partner_id id = dice_.any_of(partners);
    partner& of = folded_.partners[id];
    of.id = id;
    const person_ref maker{caller_kind::operator_, 1};
    const auto as_fact = [](const auto& decided) { return decided ? std::optional<fact>{*decided} : std::nullopt; };
    if (of.open && dice_.one_in(2))
        return as_fact(decide(decide_conversion_terms{id, of.open->number, !dice_.one_in(4), "確認"},
                              person_ref{maker.kind, maker.id + 1}, of));
    if (of.number == 0 || dice_.one_in(10)) {
        const auto step = static_cast<std::uint64_t>(dice_.between(1, 10));
        const conversion_terms terms{
            "マイル",
            {static_cast<std::uint32_t>(dice_.between(1, 5)), static_cast<std::uint32_t>(dice_.between(1, 5))},
            step * 5,
            step,
            points::from(dice_.between(300, 2'000)),
            points::from(dice_.between(500, 5'000))};
        return as_fact(
            decide(propose_conversion_terms{id, std::make_shared<const conversion_terms>(terms)}, maker, of));
    }
    if (dice_.one_in(3)) return random_coupon(of, to);
    if (dice_.one_in(3)) return random_link(of, to);
    if (of.conversions > 0 && of.today.day < jst_day::of(instant{now_}) && dice_.one_in(2)) {
        reconciliation found;
        found.day = of.today.day;
        found.ours = of.today.amount;
        const auto list = storage::number_of_list(id, storage::list_kind::conversions, found.day);
        const storage::index_key key{storage::index_kind::conversion_list, storage::digest_of_list(list)};
        found.missing_there = static_cast<std::uint32_t>(folded_.keys.count(key));
        return partner_reconciled{id, found};
    }
    const convert_points asked{id,
                               to.id,
                               {},
                               "R-" + std::to_string(++references_),
                               of.terms->minimum + of.terms->step * dice_.below(30),
                               dice_.one_in(2) ? program_code{} : dice_.any_of(program_codes())};
    const auto worth = decide(asked, of);
    if (!worth) return std::nullopt;
    return converted(of, to,
                     {.wallet = to.id,
                      .partner = id,
                      .my_key = dice_.one_in(2) ? to.my_key : my_key_id{},
                      .reference = asked.reference,
                      .units = asked.units,
                      .remainder = worth->remainder,
                      .amount = worth->amount,
                      .terms = of.number,
                      .day = {},
                      .of_person = {},
                      .coupon = 0,
                      .code = {},
                      .program = asked.program,
                      .source = *funding_source::parse("partner:card")});
}

std::optional<fact> town::converted(const partner& of, const wallet& to, allowed_conversion allowed) {
    allowed.day = std::max(jst_day::of(instant{now_}), of.today.day);
    const auto known = folded_.persons.find({of.id, to.id});
    const bool is_today = known != folded_.persons.end() && known->second.day == allowed.day;
    const auto of_person =
        decide(allowed.amount, of, {allowed.day, is_today ? known->second.amount : points{}, points{}});
    if (!of_person || jst_day::of(instant{now_}) < allowed.day) return std::nullopt;
    allowed.of_person = *of_person;
    const auto made = decide(allowed, to, folded_.registry.programs, instant{now_});
    return made ? std::optional<fact>{*made} : std::nullopt;
}

// An account is linked, renewed or unlinked, a conversion begins with it, or goes on.
std::optional<fact> town::random_link(const partner& of, const wallet& to) {
    const auto as_fact = [](const auto& decided) { return decided ? std::optional<fact>{*decided} : std::nullopt; };
    const auto known = folded_.links.find({of.id, to.id});
    const entry* const newest = known == folded_.links.end() ? nullptr : &known->second;
    const auto link = linked_at(newest);
    if (!of.linked.empty() && dice_.one_in(2)) return random_linked_step(of, of.linked[dice_.below(of.linked.size())]);
    if (link == 0) {
        const auto subject = "m-" + std::to_string(to.id.value());
        const partner_link what{to.id, subject, keys_.digest_of_partner_account(of.id, subject), "sealed"};
        return as_fact(decide(link_account{of.id, to.id, std::make_shared<const partner_link>(what)}, nullptr, newest));
    }
    if (dice_.one_in(6)) return as_fact(decide(end_link{of.id, to.id, link, "不要"}, newest));
    if (dice_.one_in(6)) return as_fact(decide(renew_link{of.id, to.id, link, "sealed again"}, newest));
    return as_fact(decide(convert_linked{of.id,
                                         to.id,
                                         "lc-" + std::to_string(++references_),
                                         of.terms->minimum + of.terms->step * dice_.below(30),
                                         {}},
                          newest, of));
}

std::optional<fact> town::random_linked_step(const partner& of, const open_linked_conversion& one) {
    using step = linked_conversion_step;
    using stage = open_linked_conversion::stage;
    const linked_conversion& what = *one.what;
    const auto note = [&](step how) -> std::optional<fact> {
        return *decide(note_linked_conversion{of.id, one.position, how, "r"}, of);
    };
    if (one.at == stage::credited) return note(step::confirmed);
    if (one.at == stage::turned_down) return note(step::cancelled);
    if (dice_.one_in(4)) return note(dice_.one_in(2) ? step::declined : step::turned_down);
    const auto worth = decide(convert_points{of.id, what.wallet, {}, what.reference, what.units, what.program}, of);
    if (!worth) return note(step::turned_down);
    return converted(of, folded_.wallets.at(what.wallet),
                     {.wallet = what.wallet,
                      .partner = of.id,
                      .my_key = {},
                      .reference = what.reference,
                      .units = what.units,
                      .remainder = worth->remainder,
                      .amount = worth->amount,
                      .terms = of.number,
                      .day = {},
                      .of_person = {},
                      .coupon = 0,
                      .code = {},
                      .program = what.program,
                      .source = *funding_source::parse("partner:card")});
}

std::optional<fact> town::random_coupon(const partner& of, const wallet& to) {
    const instant now{now_};
    if (folded_.coupons.empty() || dice_.one_in(2)) {
        issue_coupon asked{of.id, "R-" + std::to_string(++references_),
                           0,     *points::from(dice_.between(1, 90)),
                           {},    jst_day::of(now).plus_days(static_cast<std::int32_t>(dice_.below(40)))};
        if (dice_.one_in(2)) {
            asked.units = of.terms->minimum;
            asked.amount = {};
        }
        auto issued = decide(asked, of.coupons + 1, of, folded_.registry.programs, now);
        if (!issued) return std::nullopt;
        auto what = *issued->what;
        what.code = {dice_.engine()(), dice_.engine()()};
        issued->what = std::make_shared<const coupon>(what);
        return *issued;
    }
    const auto& [issue, open] = *folded_.coupons.begin();
    const auto& [id, what] = open;
    if (dice_.one_in(4)) return coupon_changed{id, coupon_step::block, issue, what, "誤発行"};
    if (what->last_day < jst_day::of(now)) return std::nullopt;
    return converted(folded_.partners.at(id), to,
                     {.wallet = to.id,
                      .partner = id,
                      .my_key = {},
                      .reference = what->reference,
                      .units = what->units,
                      .remainder = what->remainder,
                      .amount = what->amount,
                      .terms = what->terms,
                      .day = {},
                      .of_person = {},
                      .coupon = issue,
                      .code = what->code,
                      .program = {},
                      .source = *funding_source::parse("partner:card")});
}

// Whatever brings a file of recipients on, from the campaign that it needs to its last row.
std::optional<fact> town::random_file_step(const wallet& to) {
    const auto today = jst_day::of(instant{now_});
    const campaign* proposed = nullptr;
    for (const auto& one : folded_.campaigns) {
        const bool is_followed = std::ranges::any_of(one.files, [](const auto& file) { return !file.is_finished(); });
        const bool is_open = one.status == campaign_status::approved && one.terms->last_day >= today;
        if (is_followed || is_open)
            if (auto step = random_recipients(one, to)) return step;
        if (one.status == campaign_status::proposed) proposed = &one;
    }
    if (proposed != nullptr) {
        const person_ref checker{proposed->maker.kind, proposed->maker.id + 1};
        return *decide(decide_campaign{proposed->program, proposed->position, true, "確認"}, checker, *proposed);
    }
    const campaign_terms terms{"名簿の事業",         *funding_source::parse("budget:042021:health"),
                               *points::from(5'000), today,
                               today.plus_days(59),  amount_rule::fixed,
                               *points::from(10),    {}};
    return *decide(propose_campaign{program_codes()[0], std::make_shared<const campaign_terms>(terms)},
                   folded_.campaigns.size(), folded_.registry.programs, instant{now_});
}

// A file of one list, its acceptance, or what becomes of its next row.
std::optional<fact> town::random_recipients(const campaign& of, const wallet& to) {
    const instant now{now_};
    for (const auto& file : of.files) {
        if (file.is_finished()) continue;
        const auto row = file.granted + file.left_out;
        const auto& listed = files_.at(file.position).rows[row];
        const grant_recipient asked{of.program,    of.position,     file.position, row,
                                    listed.wallet, listed.occasion, listed.amount};
        const auto& by = folded_.wallets.at(listed.wallet);
        const auto granted = decide(decide(asked, of), by, folded_.registry.programs, now);
        const bool is_person = by.my_key || !of.terms->per_person;
        if (granted && is_person && !dice_.one_in(4))
            return recipient_granted{listed.wallet, of.position, file.position, row, listed.occasion, granted->lot};
        return recipients_left_out{of.program,         of.position,   file.position,
                                   file.last_left_out, listed.amount, {{row, listed.line, left_out_reason::expired}}};
    }
    for (const auto& [position, listed] : lists_) {
        if (listed.campaign != of.position) continue;
        points sum;
        for (const auto& row : listed.rows) sum = *sum.plus(row.amount);
        accept_recipients asked{of.program, of.position, {}, nullptr};
        for (auto& byte : asked.digest) byte = static_cast<std::byte>(dice_.below(256));
        auto accepted = decide(asked, of, static_cast<std::uint32_t>(listed.rows.size()), sum, {}, now);
        if (!accepted) return std::nullopt;
        accepted->lists = {position};
        return *accepted;
    }
    recipients_listed listed{of.program, of.position, 0, {}};
    for (std::uint32_t i = 0; i < 1 + dice_.below(4); ++i)
        listed.rows.push_back(
            {i + 2, to.id, "名簿 " + std::to_string(now_) + '-' + std::to_string(i), of.terms->per_grant, "覚え"});
    return listed;
}

std::optional<fact> town::random_eligibility(const campaign& of, const wallet& to) {
    const auto as_fact = [](const auto& decided) { return decided ? std::optional<fact>{*decided} : std::nullopt; };
    if (of.open_eligible) {
        const person_ref second{of.open_eligible->maker.kind, of.open_eligible->maker.id + 1};
        return as_fact(decide(decide_eligibility{of.program, of.position, dice_.one_in(2), "確認"}, second, of));
    }
    const auto listed = eligible_positions_.find(of.position);
    if (listed == eligible_positions_.end() || dice_.one_in(3)) {
        eligibility_listed fresh{of.program, of.position, 0, {{to.id, {}, dice_.below(1'000)}}};
        if (to.my_key) // whoever that is by then
            fresh.rows.push_back({{}, keys_.digest_of_eligible(of.position, to.my_key), dice_.below(1'000)});
        return fresh;
    }
    accept_eligibility asked{of.program, of.position, {}, nullptr};
    for (auto& byte : asked.digest) byte = static_cast<std::byte>(dice_.below(256));
    const auto rows = static_cast<std::uint32_t>(eligible_.at(of.position).rows.size());
    auto brought = decide(asked, of.maker, of, rows, instant{now_});
    if (!brought) return std::nullopt;
    brought->lists = {listed->second};
    return *brought;
}

std::optional<fact> town::random_benefit(const campaign& of, const wallet& to) {
    const instant now{now_};
    const auto as_fact = [](const auto& decided) { return decided ? std::optional<fact>{*decided} : std::nullopt; };
    if (of.terms->eligible_only && (!of.eligible || dice_.one_in(3))) return random_eligibility(of, to);
    benefit_question asked{.wallet = to.id,
                           .occasion = "機会 " + std::to_string(now_),
                           .amount = {},
                           .measured = is_by_measure(of.terms->rule) ? dice_.below(5'000) : 0,
                           .my_key = to.my_key,
                           .listed = {}};
    if (has_events(*of.terms) && (of.events.empty() || dice_.one_in(4))) {
        const campaign_event event{0, asked.occasion, now, now.plus_ms(1'000'000), dice_.one_in(2) ? 30 : 0, false};
        if (of.events.empty()) return as_fact(decide(open_event{of.program, of.position, event}, of.maker, of));
        const auto& known = dice_.any_of(of.events);
        if (dice_.one_in(3))
            return as_fact(decide(close_event{of.program, of.position, known.position, "雨天"}, of.maker, of));
        asked.occasion = known.name;
        asked.event = known.position;
    }
    if (of.terms->eligible_only) {
        asked.occasion = benefit_occasion;
        for (const auto& [position, list] : lists_in_force_)
            if (position == of.eligible->position)
                for (const auto& row : list.rows) {
                    const bool is_meant =
                        row.wallet ? row.wallet == to.id
                                   : to.my_key && row.digest == keys_.digest_of_eligible(of.position, to.my_key);
                    if (is_meant && !asked.listed) asked.listed = row.measured;
                }
    }
    const auto occasion = keys_.digest_of_occasion(of.position, to.id, asked.occasion);
    if (folded_.keys.contains({storage::index_kind::occasion, occasion})) return std::nullopt;
    if (!are_of_benefits(*of.terms) && asked.event == 0) return std::nullopt;
    const auto allowed = decide(asked, of, {}, now);
    if (!allowed) return std::nullopt;
    return as_fact(decide(allowed->what, allowed->basis, of.position, to, folded_.registry.programs, now));
}

std::optional<fact> town::random_purchase(const wallet& by) {
    if (dice_.one_in(2)) return random_money();
    const auto program = dice_.any_of(program_codes());
    const auto* const seller = folded_.registry.programs.find(program);
    if (seller == nullptr) return std::nullopt;
    if (!seller->sale || dice_.one_in(10)) {
        const purchase_terms terms{*points::from(10),
                                   *points::from(1'000),
                                   *points::from(2'000),
                                   *points::from(9'000),
                                   static_cast<std::int32_t>(dice_.below(30)),
                                   400,
                                   debit_terms{1 + dice_.below(99), static_cast<std::int32_t>(1 + dice_.below(31)), 0},
                                   true};
        return *decide(set_purchase_terms{program, terms, "発売"}, folded_.registry.programs);
    }
    for (const auto& [reference, one] : folded_.purchases) {
        if (one.wallet != by.id || one.program != program || one.status != purchase_status::paid || !dice_.one_in(4))
            continue;
        const person_ref maker{caller_kind::operator_, 1};
        if (one.refund->maker.id == 0) {
            const auto proposed = decide(propose_refund{program, by.id, reference, "転出"}, maker, one,
                                         folded_.registry.programs, instant{now_});
            return proposed ? std::optional<fact>{*proposed} : std::nullopt;
        }
        const person_ref second{caller_kind::operator_, 2};
        const decide_refund asked{program, by.id, reference, !dice_.one_in(4), "確認"};
        if (!asked.approve) return *reject(asked, second, one);
        const auto back = approve(asked, second, one, by);
        return back ? std::optional<fact>{*back} : std::nullopt;
    }
    for (const auto& [reference, one] : folded_.purchases) {
        if (one.wallet != by.id || one.program != program || !dice_.one_in(3)) continue;
        auto told = one.debit ? random_bank_answer(one) : one.card ? random_gateway_news(one) : std::nullopt;
        if (told) return told;
    }
    if (dice_.one_in(3)) return random_debit(by, *seller);
    const instant now{now_ + 2'000}; // complete() adds less
    if (jst_day::of(now) != jst_day::of(instant{now_})) return std::nullopt;
    const auto used = folded_.bought.find({program, by.id});
    const auto usage = used != folded_.bought.end() ? used->second : purchase_usage{};
    for (const auto& [reference, one] : folded_.purchases)
        if (one.wallet == by.id && one.program == program && one.status == purchase_status::awaiting_payment &&
            !(one.debit && folded_.debit_orders.contains({program, one.last_day})) && dice_.one_in(6))
            return *decide(cancel_purchase{program, by.id, reference, "取りやめ"}, one, usage, now);
    const auto drawn = purchase_reference::drawn_by(dice_.engine()());
    if (folded_.purchases.contains(drawn)) return std::nullopt;
    const auto method = dice_.one_in(3) ? purchase_method::card : purchase_method::counter;
    const auto made = decide(request_purchase{by.id, program, *points::from(dice_.between(10, 1'000)), method},
                             folded_.registry.programs, usage, drawn, instant{now_});
    return made ? std::optional<fact>{*made} : std::nullopt;
}

std::optional<fact> town::credited(const taken_transfer& taken) {
    const auto granted =
        decide(grant_of(*taken.paid), folded_.wallets.at(taken.paid->wallet), folded_.registry.programs, instant{now_});
    if (!granted) return std::nullopt;
    return purchase_paid{std::make_shared<const purchase>(*taken.paid), granted->lot,
                         std::make_shared<const bank_transfer>(taken.transfer)};
}

std::optional<fact> town::random_money() {
    if (folded_.purchases.empty()) return std::nullopt;
    for (const auto& [arrival, one] : folded_.transfers) {
        if (!is_open(one.status) || !dice_.one_in(4)) continue;
        const person_ref second{caller_kind::operator_, one.maker.id + 1};
        const bool approves = !dice_.one_in(4);
        if (one.status == transfer_status::assignment_proposed && approves) {
            const auto taken =
                decide_assignment({one.program, arrival, true, {}}, second, one, folded_.purchases.at(one.purchase));
            return taken ? credited(*taken) : std::nullopt;
        }
        if (one.status != transfer_status::unmatched)
            return *decide(decide_transfer{one.program, arrival, approves, "確認"}, second, one);
        const auto meant = std::ranges::find_if(folded_.purchases, [program = one.program](const auto& known) {
            return known.second.program == program && known.second.status == purchase_status::awaiting_payment &&
                   known.second.method != purchase_method::card;
        });
        const bool assigns = meant != folded_.purchases.end() && dice_.one_in(2);
        const propose_for_transfer asked{one.program, arrival, assigns ? meant->first : purchase_reference{}, "照会"};
        return *decide(asked, {caller_kind::operator_, 1}, one, assigns ? &meant->second : nullptr);
    }
    auto known = folded_.purchases.begin();
    std::advance(known, dice_.below(folded_.purchases.size()));
    const purchase& meant = known->second;
    transfer_line line{jst_day::of(instant{now_}), meant.amount, "ﾔﾏﾀﾞ ﾊﾅｺ", meant.reference.text(),
                       std::to_string(++lines_printed_)};
    if (dice_.one_in(4)) line.amount = *points::from(line.amount.value() + 1);
    if (dice_.one_in(4)) line.reference.clear();
    const auto taken = decide(take_transfer{meant.program, line}, line.reference.empty() ? nullptr : &meant);
    if (taken.paid) return credited(taken);
    return transfer_changed{transfer_step::arrival, std::make_shared<const bank_transfer>(taken.transfer)};
}

fact town::random_bar() {
    const std::uint64_t merchant = 1 + dice_.below(folded_.merchants.size());
    return key_barred{merchant_id{merchant}, "lost-" + std::to_string(now_) + '-' + std::to_string(merchant)};
}

fact town::random_freeze() {
    const auto frozen = dice_.one_in(4);
    switch (dice_.below(3)) {
    case 0: return freeze_changed{freeze_subject::wallet, 1 + dice_.below(folded_.wallets.size()), frozen, "紛失"};
    case 1: return freeze_changed{freeze_subject::merchant, 1 + dice_.below(folded_.merchants.size()), frozen, "調査"};
    default: return freeze_changed{freeze_subject::program, dice_.any_of(program_codes()).number(), frozen, "点検"};
    }
}

// Of an outlet or a party that is there.
std::optional<fact> town::random_key() {
    std::vector<std::pair<key_holder, program_code>> holders;
    for (const auto& one : folded_.registry.parties) holders.push_back({{one.kind, one.id}, one.municipality});
    for (const auto& [id, merchant] : folded_.merchants)
        for (const auto& one : merchant.terms->outlets)
            holders.push_back(
                {{one.kind == outlet_kind::shop ? caller_kind::shop : caller_kind::terminal, one.id.value()}, {}});
    const auto& [holder, municipality] = dice_.any_of(holders);
    const auto known = folded_.chains.find(holder);
    const key_chain before = known != folded_.chains.end() ? known->second : key_chain{};
    const auto& some = dice_.any_of(before.known);
    if (dice_.one_in(3) && !some.revoked)
        return key_revoked{holder, some.number, with_revoked_key(before, some.number), "紛失"};
    const auto scopes = dice_.one_in(2) ? scope_set{scope::payments} : scope_set::unrestricted();
    const auto overlap_s = dice_.one_in(2) ? std::optional{dice_.between(0, 9'000)} : std::nullopt;
    auto after = with_new_key(before, scopes, overlap_s, instant{now_});
    if (!after) return std::nullopt;
    return key_issued{holder, municipality, {dice_.engine()(), dice_.engine()()}, std::move(*after)};
}

fact town::random_limits() {
    limits set;
    if (dice_.one_in(3)) set.per_payment = *points::from(dice_.between(1, 600));
    if (dice_.one_in(2)) set.per_day = {*points::from(dice_.between(1, 3'000)), std::nullopt};
    if (dice_.one_in(2)) set.per_hour.count = static_cast<std::uint32_t>(dice_.between(1, 20));
    const auto& some_merchant =
        std::next(folded_.merchants.begin(), static_cast<std::ptrdiff_t>(dice_.below(folded_.merchants.size())))
            ->second;
    switch (dice_.below(4)) {
    case 0: return limits_set{limit_subject::wallet, 1 + dice_.below(folded_.wallets.size()), set, "上限"};
    case 1: return limits_set{limit_subject::program, dice_.any_of(program_codes()).number(), set, "上限"};
    case 2:
        if (!some_merchant.terms->outlets.empty()) {
            const auto& at = dice_.any_of(some_merchant.terms->outlets);
            const auto subject = at.kind == outlet_kind::shop ? limit_subject::shop : limit_subject::terminal;
            return limits_set{subject, at.id.value(), set, "上限"};
        }
        [[fallthrough]];
    default: return limits_set{limit_subject::merchant, some_merchant.terms->id.value(), set, "上限"};
    }
}

fact town::random_code_act(const wallet& of) {
    const issue_code asked{of.id, code_kind::once, numeric_format{"28", 20}};
    const auto printed = std::find_if(codes_.begin(), codes_.end(), [&of](const auto& one) {
        return one.second.wallet == of.id && one.second.kind == code_kind::card && !of.code_is_used(one.second.ordinal);
    });
    if (printed == codes_.end() || dice_.one_in(2)) {
        auto issued = decide_digits(asked, of, instant{now_});
        issued.code = {dice_.engine()(), dice_.engine()()};
        codes_.emplace_back(issued.code, known_code{of.id, issued.ordinal, code_kind::once, issued.valid_until});
        return issued;
    }
    auto blocked = *decide(block_code{of.id, printed->second.ordinal, 1, dice_.one_in(2), "紛失"}, of);
    if (blocked.reissued_as == 0) return blocked;
    blocked.reissued = {dice_.engine()(), dice_.engine()()};
    codes_.emplace_back(blocked.reissued, known_code{of.id, blocked.reissued_as, code_kind::card, {}});
    return blocked;
}

fact town::random_activation(const merchant& of) {
    const instant now{now_};
    const auto epoch = folded_.registry.epochs.number();
    if (!of.activations.empty() && dice_.one_in(2)) {
        const auto& some = dice_.any_of(of.activations);
        if (dice_.one_in(3))
            if (auto revoked = decide(revoke_activation{of.terms->id, some.number, "誤り"}, of, now)) return *revoked;
        // Not at its last moment: the entry comes up to two seconds later.
        if (auto used = decide(activate_terminal{of.terms->id, some.number, "レジ"}, of, epoch, now.plus_ms(2'000))) {
            used->key = {dice_.engine()(), dice_.engine()()};
            return *used;
        }
    }
    auto issued = *decide(issue_activation{of.terms->id, static_cast<std::int32_t>(dice_.between(1, 24))}, of, now);
    issued.code = {dice_.engine()(), dice_.engine()()};
    return issued;
}

fact town::random_joining() {
    const person_ref checker{caller_kind::operator_, 2};
    auto account = std::make_shared<bank_account>(
        bank_account{125, 404, account_type::ordinary, static_cast<std::uint32_t>(dice_.below(9'999'999)), "ｱﾍﾞ", "z"});
    auto& some_merchant =
        std::next(folded_.merchants.begin(), static_cast<std::ptrdiff_t>(dice_.below(folded_.merchants.size())))
            ->second;
    const account_holder holder{applicant_kind::merchant, some_merchant.terms->id.value()};
    const auto known = joinings_.find(keys_.digest_of_account(holder));
    const entry* const newest = known != joinings_.end() ? &known->second : nullptr;
    const instant now{now_};
    if (dice_.one_in(2)) {
        const auto* const open = newest != nullptr ? std::get_if<account_changed>(&newest->what) : nullptr;
        if (open != nullptr && open->step == account_step::proposed)
            return *decide(decide_account{holder, newest->position, dice_.one_in(2), "r"}, checker, newest, now);
        // Perhaps tomorrow by the time of the entry.
        return *decide(propose_account{holder, account, jst_day::of(now).plus_days(1), "r"}, newest, now);
    }
    for (const auto& [digest, one] : joinings_) {
        const auto* const submitted = std::get_if<application_changed>(&one.what);
        if (submitted == nullptr || submitted->step != application_step::submitted) continue;
        const bool approve = dice_.one_in(2);
        const merchant_id joined{approve ? folded_.ids.merchant + 1 : 0};
        return *decide(decide_application{one.position, applicant_kind::merchant, approve, "r"}, checker, &one, joined,
                       folded_.registry.programs);
    }
    application what;
    what.name = "申請 " + std::to_string(dice_.below(1'000'000'000));
    what.account = *account;
    what.programs = {program_codes()[0]};
    what.categories = random_categories().names();
    return *decide(submit_application{std::make_shared<const application>(std::move(what))}, nullptr,
                   folded_.registry.programs);
}

category_set town::random_categories() {
    std::vector<std::string> some;
    for (const auto* const one : {"food", "books", "toys"})
        if (dice_.one_in(2)) some.emplace_back(one);
    return *category_set::from(std::move(some));
}

std::optional<fact> town::random_certificates(const merchant& of) {
    const auto& outlets = of.terms->outlets;
    const auto till = std::ranges::find(outlets, outlet_kind::terminal, &outlet::kind);
    if (till == outlets.end()) return std::nullopt;
    std::vector<certificate_digest> certificates(dice_.below(certificates_max + 1));
    for (auto& one : certificates) one.bytes[0] = static_cast<std::uint8_t>(dice_.below(256));
    return terminal_certificates_changed{till->id, std::move(certificates), "証明書"};
}

// Every drawing is another number, so no ID comes twice.
fact town::random_my_key(const wallet& of) {
    const my_key_offer offer{my_key_id::drawn_by(++my_keys_drawn_), dice_.one_in(2)};
    if (!of.my_key) return *decide(issue_my_key{of.id, {}}, offer, of);
    if (of.my_key_wishes == 0 || dice_.one_in(3)) return *decide(revoke_my_key{of.id, "紛失"}, of);
    const auto wish = offer.wish_is_taken ? my_key_id::drawn_by(1) : offer.id;
    return *decide(issue_my_key{of.id, wish}, offer, of);
}

fact town::random_payment() {
    const auto& merchant =
        std::next(folded_.merchants.begin(), static_cast<std::ptrdiff_t>(dice_.below(folded_.merchants.size())))
            ->second;
    if (merchant.terms->outlets.empty()) return wallet_opened{wallet_id{folded_.wallets.size() + 1}};
    const auto& outlet = dice_.any_of(merchant.terms->outlets);
    std::optional<known_code> code;
    if (!codes_.empty() && !dice_.one_in(20)) code = dice_.any_of(codes_).second;
    const program_code program = dice_.any_of(program_codes());
    const std::string reference = dice_.one_in(3) ? "" : "R-" + std::to_string(dice_.below(50));
    authorize asked{program, *points::from(dice_.between(1, 500)), reference, {}, !dice_.one_in(4)};
    const bool by_card = code && code->kind == code_kind::my_number_card;
    if (by_card) asked.card = presented_card{instant{now_}, nullptr};
    payment_question question{asked, program, *merchant.terms, folded_.registry.programs, outlet.id, outlet.kind,
                              code,  false};
    if (by_card) question.card = card_facts{!dice_.one_in(5), dice_.one_in(5), instant{now_}, instant{now_}};
    question.limit_at_merchant = reached_at_merchant(merchant, outlet.id, asked.amount, {}, instant{now_});
    return decide(question, code ? &folded_.wallets.at(code->wallet) : nullptr, instant{now_});
}

} // namespace meguri::test
