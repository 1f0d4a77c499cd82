#include "storage/chain_hash.hpp"

#include "ledger/contract.hpp"

#include <sodium.h>

namespace meguri::storage {

struct chain_hasher::state {
    crypto_generichash_state blake2b;
};

chain_hasher::chain_hasher() : state_{std::make_unique<state>()} {
    EXPECTS(sodium_init() >= 0);
    begin({});
}
chain_hasher::~chain_hasher() = default;
chain_hasher::chain_hasher(chain_hasher&&) noexcept = default;
chain_hasher& chain_hasher::operator=(chain_hasher&&) noexcept = default;

void chain_hasher::begin(const chain_hash& previous) {
    crypto_generichash_init(&state_->blake2b, nullptr, 0, previous.size());
    add(previous);
}

void chain_hasher::add(bytes part) {
    crypto_generichash_update(&state_->blake2b, reinterpret_cast<const unsigned char*>(part.data()), part.size());
}

chain_hash chain_hasher::finish() {
    chain_hash hash;
    crypto_generichash_final(&state_->blake2b, reinterpret_cast<unsigned char*>(hash.data()), hash.size());
    return hash;
}

} // namespace meguri::storage
