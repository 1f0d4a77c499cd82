#include "net/password_hash.hpp"

#include "ledger/contract.hpp"

#include <sodium.h>

#include <array>

namespace meguri::net {

void password_hasher::set(const password_cost& cost) {
    const std::lock_guard lock{mutex_};
    cost_ = cost;
}

password_cost password_hasher::cost() const {
    const std::lock_guard lock{mutex_};
    return cost_;
}

std::optional<std::string> password_hasher::hash(const storage::secret<std::string>& peppered) {
    EXPECTS(sodium_init() >= 0);
    const auto now = cost();
    const std::string& of = peppered.reveal();
    std::array<char, crypto_pwhash_STRBYTES> made{};
    if (crypto_pwhash_str_alg(made.data(), of.data(), of.size(), now.passes, std::size_t{now.memory_kib} * 1'024,
                              crypto_pwhash_ALG_ARGON2ID13) != 0)
        return std::nullopt;
    return std::string{made.data()};
}

bool password_hasher::matches(const std::optional<std::string>& hash, const storage::secret<std::string>& peppered) {
    if (!hash) {
        static_cast<void>(this->hash(peppered));
        return false;
    }
    const std::string& of = peppered.reveal();
    return crypto_pwhash_str_verify(hash->c_str(), of.data(), of.size()) == 0;
}

} // namespace meguri::net
