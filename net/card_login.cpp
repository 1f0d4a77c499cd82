#include "net/card_login.hpp"

#include "net/card_credential.hpp"
#include "net/card_login_text.hpp"
#include "net/residents.hpp"

namespace meguri::net {
namespace {

std::string why_not_good(const ledger::card_facts& facts, ledger::instant now) {
    if (facts.is_genuine && facts.is_revoked) return "The certificate is revoked.";
    if (facts.is_genuine && now > facts.ends) return "The certificate is over.";
    if (facts.is_genuine && now < facts.begins) return "The certificate is not valid yet.";
    return "The certificate is not one for user authentication by a known authority.";
}

problem wrong_member(problem_code code, std::string detail, const char* pointer) {
    return {code, std::move(detail), pointer};
}

} // namespace

shown_card read_shown_card(json_fields& from, card_trust& trust) {
    shown_card shown;
    shown.challenge = from.text("challenge", id_bounds);
    shown.certificate = read_certificate(from, trust);
    shown.signature = read_signature(from);
    return shown;
}

tl::expected<ledger::enroll_person, problem> judge_shown_card(call& from, const shown_card& shown,
                                                              challenge_purpose of) {
    if (from.waits_for(shown.certificate)) return tl::unexpected{problem{problem_code::verification_unavailable}};
    if (!from.people.challenges.consume(shown.challenge, of, from.request.received_at_ms))
        return tl::unexpected{wrong_member(problem_code::challenge_not_open, {}, "/challenge")};
    const card_certificate& card = *shown.certificate;
    const auto text = text_to_sign(card_login{from.people.audience, name_of(of), shown.challenge});
    const bool is_signed = card.is_good() && card.signed_text(text, shown.signature);
    const auto facts = from.cards.judge(card, is_signed, from.now());
    if (!facts) return tl::unexpected{problem{problem_code::verification_unavailable}};
    if (card.is_good() && !is_signed)
        return tl::unexpected{wrong_member(problem_code::signature_not_accepted, {}, "/signature")};
    if (!facts->is_good_at(from.now()))
        return tl::unexpected{
            wrong_member(problem_code::card_not_accepted, why_not_good(*facts, from.now()), "/certificate")};
    return ledger::enroll_person{from.keys.digest_of_card(card.identity), *facts};
}

} // namespace meguri::net
