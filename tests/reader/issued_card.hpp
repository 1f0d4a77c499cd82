// A card as an authority hands it out: the folder that meguri-card inserts.
#pragma once

#include "tests/support/card_authority.hpp"

#include <filesystem>

namespace meguri::test {

inline const std::string card_pin = "1234";
inline const std::string card_signing_pin = "ABC123";

// Both certificates and keys are new. The one for user authentication, by which the card is known.
issued_certificate issue_card(card_authority& by, const std::filesystem::path& folder, const card_wish& wish = {});

} // namespace meguri::test
