// What all io threads share about residents' accounts at partners. Made by the server before the threads.
#pragma once

#include "net/link_book.hpp"
#include "net/partner_calls.hpp"
#include "net/partner_connections.hpp"

#include <functional>
#include <string>

namespace meguri::ledger {
struct entry;
}

namespace meguri::net {

struct account_links {
    partner_connections partners;
    std::string redirect_uri;
    partner_calls calls;
    link_book requests;
    // Told of each link and each conversion from a linked account that has changed and is durable, on any io thread.
    // May be empty. Set before the threads start.
    std::function<void(const ledger::entry&)> decided;
};

} // namespace meguri::net
