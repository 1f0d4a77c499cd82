// A table of actors by id: their handles and what the directory must know to let go of them safely. Ten million wallets
// have their turns at random, so a look-up costs what it misses in the processor's caches: here one line of places and
// the slot itself, which is needed anyway.
#pragma once

#include "ledger/entry.hpp"
#include "storage/append_request.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

namespace meguri::actors {

// What is kept beside a handle. Its address stays the same as long as the actor lives.
struct actor_slot {
    storage::chain_tail tail;                   // the writer's, while anything is unfinished
    ledger::journal_position last_position = 0; // of the last durable entry
    std::uint32_t unfinished = 0;               // operations with the actor or on their way to the disk
    std::uint32_t last_used = 0;                // the sweep's tick when the actor last got mail
};

template <class Handle>
struct handle_slot : actor_slot {
    Handle handle;
};

// In segments, so that growing moves a sixty-fourth at a time and nobody waits for the rest. Within one: open
// addressing with linear probing; the upper bits of a hash say where its search begins, so growing moves places in
// their order and looks at no slot.
template <class Id, class Handle>
class actor_table {
public:
    using slot = handle_slot<Handle>;

    [[nodiscard]] slot* find(const Id& id) noexcept {
        const auto hash = hash_of(id);
        return segment_of(hash).find(id, hash);
    }
    // Contract: there is none of that id.
    slot& add(const Id& id, Handle handle) {
        const auto hash = hash_of(id);
        auto made = std::make_unique<entry>(entry{id, {}});
        made->kept.handle = std::move(handle);
        slot& added = made->kept;
        segment_of(hash).add({std::move(made), hash});
        return added;
    }
    void clear() { *this = actor_table{}; }
    [[nodiscard]] std::size_t size() const noexcept {
        std::size_t sum = 0;
        for (const auto& one : segments_) sum += one.size();
        return sum;
    }

    // Looks at up to `visits` slots from where the last sweep ended and lets go of those that nobody has used since
    // `used_before`, that have nothing unfinished, and whose last entry is in the state store.
    void sweep(std::size_t visits, std::uint32_t used_before, ledger::journal_position checkpoint) {
        const auto may_go = [&](const slot& one) {
            return one.unfinished == 0 && one.last_position <= checkpoint && one.last_used < used_before;
        };
        for (; next_ < segment_count && visits > 0; ++next_)
            if (!segments_[next_].sweep(visits, may_go)) return;
        if (next_ == segment_count) next_ = 0;
    }

private:
    struct entry {
        Id id;
        slot kept;
    };
    struct place {
        std::unique_ptr<entry> one; // null: free
        std::uint64_t hash = 0;
    };

    class segment {
    public:
        [[nodiscard]] std::size_t size() const noexcept { return size_; }
        [[nodiscard]] slot* find(const Id& id, std::uint64_t hash) noexcept {
            if (places_.empty()) return nullptr;
            for (auto at = home_of(hash); places_[at].one != nullptr; at = after(at))
                if (places_[at].hash == hash && places_[at].one->id == id) return &places_[at].one->kept;
            return nullptr;
        }
        void add(place one) {
            if (places_.size() < places_per_slot_min * (size_ + 1)) rehash(std::max(places_min, places_.size() * 2));
            put(std::move(one));
            ++size_;
        }
        // Each slot costs a visit. False where there are no more before all was looked at.
        template <class MayGo>
        [[nodiscard]] bool sweep(std::size_t& visits, MayGo may_go) {
            while (next_ < places_.size()) {
                if (places_[next_].one == nullptr) {
                    ++next_;
                    continue;
                }
                if (visits == 0) return false;
                --visits;
                if (may_go(places_[next_].one->kept))
                    erase(next_); // and looks at the one that comes in its place
                else
                    ++next_;
            }
            next_ = 0;
            if (places_.size() > places_min && places_.size() > places_per_slot_max * size_) rehash(places_.size() / 2);
            return true;
        }

    private:
        static constexpr std::size_t places_min = 8;
        static constexpr std::size_t places_per_slot_min = 2; // so that a search ends soon
        static constexpr std::size_t places_per_slot_max = 16;

        [[nodiscard]] std::size_t home_of(std::uint64_t hash) const noexcept {
            return hash << segment_bits >> (64 - std::countr_zero(places_.size()));
        }
        [[nodiscard]] std::size_t after(std::size_t at) const noexcept { return (at + 1) & (places_.size() - 1); }

        void put(place one) noexcept {
            auto at = home_of(one.hash);
            while (places_[at].one != nullptr) at = after(at);
            places_[at] = std::move(one);
        }
        void rehash(std::size_t places) {
            next_ = next_ * places / std::max<std::size_t>(1, places_.size()); // the same hashes were looked at
            auto before = std::exchange(places_, std::vector<place>(places));
            for (auto& one : before)
                if (one.one != nullptr) put(std::move(one));
        }
        // Those behind it move up, as far as their search would find them there.
        void erase(std::size_t at) noexcept {
            places_[at].one.reset();
            --size_;
            const auto way = [this](std::size_t begin, std::size_t end) {
                return (end - begin) & (places_.size() - 1);
            };
            for (auto from = after(at); places_[from].one != nullptr; from = after(from)) {
                if (way(home_of(places_[from].hash), from) < way(at, from)) continue;
                places_[at] = std::move(places_[from]);
                at = from;
            }
        }

        std::vector<place> places_; // a power of two of them, or none
        std::size_t size_ = 0;
        std::size_t next_ = 0; // where the next sweep begins
    };

    static constexpr int segment_bits = 6;
    static constexpr std::size_t segment_count = std::size_t{1} << segment_bits;

    // Ids are mostly numbers in a row, which a multiplication spreads over the upper bits (Knuth, The Art of Computer
    // Programming, 6.4); std::hash leaves some as they are.
    [[nodiscard]] static std::uint64_t hash_of(const Id& id) noexcept {
        return std::hash<Id>{}(id)*0xD1B5'4A32'D192'ED03U;
    }
    [[nodiscard]] segment& segment_of(std::uint64_t hash) noexcept { return segments_[hash >> (64 - segment_bits)]; }

    std::array<segment, segment_count> segments_;
    std::size_t next_ = 0; // the segment in which the next sweep begins
};

} // namespace meguri::actors

template <>
struct std::hash<meguri::ledger::caller_ref> {
    std::size_t operator()(const meguri::ledger::caller_ref& caller) const noexcept {
        return (caller.id << 3 | static_cast<std::uint64_t>(caller.kind)) * 0x9E3779B97F4A7C15u;
    }
};
