// Grants to persons that wait until their wallet has been asked whose it is. Made by the campaigns' actor; on its
// thread alone. The grant comes to the actor again, in a later turn, and takes what was seen.
#pragma once

#include "actors/operation.hpp"

#include <optional>
#include <unordered_map>

namespace meguri::actors {

class switch_thread;

class person_looks final : public reply_sink {
public:
    // The thread outlives it.
    explicit person_looks(switch_thread& thread) noexcept : thread_{thread} {}

    void look(const operation_ptr& grant, ledger::wallet_id wallet);

    struct seen {
        ending end = ending::none; // read, refused or read_failed
        ledger::refusal why = ledger::refusal::forbidden;
        ledger::my_key_id my_key; // none: the wallet has none
    };
    // Once; nullopt: nobody has looked.
    [[nodiscard]] std::optional<seen> take(const operation& grant);

    // Of the operations that it asks.
    void finished(operation& done) noexcept override;

private:
    switch_thread& thread_;
    std::uint32_t looks_ = 0;
    std::unordered_map<std::uint32_t, operation_ptr> awaited_; // by the look's number
    std::unordered_map<const operation*, seen> seen_;
};

} // namespace meguri::actors
