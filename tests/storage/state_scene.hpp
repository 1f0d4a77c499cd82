// A state store in a folder of its own that follows a town's journal, and ways to compare and to damage it.
#pragma once

#include "storage/checkpointer.hpp"
#include "storage/recent_index.hpp"
#include "storage/recovery.hpp"
#include "storage/state_reader.hpp"
#include "storage/state_store.hpp"
#include "tests/storage/town.hpp"
#include "tests/support/temporary_folder.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace meguri::test {

class state_scene {
public:
    explicit state_scene(town& of, storage::checkpoint_settings settings = {}, storage::recent_index* recent = nullptr)
        : town_{of},
          settings_{settings},
          recent_{recent} {
        reopen();
    }

    // As after a crash: what was not committed is gone, what was in memory too.
    void reopen() {
        checkpointer_.reset();
        state_.reset();
        state_ = storage::state_store::open(folder_.path(), std::size_t{1} << 30).value();
        checkpointer_ = storage::checkpointer::open(*state_, town_.journal(), town_.keys(), recent_, settings_).value();
    }
    [[nodiscard]] storage::state_store& state() { return *state_; }
    [[nodiscard]] storage::checkpointer& checkpointer() { return *checkpointer_; }

    // All records but the index runs', whose numbers depend on the rounds.
    [[nodiscard]] auto records() {
        std::vector<std::pair<std::vector<std::byte>, std::vector<std::byte>>> all;
        auto within = state_->begin_read().value();
        const auto& in = state_->databases();
        for (const auto one :
             {in.meta,        in.programs,  in.parties,    in.books,        in.merchants, in.wallets,
              in.codes,       in.bearers,   in.follow_ups, in.certificates, in.my_keys,   in.passwords,
              in.due,         in.keys,      in.acts,       in.campaigns,    in.occasions, in.partners,
              in.conversions, in.purchases, in.purchasers, in.transfers,    in.unmatched, in.joinings}) {
            auto over = within.open_cursor(one).value();
            for (auto at = over.first().value(); at; at = over.next().value())
                all.emplace_back(std::vector<std::byte>{at->key.begin(), at->key.end()},
                                 std::vector<std::byte>{at->value.begin(), at->value.end()});
        }
        return all;
    }
    // Every key of the town is found, with all its positions, in the indexes of the state store alone.
    void expect_keys() {
        storage::state_reader reader{*state_};
        const auto& keys = town_.stands().keys;
        for (auto at = keys.begin(); at != keys.end(); at = keys.upper_bound(at->first)) {
            const auto& key = at->first;
            std::vector<ledger::journal_position> positions;
            for (auto [one, end] = keys.equal_range(key); one != end; ++one) positions.push_back(one->second);
            std::sort(positions.rbegin(), positions.rend());
            switch (key.kind) {
            case storage::index_kind::idempotency:
                ASSERT_EQ(reader.find_idempotency(key.digest, positions.size() + 1).value(), positions);
                break;
            case storage::index_kind::reference:
                ASSERT_EQ(reader.find_references(key.digest, positions.size() + 1).value(), positions);
                break;
            case storage::index_kind::purchase:
                ASSERT_EQ(reader.find_purchase(*ledger::purchase_reference::from_number(key.digest.low)).value(),
                          positions.front());
                break;
            case storage::index_kind::purchaser:
                ASSERT_EQ(reader.find_purchaser(key.digest).value(), positions.front());
                break;
            case storage::index_kind::transfer:
                ASSERT_EQ(reader.find_transfer(key.digest).value(), positions.front());
                break;
            case storage::index_kind::follow_up:
                ASSERT_EQ(reader.find_follow_up(key.digest.low).value(), positions.front());
                break;
            case storage::index_kind::certificate:
                ASSERT_EQ(reader.find_certificates(ledger::outlet_id{key.digest.low}).value(), positions.front());
                break;
            case storage::index_kind::occasion:
                ASSERT_EQ(reader.find_occasion(key.digest).value(), positions.front());
                break;
            case storage::index_kind::joining:
                ASSERT_EQ(reader.find_joining(key.digest).value(), positions.front());
                break;
            case storage::index_kind::my_key:
                ASSERT_EQ(reader.find_my_key(*ledger::my_key_id::from_number(key.digest.low)).value(),
                          positions.front());
                break;
            case storage::index_kind::password:
                ASSERT_EQ(reader.find_password(ledger::wallet_id{key.digest.low}).value(), positions.front());
                break;
            case storage::index_kind::code: ASSERT_TRUE(reader.find_code(key.digest).value().has_value()); break;
            case storage::index_kind::bearer: ASSERT_TRUE(reader.find_bearer(key.digest).value().has_value()); break;
            case storage::index_kind::act:
                ASSERT_EQ(reader.find_acts(0, positions.size() + 1).value(), positions);
                break;
            case storage::index_kind::conversion_reference:
            case storage::index_kind::conversion_person:
            case storage::index_kind::coupon:
            case storage::index_kind::link_account:
            case storage::index_kind::link_person:
            case storage::index_kind::linked_conversion:
                ASSERT_EQ(reader.find_conversion({key.kind, key.digest}).value(), positions.front());
                break;
            case storage::index_kind::conversion_list:
                ASSERT_EQ(reader.find_conversion_list(key.digest.low, 0, positions.size() + 1).value(), positions);
                break;
            case storage::index_kind::holder: break; // below
            }
        }
        for (const auto& [holder, chain] : town_.stands().chains) ASSERT_EQ(reader.find_keys(holder).value(), chain);
    }

private:
    town& town_;
    storage::checkpoint_settings settings_;
    storage::recent_index* recent_;
    temporary_folder folder_;
    std::unique_ptr<storage::state_store> state_;
    std::unique_ptr<storage::checkpointer> checkpointer_;
};

} // namespace meguri::test
