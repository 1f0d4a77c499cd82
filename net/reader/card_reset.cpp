#include "net/reader/card_reset.hpp"

#include <winscard.h>

namespace meguri::net::reader {

void reset_card(const std::string& reader) noexcept {
    SCARDCONTEXT context = 0;
    if (SCardEstablishContext(SCARD_SCOPE_SYSTEM, nullptr, nullptr, &context) != SCARD_S_SUCCESS) return;
    SCARDHANDLE card = 0;
    DWORD protocol = 0;
    if (SCardConnect(context, reader.c_str(), SCARD_SHARE_SHARED, SCARD_PROTOCOL_T0 | SCARD_PROTOCOL_T1, &card,
                     &protocol) == SCARD_S_SUCCESS)
        SCardDisconnect(card, SCARD_RESET_CARD);
    SCardReleaseContext(context);
}

} // namespace meguri::net::reader
