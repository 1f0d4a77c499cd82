// Takes the card's verified PIN back. PKCS#11 has no call for it: a log-out is the middleware's matter alone, and a
// card that stays powered would sign for the next program that asks, whoever that is.
#pragma once

#include <string>

namespace meguri::net::reader {

// Resets the card in the reader of this name, by PC/SC. Where there is none any more it has lost its power, too; where
// the reader service refuses, that service takes the power away after some seconds.
void reset_card(const std::string& reader) noexcept;

} // namespace meguri::net::reader
