// `meguri verify` names what is damaged: an entry that was altered, a state store that does not follow.
#include "tests/storage/verify_scene.hpp"

#include "storage/checkpointer.hpp"

#include <algorithm>

namespace meguri::storage {
namespace {

using namespace ledger;
using test::names;
using test::report_of;
using test::some_wallet_with_lots;
using test::store_state;
using test::tamper;
using test::verify_of_a_town;
using test::wrong_in;

TEST_F(verify_of_a_town, notices_an_altered_entry) {
    town_.close();
    {
        auto environment = lmdb::environment::open({town_.folder() / "journal", std::size_t{1} << 30, 2}).value();
        const auto entries = environment.open_database("entries", lmdb::key_order::integer).value();
        auto within = environment.begin_write().value();
        const lmdb::integer_key key{300};
        const auto stored = within.get(entries, key.view()).value().value();
        record_buffer record{stored.begin(), stored.end()};
        record[20] ^= std::byte{1};
        ASSERT_TRUE(within.put(entries, key.view(), record).has_value());
        ASSERT_TRUE(std::move(within).commit().has_value());
    }
    town_.open();
    const auto report = report_of(town_);
    EXPECT_EQ(wrong_in(report).front(), "journal: records whole, positions dense, hashes chained");
    EXPECT_NE(report.rules.front().first_violation.find("300"), std::string::npos) << report.text();
}

TEST_F(verify_of_a_town, notices_keys_that_do_not_follow_and_holders_that_are_not_there) {
    const key_holder holder{caller_kind::operator_, 1};
    const auto fresh = [&](const key_chain& before) {
        return *with_new_key(before, scope_set::unrestricted(), {}, town_.now());
    };
    auto skipping = fresh(keys_of(holder));
    ++skipping.known.back().number;
    const fact wrong[] = {
        key_issued{holder, {}, {7, 7}, skipping},
        key_issued{{caller_kind::partner, 777'777}, {}, {7, 8}, fresh({})},
        key_issued{{caller_kind::terminal, outlet_id{merchant_id{1}, 60'000}.value()}, {}, {7, 9}, fresh({})},
        key_revoked{holder, 16, keys_of(holder), ""},
    };
    std::size_t count = 0;
    for (const auto& one : wrong) {
        town_.add(one);
        const auto report = report_of(town_);
        EXPECT_EQ(wrong_in(report), names{"access: each key follows from those that its holder had"}) << report.text();
        const auto rule = std::ranges::find(report.rules, wrong_in(report).front(), &verify_rule::name);
        EXPECT_EQ(rule->violated, ++count);
    }
}

// --- in the stored state ---

TEST_F(verify_of_a_town, notices_a_wallet_that_has_a_point_too_many) {
    store_state(town_);
    auto richer = some_wallet_with_lots(town_);
    richer.lots.front().available = *richer.lots.front().available.plus(*points::from(1));
    record_buffer record;
    encode(record, richer);
    tamper(town_, [&](auto& within, const auto& in) {
        const lmdb::integer_key key{richer.id.value()};
        ASSERT_TRUE(within.put(in.wallets, key.view(), record).has_value());
    });
    const auto report = report_of(town_);
    EXPECT_EQ(wrong_in(report), names{"state: wallets equal to the replay"}) << report.text();
    EXPECT_NE(report.text().find("wallet " + std::to_string(richer.id.value())), std::string::npos);
}

TEST_F(verify_of_a_town, notices_records_that_are_missing_or_too_many) {
    const wallet_id idle{town_.stands().ids.wallet + 1}; // of which nothing is due
    town_.tell(wallet_opened{idle});
    store_state(town_);
    tamper(town_, [&](auto& within, const auto& in) {
        const lmdb::integer_key first{1};
        const lmdb::integer_key nobody{777'777};
        const lmdb::integer_key wallet{idle.value()};
        ASSERT_TRUE(within.erase(in.wallets, wallet.view()).value());
        ASSERT_TRUE(within.erase(in.merchants, first.view()).value());
        ASSERT_TRUE(within.put(in.programs, nobody.view(), bytes_of("x")).has_value());
        ASSERT_TRUE(within.put(in.books, nobody.view(), bytes_of("x")).has_value());
        ASSERT_TRUE(within.put(in.codes, bytes_of("0123456789abcdef"), bytes_of("x")).has_value());
    });
    expect_wrong({"state: wallets equal to the replay", "state: merchants equal to the replay",
                  "state: programs and parties equal to the replay", "state: books equal to the replay",
                  "state: codes and keys equal to the replay"});
}

TEST_F(verify_of_a_town, notices_a_wallet_that_is_ahead_of_the_journal) {
    store_state(town_);
    auto ahead = some_wallet_with_lots(town_);
    ahead.last_position = town_.journal().end().last + 5;
    record_buffer record;
    encode(record, ahead);
    tamper(town_, [&](auto& within, const auto& in) {
        const lmdb::integer_key key{ahead.id.value()};
        ASSERT_TRUE(within.put(in.wallets, key.view(), record).has_value());
    });
    expect_wrong({"state: wallets equal to the replay"});
}

TEST_F(verify_of_a_town, notices_a_key_that_the_runs_do_not_hold) {
    store_state(town_);
    tamper(town_, [&](auto& within, const auto& in) {
        auto over = within.open_cursor(in.idempotency.levels[0]).value();
        auto found = over.first().value();
        ASSERT_TRUE(found.has_value());
        std::vector<run_key> block;
        ASSERT_TRUE(decode_block(found->value, block));
        block.front().position ^= 1;
        record_buffer key{found->key.begin(), found->key.end()};
        record_buffer value;
        encode_block(value, block);
        ASSERT_TRUE(over.put(key, value).has_value());
    });
    expect_wrong({"index: idempotency keys equal to the replay"});
}

TEST_F(verify_of_a_town, notices_a_key_that_came_to_life_again) {
    const key_holder holder{caller_kind::operator_, 1};
    const auto two = *with_new_key(keys_of(holder), scope_set::unrestricted(), {}, town_.now());
    const auto number = two.known.back().number;
    town_.tell(key_issued{holder, {}, {7, 7}, two});
    town_.tell(key_revoked{holder, number, with_revoked_key(two, number), ""});
    store_state(town_);
    EXPECT_TRUE(report_of(town_).all_agree()) << report_of(town_).text();
    record_buffer key;
    record_buffer record;
    set_holder_key(key, holder);
    encode(record, two, town_.journal().end().last);
    tamper(town_, [&](auto& within, const auto& in) { ASSERT_TRUE(within.put(in.keys, key, record).has_value()); });
    expect_wrong({"state: codes and keys equal to the replay"});
}

TEST_F(verify_of_a_town, notices_an_act_that_is_missing_or_invented) {
    store_state(town_);
    ASSERT_GT(town_.stands().acts.size(), 3u);
    tamper(town_, [&](auto& within, const auto& in) {
        const lmdb::integer_key act{town_.stands().acts[1]};
        ASSERT_TRUE(within.erase(in.acts, act.view()).value());
    });
    expect_wrong({"state: index of administrative acts equal to the replay"});
    tamper(town_, [&](auto& within, const auto& in) {
        const lmdb::integer_key act{town_.stands().acts[1]};
        const lmdb::integer_key invented{town_.journal().end().last + 9};
        ASSERT_TRUE(within.put(in.acts, act.view(), {}).has_value());
        ASSERT_TRUE(within.put(in.acts, invented.view(), {}).has_value());
    });
    expect_wrong({"state: index of administrative acts equal to the replay"});
}

TEST_F(verify_of_a_town, notices_a_checkpoint_that_is_not_the_journals) {
    store_state(town_);
    tamper(town_, [&](auto& within, const auto& in) {
        auto at = get_checkpoint(within, in).value().value();
        at.ids.wallet += 1;
        record_buffer record;
        encode(record, at);
        ASSERT_TRUE(within.put(in.meta, bytes_of(checkpoint_key), record).has_value());
    });
    expect_wrong({"state: checkpoint is the journal's"});
}

} // namespace
} // namespace meguri::storage
