#include "tests/reader/issued_card.hpp"

#include "tests/virtual_card/card_folder.hpp"

namespace meguri::test {
namespace {

virtual_card::bytes bytes_of(const std::string& der) { return {der.begin(), der.end()}; }

} // namespace

issued_certificate issue_card(card_authority& by, const std::filesystem::path& folder, const card_wish& wish) {
    using namespace virtual_card;
    auto authentication = by.issue(wish);
    const auto signing = by.issue(signing_wish());
    card_folder{folder}.write(
        {bytes_of(by.self().der()),
         {card_half{bytes_of(authentication.der()), authentication.key, make_pin(card_pin, authentication_tries)},
          card_half{bytes_of(signing.der()), signing.key, make_pin(card_signing_pin, signing_tries)}}});
    return authentication;
}

} // namespace meguri::test
