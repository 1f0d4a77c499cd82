#include "net/link_book.hpp"

#include "net/random_text.hpp"

namespace meguri::net {

std::string pkce_challenge(std::string_view verifier) {
    std::array<unsigned char, crypto_hash_sha256_BYTES> digest;
    crypto_hash_sha256(digest.data(), reinterpret_cast<const unsigned char*>(verifier.data()), verifier.size());
    std::array<char, 64> text;
    sodium_bin2base64(text.data(), text.size(), digest.data(), digest.size(), sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    return text.data();
}

auto link_book::open(std::uint64_t session, ledger::wallet_id wallet, ledger::partner_id partner, std::int64_t now_ms)
    -> std::optional<opened> {
    // RFC 7636, 4.1 asks for 43 characters at least: two random texts are 64.
    link_request made{session, wallet, partner, random_text(random_text({}))};
    opened shown{random_text("li_"), pkce_challenge(made.verifier), now_ms + link_request_valid_ms};
    const std::lock_guard lock{mutex_};
    for (; !given_.empty() && given_.front().ends_at_ms <= now_ms; given_.pop_front())
        open_.erase(given_.front().state);
    if (given_.size() >= link_requests_max) return std::nullopt;
    open_.emplace(shown.state, kept{std::move(made), shown.ends_at_ms});
    given_.push_back({shown.state, shown.ends_at_ms});
    return shown;
}

std::optional<link_request> link_book::take(std::string_view state, std::uint64_t session, ledger::wallet_id wallet,
                                            std::int64_t now_ms) {
    const std::lock_guard lock{mutex_};
    auto taken = open_.extract(std::string{state});
    if (taken.empty() || now_ms >= taken.mapped().ends_at_ms) return std::nullopt;
    link_request& what = taken.mapped().what;
    if (what.session != session || what.wallet != wallet) return std::nullopt;
    return std::move(what);
}

} // namespace meguri::net
