// How many wrong codes each wallet has named as coupons lately: beyond so many in an hour no further one is looked up
// for it. In memory alone: a code has 100 random bits, the limit spares the index and the log, the secret needs no
// sparing. Any thread.
#pragma once

#include "ledger/calendar.hpp"
#include "ledger/ids.hpp"

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <unordered_map>

namespace meguri::actors {

class coupon_tries {
public:
    static constexpr std::uint32_t failures_max = 10;
    static constexpr std::int64_t window_ms = 3'600'000;

    [[nodiscard]] bool may_try(ledger::wallet_id wallet, ledger::instant now) const {
        const std::lock_guard lock{mutex_};
        const auto found = failures_.find(wallet);
        return found == failures_.end() || is_over(found->second, now) || found->second.count < failures_max;
    }
    void note_failure(ledger::wallet_id wallet, ledger::instant now) {
        const std::lock_guard lock{mutex_};
        if (failures_.size() >= swept_above)
            std::erase_if(failures_, [&](const auto& one) { return is_over(one.second, now); });
        auto& known = failures_[wallet];
        if (is_over(known, now)) known = {now, 0};
        ++known.count;
    }

private:
    struct failed {
        ledger::instant since;
        std::uint32_t count = 0;
    };
    static constexpr std::size_t swept_above = 10'000;
    [[nodiscard]] static bool is_over(const failed& one, ledger::instant now) noexcept {
        return one.count == 0 || now >= one.since.plus_ms(window_ms) || now < one.since;
    }

    mutable std::mutex mutex_;
    std::unordered_map<ledger::wallet_id, failed> failures_;
};

} // namespace meguri::actors
