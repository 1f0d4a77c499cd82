// A card that signed a challenge: read from a request, its challenge used up, and judged. Used by every resource for
// which somebody shows a card.
#pragma once

#include "ledger/commands.hpp"
#include "net/challenge_book.hpp"
#include "net/json_fields.hpp"
#include "net/resource.hpp"

#include <tl/expected.hpp>

#include <memory>
#include <string>

namespace meguri::net {

struct card_certificate;

struct shown_card {
    std::string challenge;
    std::shared_ptr<const card_certificate> certificate; // null: faulted
    std::string signature;
};

// The members `challenge`, `certificate` and `signature`.
[[nodiscard]] shown_card read_shown_card(json_fields& from, card_trust& trust);

// Uses the challenge up, before anything is verified with it. The card is good, or else: challenge_not_open,
// signature_not_accepted, card_not_accepted, verification_unavailable. Where the card must be asked about first, the
// request waits and the challenge stays.
[[nodiscard]] tl::expected<ledger::enroll_person, problem> judge_shown_card(call& from, const shown_card& shown,
                                                                            challenge_purpose of);

} // namespace meguri::net
