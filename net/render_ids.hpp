// Ids as text. Those of merchants and their terminals come again in every authorization, so each io thread remembers
// the last ones; the others are encoded when they are needed. One per io thread.
#pragma once

#include "ledger/ids.hpp"
#include "storage/key_ring.hpp"

#include <cstdint>
#include <string_view>
#include <unordered_map>

namespace meguri::net {

class id_texts {
public:
    explicit id_texts(const storage::key_ring& keys) noexcept : keys_{keys} {}

    // The views end with the next call.
    [[nodiscard]] std::string_view merchant(ledger::merchant_id id) {
        return remembered(merchants_, storage::id_kind::merchant, id.value());
    }
    [[nodiscard]] std::string_view outlet(ledger::outlet_kind kind, ledger::outlet_id id) {
        const bool shop = kind == ledger::outlet_kind::shop;
        return remembered(outlets_, shop ? storage::id_kind::shop : storage::id_kind::terminal, id.value());
    }
    [[nodiscard]] storage::id_text encode(storage::id_kind kind, std::uint64_t value) const {
        return keys_.encode_id(kind, value);
    }
    [[nodiscard]] const storage::key_ring& keys() const noexcept { return keys_; }

private:
    using table = std::unordered_map<std::uint64_t, storage::id_text>;
    static constexpr std::size_t remembered_max = 8192;

    std::string_view remembered(table& texts, storage::id_kind kind, std::uint64_t value);

    const storage::key_ring& keys_;
    table merchants_;
    table outlets_;
};

} // namespace meguri::net
