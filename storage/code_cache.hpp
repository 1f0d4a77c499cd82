// The codes that one io thread met lately, so that a card that pays again costs no search in the state store. A code's
// owner never changes once it is durable, so what is kept here stays true; what is forgotten is looked up anew. Codes
// share places by their digest, which is keyed: nobody outside can choose who shares.
#pragma once

#include "ledger/decide.hpp"
#include "ledger/digest.hpp"

#include <cstddef>
#include <vector>

namespace meguri::storage {

class code_cache {
public:
    // Null where it is not kept. Valid until the next keep().
    [[nodiscard]] const ledger::known_code* find(const ledger::digest128& code) const noexcept {
        if (places_.empty() || !code) return nullptr;
        const place& at = places_[code.low % places_.size()];
        return at.code == code ? &at.owner : nullptr;
    }
    void keep(const ledger::digest128& code, const ledger::known_code& owner) {
        if (places_.empty()) places_.resize(place_count);
        places_[code.low % places_.size()] = {code, owner};
    }

private:
    struct place {
        ledger::digest128 code; // zero: free
        ledger::known_code owner;
    };
    static constexpr std::size_t place_count = std::size_t{1} << 15; // 1.5 MB, once the first code was met
    std::vector<place> places_;
};

} // namespace meguri::storage
