// The codes that one io thread met lately, so that a card that pays again costs no search in the state store. A code's
// owner never changes once it is durable, so what is kept here stays true; what is forgotten is looked up anew. Codes
// share places by their digest, which is keyed: nobody outside can choose who shares.
#pragma once

#include "ledger/decide.hpp"
#include "ledger/digest.hpp"

#include <array>
#include <cstddef>
#include <utility>
#include <vector>

namespace meguri::storage {

class code_cache {
public:
    // Null where it is not kept. Valid until the next keep().
    [[nodiscard]] const ledger::known_code* find(const ledger::digest128& code) const noexcept {
        return code ? segment_of(code).find(code) : nullptr;
    }
    // The places double as they fill, so the memory follows the codes that were met; a segment at a time, so that
    // nobody waits for the copying of all.
    void keep(const ledger::digest128& code, const ledger::known_code& owner) {
        segments_[code.high % segments_.size()].keep({code, owner});
    }

private:
    struct place {
        ledger::digest128 code; // zero: free
        ledger::known_code owner;
    };

    class segment {
    public:
        [[nodiscard]] const ledger::known_code* find(const ledger::digest128& code) const noexcept {
            if (places_.empty()) return nullptr;
            const place& at = places_[place_of(code)];
            return at.code == code ? &at.owner : nullptr;
        }
        void keep(const place& one) {
            if (kept_ >= places_.size() / 2 && places_.size() < places_max) grow();
            put(one);
        }

    private:
        static constexpr std::size_t places_min = 64;   // 160 KB in all segments
        static constexpr std::size_t places_max = 8192; // 20 MB in all segments, after some 400,000 codes

        [[nodiscard]] std::size_t place_of(const ledger::digest128& code) const noexcept {
            return code.low & (places_.size() - 1);
        }
        void put(const place& one) noexcept {
            place& at = places_[place_of(one.code)];
            if (!at.code) ++kept_;
            at = one;
        }
        void grow() {
            const auto before =
                std::exchange(places_, std::vector<place>(places_.empty() ? places_min : places_.size() * 2));
            kept_ = 0;
            for (const place& one : before)
                if (one.code) put(one);
        }

        std::vector<place> places_; // a power of two of them, or none
        std::size_t kept_ = 0;
    };

    [[nodiscard]] const segment& segment_of(const ledger::digest128& code) const noexcept {
        return segments_[code.high % segments_.size()];
    }

    std::array<segment, 64> segments_;
};

} // namespace meguri::storage
