// How an operation of net fails: what kind of thing went wrong, and words for the person who started the process.
#pragma once

#include <string>

namespace meguri::net {

enum class error_kind {
    bad_address, // not an IP address, or not one of this machine
    address_in_use,
    socket_failed,        // the system refused something else
    bad_certificate,      // certificate or key unreadable, or not a pair
    bad_client_ca,        // of the authorities of clients' certificates
    bad_client_crl,       // of their revocation lists
    bad_card_authorities, // the file of the authorities of cards
    bad_card_crl,         // the file of their revocation lists, or what it says
    bad_bank_table,       // the file of banks and branches
    bad_partner_file,     // of the partners at which accounts are linked
    bad_gateway_secret,   // a file of the gateway's key or secret
    plain_http_refused,   // plain HTTP on an address that others reach
};

struct error {
    error_kind kind;
    std::string detail;
};

} // namespace meguri::net
