#include "net/password_tries.hpp"

#include "ledger/contract.hpp"

#include <sodium.h>

#include <algorithm>
#include <cstring>

namespace meguri::net {
namespace {

std::int64_t pause_after(std::uint32_t wrong) {
    if (wrong < password_tries::free_tries) return 0;
    const std::uint32_t doublings = std::min(wrong - password_tries::free_tries, 10U);
    return std::min(password_tries::first_pause_ms << doublings, password_tries::longest_pause_ms);
}

} // namespace

password_tries::password_tries() : rows_(rows) {
    EXPECTS(sodium_init() >= 0);
    randombytes_buf(key_.data(), key_.size());
}

bool password_tries::begin(ledger::my_key_id id, std::int64_t now_ms) {
    const std::lock_guard lock{mutex_};
    row& mine = row_of(id);
    auto at = std::ranges::find(mine, id, &place::id);
    if (at == mine.end()) {
        at = std::ranges::min_element(mine, {}, &place::last_ms);
        *at = {.id = id};
    }
    if (now_ms < at->closed_until_ms) return false;
    if (now_ms - at->last_ms >= longest_pause_ms) at->wrong = 0; // nobody tried for a day
    ++at->wrong;
    at->last_ms = now_ms;
    at->closed_until_ms = now_ms + pause_after(at->wrong);
    return true;
}

void password_tries::forgive(ledger::my_key_id id) {
    const std::lock_guard lock{mutex_};
    row& mine = row_of(id);
    const auto at = std::ranges::find(mine, id, &place::id);
    if (at != mine.end()) *at = {};
}

auto password_tries::row_of(ledger::my_key_id id) -> row& {
    const std::uint64_t number = id.number();
    std::array<unsigned char, crypto_shorthash_BYTES> hash;
    crypto_shorthash(hash.data(), reinterpret_cast<const unsigned char*>(&number), sizeof number, key_.data());
    std::uint64_t mixed = 0;
    std::memcpy(&mixed, hash.data(), sizeof mixed);
    return rows_[mixed % rows];
}

} // namespace meguri::net
