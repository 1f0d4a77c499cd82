// What a My Number card signs to show who holds it: a challenge of the switch, so that the signature is good once, for
// one purpose, within a minute, and at one switch. Rebuilt by the switch from what it knows, never taken from the
// message. Pure; any thread.
//
//   line  what            as
//   1     MEGURI-LOGIN-1  the form, and that it is no payment
//   2     audience        of the switch, as its setting login.audience names it: whoever asks the card says which
//   switch
//                         it means, so that another site cannot hand its visitor's signature on to this one
//   3     purpose         login, rebind, support or recover
//   4     challenge       ch_..., as the switch gave it
//
// Each line ends with one line feed, the last too. No part can have one, so that no two texts are the same.
#pragma once

#include <string>
#include <string_view>

namespace meguri::net {

struct card_login {
    std::string_view audience;
    std::string_view purpose;
    std::string_view challenge;
};

// Contract: all parts are visible ASCII.
[[nodiscard]] std::string text_to_sign(const card_login& login);

} // namespace meguri::net
