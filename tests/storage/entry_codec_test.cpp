#include "storage/entry_codec.hpp"

#include "tests/storage/sample_entries.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <variant>

namespace meguri::storage {
namespace {

using record = std::vector<std::byte>;

record encoded(const ledger::entry& one) {
    record out;
    encode(one, out);
    set_checksum(out);
    return out;
}

record sealed(const ledger::entry& one) {
    record out;
    encode(one, out);
    append_trailer(out, 0, ledger::instant{77});
    set_trailer_hash(out, chain_hash{std::byte{9}});
    set_checksum(out);
    return out;
}

errc code_of(const record& bytes) {
    const auto decoded = decode(bytes);
    EXPECT_FALSE(decoded.has_value());
    return decoded ? errc::stopped : decoded.error().code;
}

TEST(entry_codec, gives_back_every_field_of_every_fact) {
    for (const auto seed : test::seeds(20)) {
        SCOPED_TRACE(seed);
        test::any_entry any{seed};
        for (std::size_t kind = 0; kind < std::variant_size_v<ledger::fact_kinds>; ++kind)
            for (int i = 0; i < 20; ++i) {
                const ledger::entry one = any.of_kind(kind);
                const auto decoded = decode(encoded(one));
                ASSERT_TRUE(decoded.has_value()) << decoded.error().text();
                ASSERT_EQ(decoded->what.what.index(), kind);
                ASSERT_TRUE(test::same(decoded->what, one)) << "kind " << kind;
                ASSERT_FALSE(decoded->end_of_batch.has_value());
            }
    }
}

TEST(entry_codec, stores_each_fact_under_a_number_of_its_own) {
    const auto& numbers = ledger::fact_numbers;
    EXPECT_EQ(std::adjacent_find(numbers.begin(), numbers.end(), std::greater_equal<>{}), numbers.end());
    test::any_entry any{1};
    for (std::size_t kind = 0; kind < ledger::fact_numbers.size(); ++kind)
        EXPECT_EQ(static_cast<std::size_t>(encoded(any.of_kind(kind)).at(6)), ledger::fact_numbers.at(kind));
}

TEST(entry_codec, appends_behind_what_the_buffer_holds) {
    record both;
    encode(test::sample_payment(), both);
    const std::size_t first = both.size();
    encode(test::sample_payment(), both);
    ASSERT_EQ(both.size(), 2 * first);
    EXPECT_TRUE(std::equal(both.begin(), both.begin() + static_cast<std::ptrdiff_t>(first),
                           both.begin() + static_cast<std::ptrdiff_t>(first)));
}

TEST(entry_codec, keeps_a_payment_within_250_bytes) {
    ledger::entry one = test::sample_payment(1000);
    one.position = 100'000'000;
    one.previous_of_wallet = one.position - 1'000'000;
    one.previous_of_merchant = one.position - 1'000;
    EXPECT_LE(encoded(one).size(), 250U);
}

TEST(entry_codec, carries_the_trailer_of_a_batch) {
    const auto one = test::sample_payment();
    const auto decoded = decode(sealed(one));
    ASSERT_TRUE(decoded.has_value());
    EXPECT_TRUE(test::same(decoded->what, one));
    ASSERT_TRUE(decoded->end_of_batch.has_value());
    EXPECT_EQ(decoded->end_of_batch->recorded_at, ledger::instant{77});
    EXPECT_EQ(decoded->end_of_batch->hash, chain_hash{std::byte{9}});
    const auto trailer = trailer_of(sealed(one));
    ASSERT_TRUE(trailer.has_value() && trailer->has_value());
    EXPECT_EQ((*trailer)->hash, chain_hash{std::byte{9}});
    EXPECT_EQ(trailer_of(encoded(one)).value(), std::nullopt);
}

TEST(entry_codec, refuses_a_record_with_any_byte_changed) {
    const record whole = sealed(test::sample_payment());
    for (std::size_t at = 0; at < whole.size(); ++at)
        for (unsigned bit = 0; bit < 8; ++bit) {
            record altered = whole;
            altered[at] ^= static_cast<std::byte>(1U << bit);
            ASSERT_EQ(code_of(altered), errc::corrupt) << "byte " << at << " bit " << bit;
            ASSERT_FALSE(trailer_of(altered).has_value());
        }
}

TEST(entry_codec, refuses_a_record_cut_short_or_grown) {
    const record whole = sealed(test::sample_payment());
    for (std::size_t size = 0; size < whole.size(); ++size)
        ASSERT_EQ(code_of({whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)}), errc::corrupt) << size;
    record grown = whole;
    grown.push_back(std::byte{0});
    EXPECT_EQ(code_of(grown), errc::corrupt);
}

TEST(entry_codec, says_when_a_record_is_of_a_newer_version) {
    record newer = encoded(test::sample_payment());
    newer[4] = std::byte{entry_version + 1};
    set_checksum(newer);
    EXPECT_EQ(code_of(newer), errc::version_too_new);
    newer[4] = std::byte{0};
    set_checksum(newer);
    EXPECT_EQ(code_of(newer), errc::corrupt);
}

TEST(entry_codec, knows_no_enum_number_beyond_the_last) {
    ledger::entry one = test::sample_payment();
    std::get<ledger::payment_decided>(one.what).status = static_cast<ledger::payment_status>(8);
    EXPECT_EQ(code_of(encoded(one)), errc::corrupt);
    std::get<ledger::payment_decided>(one.what).status = static_cast<ledger::payment_status>(0);
    EXPECT_EQ(code_of(encoded(one)), errc::corrupt);
    one = test::sample_payment();
    std::get<ledger::payment_decided>(one.what).decline = static_cast<ledger::decline_code>(15);
    EXPECT_EQ(code_of(encoded(one)), errc::corrupt);
    for (const unsigned kind : {0u, 3u}) {
        one.what = ledger::correction_proposed{
            one.wallet,
            std::make_shared<const ledger::correction>(ledger::correction{static_cast<ledger::correction_kind>(kind),
                                                                          test::ishinomaki,
                                                                          test::yen(1),
                                                                          test::sample_lot()->source,
                                                                          {},
                                                                          ""})};
        EXPECT_EQ(code_of(encoded(one)), errc::corrupt);
    }
    one = test::sample_payment();
    one.caller.kind = static_cast<ledger::caller_kind>(8);
    EXPECT_EQ(code_of(encoded(one)), errc::corrupt);
    record unknown_kind = encoded(test::sample_payment());
    unknown_kind[6] = static_cast<std::byte>(ledger::fact_numbers.back() + 1);
    set_checksum(unknown_kind);
    EXPECT_EQ(code_of(unknown_kind), errc::version_too_new);
    one = test::sample_operator(1);
    one.what = ledger::key_revoked{{static_cast<ledger::caller_kind>(8), 1}, 1, {}, {}};
    EXPECT_EQ(code_of(encoded(one)), errc::corrupt);
    ledger::key_chain chain;
    chain.known.front().scopes = {};
    one.what = ledger::key_revoked{{ledger::caller_kind::partner, 1}, 1, chain, {}};
    EXPECT_EQ(code_of(encoded(one)), errc::corrupt) << "a key with no scope at all";
    chain.known.clear();
    one.what = ledger::key_revoked{{ledger::caller_kind::partner, 1}, 1, chain, {}};
    EXPECT_EQ(code_of(encoded(one)), errc::corrupt) << "no key at all";
}

// A payment's entry is what it was before there were origins; a version that knows nothing of them refuses an entry
// with one as too new, not as damaged.
TEST(entry_codec, has_a_newer_version_only_with_an_origin) {
    const record without = encoded(test::sample_payment());
    EXPECT_EQ(without[4], std::byte{1});
    record unknown_part = without;
    unknown_part[7] |= std::byte{64};
    set_checksum(unknown_part);
    EXPECT_EQ(code_of(unknown_part), errc::corrupt);
    record raised = without;
    raised[4] = std::byte{2};
    set_checksum(raised);
    EXPECT_EQ(code_of(raised), errc::corrupt) << "one encoding alone";
    for (const ledger::act_origin origin : {ledger::act_origin{2, 0, 0}, ledger::act_origin{0, 7, 0},
                                            ledger::act_origin{0, 0, 9}, ledger::act_origin{1, 5, 70'000}}) {
        auto act = test::sample_operator(1);
        act.origin = origin;
        record with = encoded(act);
        EXPECT_EQ(with[4], std::byte{2});
        ASSERT_TRUE(decode(with).has_value());
        EXPECT_EQ(decode(with)->what.origin, origin);
        with[4] = std::byte{1};
        set_checksum(with);
        EXPECT_EQ(code_of(with), errc::corrupt);
    }
}

std::string hex_of(const record& bytes) {
    std::string text;
    for (const auto byte : bytes)
        for (const unsigned half : {std::to_integer<unsigned>(byte) >> 4, std::to_integer<unsigned>(byte) & 15u})
            text.push_back("0123456789abcdef"[half]);
    return text;
}

// As the program wrote them that knew nothing of earmarks.
TEST(entry_codec, stores_what_has_no_earmark_in_the_same_bytes_as_ever) {
    auto one = test::sample_grant(3800);
    one.position = 5;
    EXPECT_EQ(hex_of(encoded(one)),
              "6eafdb6401000a1105005e56eea101000001012901002901a5c802146275646765743a3034323032313a"
              "6865616c7468c8c60280b083c59868d81d");
    one = test::sample_payment();
    one.position = 6;
    EXPECT_EQ(
        hex_of(encoded(one)),
        "0825b37701000c3d06005e56eea10100000481801c2430623963633762342d356230652d346230612d396435652d37613165326633"
        "6334643565efcdab89674523011032547698badcfe290200070002070181801c2901a5c8020108522d303030313233020002d81d00"
        "0101a5c802146275646765743a3034323032313a6865616c7468c8c60280b083c5986801");
    one = test::sample_grant(1);
    one.position = 7;
    one.what = ledger::points_expired{one.wallet, {{test::sample_lot(), test::yen(5)}}};
    EXPECT_EQ(hex_of(encoded(one)),
              "236792ee01000b1107005e56eea10100000101290100290101a5c802146275646765743a303432303231"
              "3a6865616c7468c8c60280b083c5986805");
    const ledger::campaign_terms terms{"walk",
                                       test::sample_lot()->source,
                                       test::yen(1000),
                                       ledger::jst_day{20000},
                                       ledger::jst_day{20100},
                                       ledger::amount_rule::fixed,
                                       test::yen(100),
                                       {}};
    one = test::sample_operator(1);
    one.what = ledger::campaign_proposed{test::ishinomaki, std::make_shared<const ledger::campaign_terms>(terms)};
    one.decided_at = ledger::instant{1'795'000'000'000};
    one.caller = {ledger::caller_kind::operator_, 1};
    one.idempotency_key.clear();
    one.fingerprint = {};
    one.position = 8;
    one.person = 1;
    EXPECT_EQ(hex_of(encoded(one)),
              "9103b56201001a0308005e56eea1010000010101a5c8020477616c6b146275646765743a303432303231"
              "3a6865616c7468e807c0b80288ba02016400");
}

// A version that knows nothing of earmarks refuses an entry with one as too new, and there is one encoding alone.
TEST(entry_codec, has_version_4_only_with_an_earmark) {
    const auto food = *ledger::category_set::from({"books", "food"});
    auto marked = *test::sample_lot();
    marked.earmark = food;
    const auto lot = std::make_shared<const ledger::lot_terms>(marked);
    ledger::entry paid = test::sample_payment();
    auto& lots = std::get<ledger::payment_decided>(paid.what).lots;
    const record without = encoded(paid);
    lots.push_back({lot, test::yen(7)});
    record with = encoded(paid);
    EXPECT_EQ(with[4], std::byte{4});
    const auto decoded = decode(with);
    ASSERT_TRUE(decoded.has_value()) << decoded.error().text();
    const auto& again = std::get<ledger::payment_decided>(decoded->what.what).lots;
    EXPECT_TRUE(again.front().lot->earmark.empty());
    EXPECT_EQ(again.back().lot->earmark, food);
    for (const unsigned version : {1u, 2u, 3u}) {
        with[4] = static_cast<std::byte>(version);
        set_checksum(with);
        EXPECT_EQ(code_of(with), errc::corrupt) << version;
    }
    record raised = without;
    raised[4] = std::byte{4};
    set_checksum(raised);
    EXPECT_EQ(code_of(raised), errc::corrupt);
    raised.push_back(std::byte{0}); // as if the only lot had said that it has none
    set_checksum(raised);
    EXPECT_EQ(code_of(raised), errc::corrupt);

    ledger::campaign_terms terms{"walk", marked.source, test::yen(1), {}, {}, ledger::amount_rule::fixed, test::yen(1),
                                 {}};
    ledger::entry proposed = test::sample_operator(1);
    const auto version_of_terms = [&] {
        proposed.what =
            ledger::campaign_proposed{test::ishinomaki, std::make_shared<const ledger::campaign_terms>(terms)};
        const auto bytes = encoded(proposed);
        const auto read = decode(bytes);
        EXPECT_TRUE(read && test::same(read->what, proposed));
        return std::to_integer<unsigned>(bytes[4]);
    };
    EXPECT_EQ(version_of_terms(), 1u);
    terms.earmark = food;
    EXPECT_EQ(version_of_terms(), 4u);
    terms.per_person = true;
    EXPECT_EQ(version_of_terms(), 4u);
    terms.earmark = {};
    EXPECT_EQ(version_of_terms(), 3u);
    proposed.what = ledger::merchant_categories_set{ledger::merchant_id{7}, food, "r"};
    EXPECT_EQ(encoded(proposed)[4], std::byte{1}) << "its number tells it is new";
    record unsorted = encoded(proposed);
    const std::string_view books{"books"};
    const auto at = std::search(unsorted.begin(), unsorted.end(), books.begin(), books.end(),
                                [](std::byte a, char b) { return a == static_cast<std::byte>(b); });
    ASSERT_NE(at, unsorted.end());
    *at = std::byte{'z'};
    set_checksum(unsorted);
    EXPECT_EQ(code_of(unsorted), errc::corrupt);
}

// What a fuzzer would do, with checksums made right so that the decoder itself is reached: whatever is accepted encodes
// to the same bytes again, so there is one encoding only.
TEST(entry_codec, takes_arbitrary_bytes_or_refuses_them) {
    std::size_t accepted = 0;
    for (const auto seed : test::seeds(40)) {
        SCOPED_TRACE(seed);
        test::any_entry any{seed};
        test::dice dice{seed};
        for (int round = 0; round < 500; ++round) {
            record altered = encoded(any());
            for (std::size_t changes = 1 + dice.below(3); changes > 0; --changes)
                altered[4 + dice.below(altered.size() - 4)] = static_cast<std::byte>(dice.below(256));
            if (dice.one_in(4)) altered.resize(8 + dice.below(altered.size() - 8));
            set_checksum(altered);
            const auto decoded = decode(altered);
            if (!decoded || decoded->end_of_batch) continue;
            ++accepted;
            ASSERT_EQ(encoded(decoded->what), altered);
        }
        for (int round = 0; round < 500; ++round) {
            record noise(8 + dice.below(120));
            for (auto& one : noise) one = static_cast<std::byte>(dice.below(256));
            noise[4] = static_cast<std::byte>(1 + dice.below(entry_version));
            noise[5] = static_cast<std::byte>(dice.below(2));
            noise[6] = static_cast<std::byte>(ledger::fact_numbers.at(dice.below(ledger::fact_numbers.size())));
            noise[7] = static_cast<std::byte>(dice.below(256));
            set_checksum(noise);
            static_cast<void>(decode(noise));
        }
    }
    EXPECT_GT(accepted, 0U);
}

} // namespace
} // namespace meguri::storage
