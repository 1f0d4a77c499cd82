// A random town whose ledger `meguri verify` looks at: as it is, or with one thing in it that cannot be.
#pragma once

#include "storage/state_store.hpp"
#include "storage/verify.hpp"
#include "tests/storage/town.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

namespace meguri::test {

using names = std::vector<std::string>;

// The town's folder with a state store as of some way into the journal.
void store_state(town& of, std::size_t steps = 1'000'000);

// Changes the state store behind everybody's back.
void tamper(town& of,
            const std::function<void(storage::lmdb::write_transaction&, const storage::state_databases&)>& change);

[[nodiscard]] storage::verify_report report_of(town& of);

[[nodiscard]] names wrong_in(const storage::verify_report& report);

[[nodiscard]] const ledger::wallet& some_wallet_with_lots(const town& of);

class verify_of_a_town : public testing::Test {
protected:
    verify_of_a_town() : town_{seeds(1).front()} { town_.live(900); }
    // The only rules that the entry may break.
    void expect_wrong(const names& expected) {
        const auto report = report_of(town_);
        EXPECT_EQ(wrong_in(report), expected) << report.text();
        EXPECT_FALSE(report.all_agree());
    }
    [[nodiscard]] ledger::key_chain keys_of(const ledger::key_holder& holder) const {
        const auto known = town_.stands().chains.find(holder);
        return known != town_.stands().chains.end() ? known->second : ledger::key_chain{};
    }
    town town_;
};

} // namespace meguri::test
