// Whom the switch trusts about cards, shared by all io threads: the pinned authorities, what they have revoked, and the
// certificates met lately, read and chained once. What is kept of a certificate says neither that it is good
// today nor that it is not revoked: both are judged at each use.
//
// What is revoked is said by the authorities' lists, or by their responder card by card (net/card_responder).
// The lists come from a file that is written anew, or touched, whenever somebody has seen them at the authorities: its
// time of change is when they were fetched. That is something else, or net/card_list_fetcher. They are read by a thread
// of their own (net/card_list_reader), never by an io thread.
#pragma once

#include "ledger/card.hpp"
#include "net/card_certificate.hpp"
#include "net/card_revocations.hpp"
#include "net/card_statuses.hpp"

#include <array>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace meguri::net {

struct card_files {
    std::string authorities;                     // PEM
    std::string crl;                             // PEM
    std::int64_t crl_age_max_ms = 60 * 60'000LL; // after which lists and answers say nothing any more
    bool asks_responder = false;                 // card by card; there are no lists then
};

class card_trust {
public:
    // Without files nothing can be said of any card. Errors: bad_card_authorities. Lists that cannot be read are no
    // error: until there are some, nobody can pay by card.
    [[nodiscard]] static tl::expected<std::shared_ptr<card_trust>, error> load(const card_files& files);
    // Of that file; none without a file. Errors: bad_card_authorities.
    [[nodiscard]] static tl::expected<std::shared_ptr<const card_authorities>, error>
    load_authorities(const std::string& file);
    // These instead from now on: certificates are chained anew.
    void use(const card_files& files, std::shared_ptr<const card_authorities> authorities);
    // Reads the lists where their file has changed since. Errors: bad_card_crl; what was read before stays in use until
    // it is too old. Not on an io thread.
    [[nodiscard]] tl::expected<void, error> refresh();

    // Null: not a certificate.
    [[nodiscard]] std::shared_ptr<const card_certificate> read(std::string_view der);
    // What is known of a certificate whose signature, where one was asked for, was good or not. nullopt: it cannot be
    // told whether it is revoked, or there are no authorities.
    [[nodiscard]] std::optional<ledger::card_facts> judge(const card_certificate& card, bool is_signed,
                                                          ledger::instant now) const;
    // Whether a responder is asked about cards at all.
    [[nodiscard]] bool asks_responder() const;
    // Whether it must be asked about this one before it can be judged: nothing is known, or not any more.
    [[nodiscard]] bool must_ask(const card_certificate& card, ledger::instant now) const;
    // What it said. False: what is known already was said later.
    bool learn(const card_certificate& card, const card_status& said, ledger::instant now) {
        return statuses_.learn(card, said, now);
    }
    [[nodiscard]] std::shared_ptr<const card_authorities> authorities() const;
    [[nodiscard]] std::shared_ptr<const card_revocations> lists() const; // null: there are none
    [[nodiscard]] std::int64_t age_max_ms() const;
    // Whether these lists, in PEM, can take the place of those in use: each can be read, is signed by one of the
    // authorities, and is not older than the one of the same authority. Errors: bad_card_crl. Any thread.
    [[nodiscard]] tl::expected<void, error> may_replace(const std::string& pem, const std::string& origin) const;
    [[nodiscard]] std::vector<card_revocations::dates> lists_in_use() const;
    // When the lists in use were fetched; none: there are none.
    [[nodiscard]] std::optional<ledger::instant> lists_fetched_at() const;

private:
    using certificate_digest = std::array<unsigned char, 32>;
    struct place {
        certificate_digest of{};
        std::shared_ptr<const card_certificate> read; // null: free
    };
    struct file_mark {
        std::filesystem::file_time_type changed;
        std::uintmax_t size = 0;
        friend bool operator==(const file_mark&, const file_mark&) = default;
    };
    static constexpr std::size_t place_count = 16'384; // some 60 MB once all were met

    card_trust() = default;

    std::mutex refreshing_;    // one reader of the lists' file at a time
    mutable std::mutex mutex_; // held for copies of pointers
    card_files files_;
    std::shared_ptr<const card_authorities> authorities_;
    std::shared_ptr<const card_revocations> lists_;
    std::optional<file_mark> lists_mark_;
    card_statuses statuses_;
    std::vector<place> places_; // certificates share places by their digest
};

// A certificate that somebody has at hand: see ledger/card.hpp.
class held_certificate final : public ledger::card_evidence {
public:
    held_certificate(const card_trust& trust, std::shared_ptr<const card_certificate> card)
        : trust_{trust},
          card_{std::move(card)} {}
    [[nodiscard]] std::optional<ledger::card_facts> judge(ledger::instant now) const override;

private:
    const card_trust& trust_; // the server's: outlives every operation
    std::shared_ptr<const card_certificate> card_;
};

// What a card handed over with a payment.
class signed_payment final : public ledger::card_evidence {
public:
    signed_payment(const card_trust& trust, std::shared_ptr<const card_certificate> card, std::string text,
                   std::string signature)
        : trust_{trust},
          card_{std::move(card)},
          text_{std::move(text)},
          signature_{std::move(signature)} {}
    [[nodiscard]] std::optional<ledger::card_facts> judge(ledger::instant now) const override;

private:
    const card_trust& trust_; // the server's: outlives every operation
    std::shared_ptr<const card_certificate> card_;
    std::string text_;
    std::string signature_;
};

} // namespace meguri::net
