// What the resources read of the ledger without asking an actor: everything here is durable already. One per io thread.
#pragma once

#include "actors/operation.hpp"
#include "ledger/accounts.hpp"
#include "storage/error.hpp"
#include "storage/index_keys.hpp"
#include "storage/state_records.hpp"

#include <tl/expected.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace meguri::storage {
class store;
class thread_reader;
} // namespace meguri::storage

namespace meguri::net {

class ledger_view {
public:
    template <class T>
    using read = tl::expected<T, storage::error>;

    virtual ~ledger_view() = default;
    // Whose bearer key it is, by key_ring's digest; nullopt: nobody's, or revoked. It may have ended.
    [[nodiscard]] virtual read<std::optional<actors::principal>> find_bearer(const ledger::digest128& key) = 0;
    [[nodiscard]] virtual read<ledger::key_chain> keys_of(const ledger::key_holder& holder) = 0;
    // The client certificates of which the terminal needs one; none: it needs no certificate.
    [[nodiscard]] virtual read<std::vector<ledger::certificate_digest>>
    find_certificates(ledger::outlet_id terminal) = 0;
    // Whose MyKey ID it is, or was; nullopt: it was never given out.
    [[nodiscard]] virtual read<std::optional<storage::known_my_key>> find_my_key(ledger::my_key_id id) = 0;
    // The hash of the wallet's password; nullopt: it has none.
    [[nodiscard]] virtual read<std::optional<std::string>> find_password(ledger::wallet_id wallet) = 0;
    // The newest entry under a conversion's reference, or of a coupon's code, by key_ring's digest; nullopt: none.
    [[nodiscard]] virtual read<std::optional<ledger::journal_position>>
    find_conversion(storage::index_kind kind, const ledger::digest128& digest) = 0;
    // The entries of storage::number_of_list before the position (0: all), newest first, at most `limit`.
    [[nodiscard]] virtual read<std::vector<ledger::journal_position>>
    conversion_list(std::uint64_t list, ledger::journal_position before, std::size_t limit) = 0;
    // The newest entry about a purchase, and about a line of a bank's statement by key_ring's digest; nullopt: none.
    [[nodiscard]] virtual read<std::optional<ledger::entry>>
    newest_of_purchase(ledger::purchase_reference reference) = 0;
    [[nodiscard]] virtual read<std::optional<ledger::entry>> newest_of_transfer(const ledger::digest128& line) = 0;
    // The newest entry about what joins, by key_ring's digest; nullopt: nothing does.
    [[nodiscard]] virtual read<std::optional<ledger::journal_position>>
    find_joining(const ledger::digest128& joining) = 0;
    // nullopt: there is no such entry.
    [[nodiscard]] virtual read<std::optional<ledger::entry>> entry_at(ledger::journal_position position) = 0;
    // The payment's newest step, or its decision where none followed; nullopt: there is no such entry.
    [[nodiscard]] virtual read<std::optional<ledger::entry>> newest_of_payment(ledger::journal_position decision) = 0;
    // The payments under a merchant's reference, newest first.
    [[nodiscard]] virtual read<std::vector<ledger::journal_position>> payments_under(const ledger::digest128& reference,
                                                                                     std::size_t limit) = 0;
    // The administrative acts before the position (0: all), newest first, at most `limit`.
    [[nodiscard]] virtual read<std::vector<ledger::journal_position>> acts_before(ledger::journal_position before,
                                                                                  std::size_t limit) = 0;
    [[nodiscard]] virtual ledger::books books() = 0;
};

// The same, read from the store.
class store_view final : public ledger_view {
public:
    store_view(storage::store& from, storage::thread_reader& reader) noexcept : store_{from}, reader_{reader} {}
    [[nodiscard]] read<std::optional<actors::principal>> find_bearer(const ledger::digest128& key) override;
    [[nodiscard]] read<ledger::key_chain> keys_of(const ledger::key_holder& holder) override;
    [[nodiscard]] read<std::vector<ledger::certificate_digest>> find_certificates(ledger::outlet_id terminal) override;
    [[nodiscard]] read<std::optional<storage::known_my_key>> find_my_key(ledger::my_key_id id) override;
    [[nodiscard]] read<std::optional<std::string>> find_password(ledger::wallet_id wallet) override;
    [[nodiscard]] read<std::optional<ledger::journal_position>>
    find_conversion(storage::index_kind kind, const ledger::digest128& digest) override;
    [[nodiscard]] read<std::vector<ledger::journal_position>>
    conversion_list(std::uint64_t list, ledger::journal_position before, std::size_t limit) override;
    [[nodiscard]] read<std::optional<ledger::entry>> newest_of_purchase(ledger::purchase_reference reference) override;
    [[nodiscard]] read<std::optional<ledger::entry>> newest_of_transfer(const ledger::digest128& line) override;
    [[nodiscard]] read<std::optional<ledger::journal_position>> find_joining(const ledger::digest128& joining) override;
    [[nodiscard]] read<std::optional<ledger::entry>> entry_at(ledger::journal_position position) override;
    [[nodiscard]] read<std::optional<ledger::entry>> newest_of_payment(ledger::journal_position decision) override;
    [[nodiscard]] read<std::vector<ledger::journal_position>> payments_under(const ledger::digest128& reference,
                                                                             std::size_t limit) override;
    [[nodiscard]] read<std::vector<ledger::journal_position>> acts_before(ledger::journal_position before,
                                                                          std::size_t limit) override;
    [[nodiscard]] ledger::books books() override;

private:
    storage::store& store_;
    storage::thread_reader& reader_;
};

} // namespace meguri::net
