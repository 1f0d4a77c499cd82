#include "net/card_login_text.hpp"

#include "ledger/contract.hpp"

#include <algorithm>

namespace meguri::net {

std::string text_to_sign(const card_login& login) {
    std::string text;
    text.reserve(128);
    for (const std::string_view part :
         {std::string_view{"MEGURI-LOGIN-1"}, login.audience, login.purpose, login.challenge}) {
        EXPECTS(!part.empty() && std::all_of(part.begin(), part.end(), [](char c) { return c > 0x20 && c < 0x7f; }));
        text.append(part).push_back('\n');
    }
    return text;
}

} // namespace meguri::net
