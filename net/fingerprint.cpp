#include "net/fingerprint.hpp"

#include <sodium.h>

#include <array>
#include <cstring>
#include <type_traits>

namespace meguri::net {
namespace {

// Every field is preceded by its length or has a fixed one, so that no two commands give the same bytes.
class canonical_form {
public:
    canonical_form() { crypto_generichash_init(&state_, nullptr, 0, digest_bytes); }

    void number(std::uint64_t value) {
        std::array<unsigned char, 8> bytes;
        for (auto& byte : bytes) {
            byte = static_cast<unsigned char>(value & 0xff);
            value >>= 8;
        }
        crypto_generichash_update(&state_, bytes.data(), bytes.size());
    }
    void text(std::string_view value) {
        number(value.size());
        crypto_generichash_update(&state_, reinterpret_cast<const unsigned char*>(value.data()), value.size());
    }
    [[nodiscard]] ledger::digest128 digest() {
        std::array<unsigned char, digest_bytes> bytes;
        crypto_generichash_final(&state_, bytes.data(), bytes.size());
        ledger::digest128 result;
        for (std::size_t i = 0; i < 8; ++i) {
            result.high = result.high << 8 | bytes[i];
            result.low = result.low << 8 | bytes[i + 8];
        }
        return result;
    }

    // The numbers of the commands are stored with the digests: a new command gets a new one.
    void operator()(const ledger::open_program& asked) {
        const ledger::program& one = asked.opened;
        number(1), number(one.code.number()), text(one.name), number(static_cast<std::uint64_t>(one.expiry_days));
        number(one.online_only), number(static_cast<std::uint64_t>(one.issuer));
        if (one.hold_days != ledger::hold_days_default) number(static_cast<std::uint64_t>(one.hold_days));
    }
    void operator()(const ledger::add_operator& asked) { number(2), text(asked.name); }
    void operator()(const ledger::add_staff& asked) {
        number(3), number(asked.municipality.number()), text(asked.name);
    }
    void operator()(const ledger::add_partner& asked) { number(4), text(asked.name); }
    void operator()(const ledger::join_merchant& asked) {
        number(5), text(asked.name), number(asked.programs.size());
        for (const auto code : asked.programs) number(code.number());
    }
    void operator()(const ledger::add_outlet& asked) {
        number(6), number(asked.merchant.value()), number(static_cast<std::uint64_t>(asked.kind)), text(asked.name);
    }
    void operator()(const ledger::open_wallet&) { number(7); }
    void operator()(const ledger::issue_code& asked) {
        number(8), number(asked.wallet.value()), number(static_cast<std::uint64_t>(asked.kind));
    }
    void operator()(const ledger::set_freeze& asked) {
        number(9), number(static_cast<std::uint64_t>(asked.subject)), number(asked.id), number(asked.frozen);
        text(asked.reason);
    }
    void operator()(const ledger::set_limits& asked) {
        number(17), number(static_cast<std::uint64_t>(asked.subject)), number(asked.id);
        maybe(asked.limit.per_payment), maybe(asked.limit.per_day.amount), maybe(asked.limit.per_hour.amount);
        for (const auto& count : {asked.limit.per_day.count, asked.limit.per_hour.count})
            number(count.has_value()), number(count.value_or(0));
        text(asked.reason);
    }
    void operator()(const ledger::grant& asked) {
        number(10), number(asked.wallet.value()), number(asked.program.number());
        number(static_cast<std::uint64_t>(asked.amount.value()));
        number(asked.expires_on.has_value());
        number(asked.expires_on ? static_cast<std::uint64_t>(asked.expires_on->days()) : 0);
        text(asked.source.text());
    }
    void operator()(const ledger::credit_undecided& asked) {
        number(18), number(asked.wallet.value()), number(asked.partner.value());
        number(static_cast<std::uint64_t>(asked.amount.value())), text(asked.source.text());
    }
    void operator()(const ledger::choose_home& asked) {
        number(19), number(asked.wallet.value()), number(asked.municipality.number());
    }
    void operator()(const ledger::transfer_undecided& asked) {
        number(20), number(asked.wallet.value()), number(asked.program.number()), maybe(asked.amount);
    }
    void operator()(const ledger::propose_correction& asked) {
        const ledger::correction& what = *asked.what;
        number(21), number(asked.wallet.value()), number(static_cast<std::uint64_t>(what.kind));
        number(what.program.number()), number(static_cast<std::uint64_t>(what.amount.value()));
        text(what.source.text()), number(static_cast<std::uint64_t>(what.expires_on.days())), text(what.reason);
    }
    void operator()(const ledger::decide_correction& asked) {
        number(22), number(asked.wallet.value()), number(asked.proposal), number(asked.approve), text(asked.reason);
    }
    void operator()(const ledger::issue_key& asked) {
        number(23), holder(asked.holder), number(asked.scopes.bits()), number(asked.overlap_s.has_value());
        number(static_cast<std::uint64_t>(asked.overlap_s.value_or(0)));
    }
    void operator()(const ledger::revoke_key& asked) {
        number(24), holder(asked.holder), number(asked.number), text(asked.reason);
    }
    void operator()(const ledger::set_certificates& asked) {
        number(25), number(asked.terminal.value()), number(asked.certificates.size());
        for (const auto& one : asked.certificates)
            text({reinterpret_cast<const char*>(one.bytes.data()), one.bytes.size()});
        text(asked.reason);
    }
    void operator()(const ledger::bind_card& asked) {
        number(26), number(asked.wallet.value()), number(asked.card.high), number(asked.card.low);
    }
    void operator()(const ledger::retire_card& asked) { number(27), number(asked.bound_at), text(asked.reason); }
    void operator()(const ledger::propose_campaign& asked) {
        const ledger::campaign_terms& terms = *asked.terms;
        number(28), number(asked.program.number()), text(terms.name), text(terms.source.text());
        number(static_cast<std::uint64_t>(terms.budget.value()));
        number(static_cast<std::uint64_t>(terms.first_day.days()));
        number(static_cast<std::uint64_t>(terms.last_day.days())), number(static_cast<std::uint64_t>(terms.rule));
        number(static_cast<std::uint64_t>(terms.per_grant.value()));
        number(static_cast<std::uint64_t>(terms.expires_on.days()));
        if (are_of_benefits(terms) || !terms.earmark.empty()) benefit_terms(terms); // else as before there were any
    }
    void benefit_terms(const ledger::campaign_terms& terms) {
        number(terms.eligible_only), number(terms.per_person), number(terms.basis_points), number(terms.steps.size());
        for (const auto& one : terms.steps) number(one.from), number(static_cast<std::uint64_t>(one.amount.value()));
        if (!terms.earmark.empty()) categories(terms.earmark);
    }
    void categories(const ledger::category_set& set) {
        number(set.names().size());
        for (const auto& one : set.names()) text(one);
    }
    void operator()(const ledger::set_categories& asked) {
        number(138), number(asked.merchant.value()), categories(asked.categories), text(asked.reason);
    }
    void operator()(const ledger::decide_campaign& asked) {
        number(29), number(asked.campaign), number(asked.approve), text(asked.reason);
    }
    void operator()(const ledger::propose_increase& asked) {
        number(30), number(asked.campaign), number(static_cast<std::uint64_t>(asked.amount.value()));
        text(asked.reason);
    }
    void operator()(const ledger::decide_increase& asked) {
        number(31), number(asked.campaign), number(asked.number), number(asked.approve), text(asked.reason);
    }
    void operator()(const ledger::close_campaign& asked) { number(32), number(asked.campaign), text(asked.reason); }
    void operator()(const ledger::grant_from_campaign& asked) {
        number(33), number(asked.campaign), number(asked.wallet.value()), text(asked.occasion), maybe(asked.amount);
        if (asked.measured != 0) number(asked.measured); // as before there were any
    }
    void operator()(const ledger::accept_eligibility& asked) {
        const auto* const bytes = reinterpret_cast<const char*>(asked.digest.data());
        number(130), number(asked.campaign), text({bytes, asked.digest.size()});
    }
    void operator()(const ledger::decide_eligibility& asked) {
        number(131), number(asked.campaign), number(asked.approve), text(asked.reason);
    }
    void operator()(const ledger::open_event& asked) {
        number(132), number(asked.campaign), text(asked.what.name);
        number(static_cast<std::uint64_t>(asked.what.begins.unix_ms()));
        number(static_cast<std::uint64_t>(asked.what.ends.unix_ms()));
        number(static_cast<std::uint64_t>(asked.what.rotates_s));
    }
    void operator()(const ledger::close_event& asked) { number(133), number(asked.event), text(asked.reason); }
    void operator()(const ledger::propose_clawback& asked) {
        const auto* const bytes = reinterpret_cast<const char*>(asked.digest.data());
        number(135), number(asked.campaign), number(asked.file != nullptr);
        text({bytes, asked.digest.size()}), text(asked.reason);
    }
    void operator()(const ledger::decide_clawback& asked) {
        number(136), number(asked.clawback), number(asked.approve), text(asked.reason);
    }
    void operator()(const ledger::claw_back_row& asked) { // has no key: never asked for
        number(137), number(asked.clawback), number(asked.row);
    }
    // Not the code's number: who repeats it with the next one that was shown asks for the same.
    void operator()(const ledger::redeem_event& asked) {
        number(134), number(asked.event), number(asked.wallet.value());
    }
    void operator()(const ledger::accept_recipients& asked) {
        const auto* const bytes = reinterpret_cast<const char*>(asked.digest.data());
        number(60), number(asked.campaign), text({bytes, asked.digest.size()});
    }
    void operator()(const ledger::grant_recipient& asked) { // has no key: never asked for
        number(61), number(asked.file), number(asked.row);
    }
    void operator()(const ledger::issue_my_key& asked) {
        number(40), number(asked.wallet.value()), number(asked.wish.number());
    }
    void operator()(const ledger::revoke_my_key& asked) {
        number(41), number(asked.wallet.value()), text(asked.reason);
    }
    void operator()(const ledger::renew_card& asked) {
        // Not the card before, which the session knows: after the renewal it knows another one.
        number(43), number(asked.wallet.value()), number(asked.card.high), number(asked.card.low);
    }
    // Never the hash, which is another one each time.
    void operator()(const ledger::set_password& asked) {
        number(42), number(asked.wallet.value()), number(asked.of.high), number(asked.of.low);
    }
    void operator()(const ledger::propose_conversion_terms& asked) {
        const ledger::conversion_terms& terms = *asked.terms;
        number(70), number(asked.partner.value()), text(terms.unit), number(terms.rate.points);
        number(terms.rate.units), number(terms.minimum), number(terms.step), maybe(terms.per_person_day);
        maybe(terms.per_partner_day);
    }
    void operator()(const ledger::decide_conversion_terms& asked) {
        number(71), number(asked.partner.value()), number(asked.number), number(asked.approve), text(asked.reason);
    }
    void operator()(const ledger::convert_points& asked) {
        number(72), number(asked.partner.value()), number(asked.wallet.value()), number(asked.my_key.number());
        text(asked.reference), number(asked.units), number(asked.program.number());
    }
    void operator()(const ledger::issue_coupon& asked) {
        number(73), number(asked.partner.value()), text(asked.reference), number(asked.units);
        number(static_cast<std::uint64_t>(asked.amount.value())), number(asked.program.number());
        number(static_cast<std::uint64_t>(asked.last_day.days()));
    }
    void operator()(const ledger::block_coupon& asked) { number(74), number(asked.coupon), text(asked.reason); }
    void operator()(const ledger::redeem_coupon& asked) {
        number(75), number(asked.wallet.value()), number(asked.my_key.number());
        number(asked.code.high), number(asked.code.low), number(asked.program.number());
    }
    // The reference is not of the question: each attempt draws its own.
    void operator()(const ledger::link_account& asked) {
        number(120), number(asked.partner.value()), number(asked.wallet.value());
        number(asked.what->account.high), number(asked.what->account.low);
    }
    void operator()(const ledger::end_link& asked) {
        number(121), number(asked.partner.value()), number(asked.wallet.value()), number(asked.link);
        text(asked.reason);
    }
    void operator()(const ledger::convert_linked& asked) {
        number(122), number(asked.partner.value()), number(asked.wallet.value()), number(asked.units);
        number(asked.program.number());
    }
    void operator()(const ledger::renew_link& asked) { // by the switch itself, under no key, as the next
        number(123), number(asked.partner.value()), number(asked.link);
    }
    void operator()(const ledger::note_linked_conversion& asked) {
        number(124), number(asked.partner.value()), number(asked.conversion);
    }
    void operator()(const ledger::note_reconciliation& asked) { // sent by the front end itself, under no key
        number(76), number(asked.partner.value());
    }
    void operator()(const ledger::set_purchase_terms& asked) {
        number(46), number(asked.program.number());
        for (const auto amount : {asked.terms.minimum, asked.terms.maximum, asked.terms.per_day, asked.terms.per_month})
            number(static_cast<std::uint64_t>(amount.value()));
        number(static_cast<std::uint64_t>(asked.terms.days_to_pay)), text(asked.reason);
        number(static_cast<std::uint64_t>(asked.terms.refund_days));
        if (asked.terms.cards) number(1); // without all of this it is what it was before there was any
        if (!asked.terms.debits) return;
        number(asked.terms.debits->consignor), number(static_cast<std::uint64_t>(asked.terms.debits->day));
        number(static_cast<std::uint64_t>(asked.terms.debits->lead_days));
    }
    void operator()(const ledger::request_mandate& asked) {
        number(90), number(asked.wallet.value()), number(asked.program.number()), account(*asked.account);
    }
    void operator()(const ledger::change_mandate& asked) {
        number(91), number(asked.mandate), number(static_cast<std::uint64_t>(asked.to)), text(asked.reason);
    }
    // Whose account it is to be paid into is not the caller's word.
    void operator()(const ledger::order_debits& asked) {
        number(92), number(asked.program.number()), number(static_cast<std::uint64_t>(asked.day.days()));
    }
    void operator()(const ledger::note_card_payment& asked) { // likewise
        number(94), number(asked.purchase.number()), number(static_cast<std::uint64_t>(asked.news));
    }
    void operator()(const ledger::take_debit_result& asked) { // of a file, under no key
        number(93), number(asked.purchase.number()), number(static_cast<std::uint64_t>(asked.result));
    }
    void operator()(const ledger::request_purchase& asked) {
        number(47), number(asked.wallet.value()), number(asked.program.number());
        number(static_cast<std::uint64_t>(asked.amount.value())), number(static_cast<std::uint64_t>(asked.method));
    }
    void operator()(const ledger::cancel_purchase& asked) {
        number(48), number(asked.purchase.number()), text(asked.reason);
    }
    void operator()(const ledger::propose_refund& asked) {
        number(52), number(asked.purchase.number()), text(asked.reason);
    }
    void operator()(const ledger::decide_refund& asked) {
        number(53), number(asked.purchase.number()), number(asked.approve), text(asked.reason);
    }
    void operator()(const ledger::take_transfer& asked) {
        number(49), number(asked.program.number()), number(static_cast<std::uint64_t>(asked.line.day.days()));
        number(static_cast<std::uint64_t>(asked.line.amount.value()));
        text(asked.line.remitter), text(asked.line.reference), text(asked.line.number);
    }
    void operator()(const ledger::propose_for_transfer& asked) {
        number(50), number(asked.transfer), number(asked.purchase.number()), text(asked.reason);
    }
    void operator()(const ledger::decide_transfer& asked) {
        number(51), number(asked.transfer), number(asked.approve), text(asked.reason);
    }
    void operator()(const ledger::issue_activation& asked) {
        number(80), number(asked.merchant.value()), number(static_cast<std::uint64_t>(asked.valid_hours));
    }
    void operator()(const ledger::revoke_activation& asked) {
        number(81), number(asked.merchant.value()), number(asked.number), text(asked.reason);
    }
    void operator()(const ledger::activate_terminal& asked) {
        number(82), number(asked.merchant.value()), number(asked.number), text(asked.name);
    }
    void operator()(const ledger::block_code& asked) {
        number(83), number(asked.wallet.value()), number(asked.ordinal), number(asked.reissue), text(asked.reason);
    }
    void operator()(const ledger::submit_application& asked) {
        const ledger::application& what = *asked.what;
        number(84), number(static_cast<std::uint64_t>(what.kind)), text(what.name), account(what.account);
        text(what.reached_by.name), text(what.reached_by.email), text(what.reached_by.phone);
        const ledger::program& opened = what.opened;
        number(opened.code.number()), text(opened.name), number(static_cast<std::uint64_t>(opened.expiry_days));
        number(opened.online_only), number(static_cast<std::uint64_t>(opened.issuer));
        number(static_cast<std::uint64_t>(opened.hold_days)), number(what.categories.size());
        for (const auto& one : what.categories) text(one);
        for (const auto code : what.programs) number(code.number());
    }
    void operator()(const ledger::decide_application& asked) {
        number(85), number(asked.application), number(asked.approve), text(asked.reason);
    }
    void operator()(const ledger::propose_account& asked) {
        number(86), number(static_cast<std::uint64_t>(asked.holder.kind)), number(asked.holder.id);
        account(*asked.account), number(static_cast<std::uint64_t>(asked.effective_from.days())), text(asked.reason);
    }
    void operator()(const ledger::decide_account& asked) {
        number(87), number(asked.proposal), number(asked.approve), text(asked.reason);
    }
    void operator()(const ledger::authorize& asked) {
        number(asked.capture ? 11 : 12), number(asked.program.has_value()),
            number(asked.program ? asked.program->number() : 0);
        number(static_cast<std::uint64_t>(asked.amount.value())), text(asked.reference);
        number(asked.code.high), number(asked.code.low);
        // Of a card what it signed, not how it was found: a repetition stays one, whatever has become of the card.
        if (asked.card) number(static_cast<std::uint64_t>(asked.card->signed_at.unix_ms()));
    }
    void operator()(const ledger::capture_payment& asked) { number(13), part(asked.payment, asked.amount); }
    void operator()(const ledger::void_payment& asked) { number(14), number(asked.payment); }
    void operator()(const ledger::refund_payment& asked) { number(15), part(asked.payment, asked.amount); }
    void operator()(const ledger::reverse_attempt& asked) { number(16), text(asked.key); }

private:
    static constexpr std::size_t digest_bytes = 16;

    // Whatever table it was checked by.
    void account(const ledger::bank_account& one) {
        number(one.bank), number(one.branch), number(static_cast<std::uint64_t>(one.type)), number(one.number);
        text(one.holder);
    }
    void holder(const ledger::key_holder& one) { number(static_cast<std::uint64_t>(one.kind)), number(one.id); }
    void part(ledger::journal_position payment, const std::optional<ledger::points>& amount) {
        number(payment), maybe(amount);
    }
    void maybe(const std::optional<ledger::points>& amount) {
        number(amount.has_value()), number(amount ? static_cast<std::uint64_t>(amount->value()) : 0);
    }

    crypto_generichash_state state_;
};

} // namespace

ledger::digest128 fingerprint_of(const ledger::command& asked) {
    canonical_form form;
    std::visit(form, asked);
    return form.digest();
}

} // namespace meguri::net
