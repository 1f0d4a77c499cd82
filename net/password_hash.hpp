// Argon2id (RFC 9106) by libsodium, over what the key ring makes of a password. Its cost is set by the operator; each
// hash says its own, so a hash of before a change is still checked. Slow: on the thread of passwords alone.
#pragma once

#include "storage/secret.hpp"

#include <cstdint>
#include <mutex>
#include <optional>
#include <string>

namespace meguri::net {

struct password_cost {
    std::uint32_t memory_kib = 65'536; // at once: there is one such computation at a time
    std::uint32_t passes = 2;
};

class password_hasher {
public:
    explicit password_hasher(const password_cost& cost) : cost_{cost} {}

    // Any thread. From now on.
    void set(const password_cost& cost);
    // nullopt: there is not as much memory.
    [[nodiscard]] std::optional<std::string> hash(const storage::secret<std::string>& peppered);
    // Without a hash the same is computed in vain, so that nobody learns from the time whether there is one.
    [[nodiscard]] bool matches(const std::optional<std::string>& hash, const storage::secret<std::string>& peppered);

private:
    [[nodiscard]] password_cost cost() const;

    mutable std::mutex mutex_;
    password_cost cost_;
};

} // namespace meguri::net
