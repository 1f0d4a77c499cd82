// What the authorities of cards have revoked, as their lists said at one moment. Immutable: io threads look into it
// while the next one is read elsewhere.
#pragma once

#include "ledger/calendar.hpp"
#include "net/card_authorities.hpp"
#include "net/error.hpp"

#include <tl/expected.hpp>

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace meguri::net {

enum class revocation : std::uint8_t { good, revoked, unknown };

class card_revocations {
public:
    // The lists of one or more authorities, in PEM, fetched at that moment. Errors: bad_card_crl, where one cannot be
    // read, is signed by none of the authorities, or has a critical extension that we do not understand.
    [[nodiscard]] static tl::expected<card_revocations, error> parse(const std::string& pem, const std::string& origin,
                                                                     const card_authorities& authorities,
                                                                     ledger::instant fetched_at);

    // unknown: there is no list of that authority, or it is out of date, not begun, or was
    // fetched longer ago than that.
    [[nodiscard]] revocation look_up(const authority_name& authority, std::string_view serial, ledger::instant now,
                                     std::int64_t age_max_ms) const;
    // Each number of that authority for which look_up would say revoked.
    void for_each_revoked(const authority_name& authority, ledger::instant now, std::int64_t age_max_ms,
                          const std::function<void(std::string_view serial)>& visit) const;
    [[nodiscard]] ledger::instant fetched_at() const noexcept { return fetched_at_; }
    [[nodiscard]] std::size_t size() const noexcept;
    // From when to when each list says something, as its authority wrote it.
    struct dates {
        authority_name authority;
        ledger::instant begins;
        ledger::instant ends;
    };
    [[nodiscard]] std::vector<dates> all_dates() const;

private:
    struct list {
        authority_name authority;
        ledger::instant begins;
        ledger::instant ends;
        std::vector<std::string> serials; // sorted
    };

    [[nodiscard]] static tl::expected<list, error> read_list(X509_crl_st& from, const std::string& origin,
                                                             const card_authorities& authorities);

    ledger::instant fetched_at_;
    std::vector<list> lists_;
};

} // namespace meguri::net
