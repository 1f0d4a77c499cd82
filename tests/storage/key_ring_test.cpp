#include "storage/key_ring.hpp"

#include "storage/base32.hpp"
#include "tests/support/seeds.hpp"
#include "tests/support/temporary_folder.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <set>
#include <sys/stat.h>
#include <thread>
#include <utility>
#include <vector>

namespace meguri::storage {
namespace {

using ledger::caller_kind;

key_ring ring_of(unsigned char seed) {
    std::array<std::byte, key_ring::key_bytes> key{};
    key.fill(static_cast<std::byte>(seed));
    return key_ring{secret{key}};
}

constexpr std::array<id_kind, 13> all_kinds{
    id_kind::authorization, id_kind::refund, id_kind::reversal,  id_kind::merchant, id_kind::terminal,
    id_kind::shop,          id_kind::wallet, id_kind::operator_, id_kind::staff,    id_kind::partner,
    id_kind::cursor,        id_kind::grant,  id_kind::entry};

template <class T>
concept printable = requires(std::ostream& out, const T& value) {
    out << value;
};
static_assert(printable<std::string> && !printable<secret<std::string>>);

TEST(key_ring, reads_the_event_codes_that_it_gave_and_no_others) {
    const auto ring = ring_of(1);
    for (const std::uint32_t number : {0U, 1U, 77U, ledger::event_code_last - 1}) {
        auto code = ring.event_code(4'711, number);
        EXPECT_EQ(code.size(), 26U);
        const auto read = ring.read_event_code(code);
        ASSERT_TRUE(read.has_value());
        EXPECT_EQ(read->event, 4'711U);
        EXPECT_EQ(read->number, number);
        for (char& c : code) { // one character that is misread
            const char right = std::exchange(c, c == 'A' ? 'B' : 'A');
            EXPECT_FALSE(ring.read_event_code(code).has_value());
            c = right;
        }
    }
    EXPECT_FALSE(ring.read_event_code("").has_value());
    const auto id = std::string{ring.encode_id(id_kind::event, 4'711).view().substr(4)};
    EXPECT_FALSE(ring.read_event_code(id).has_value()) << "an id is no code";
}

TEST(key_ring, gives_the_same_from_the_same_file) {
    const test::temporary_folder folder;
    ASSERT_TRUE(key_ring::create(folder / "key"));
    const auto first = key_ring::load(folder / "key");
    const auto again = key_ring::load(folder / "key");
    ASSERT_TRUE(first.has_value() && again.has_value());
    EXPECT_EQ(first->bearer_key(caller_kind::terminal, 5, {}).reveal(),
              again->bearer_key(caller_kind::terminal, 5, {}).reveal());
    EXPECT_EQ(first->encode_id(id_kind::wallet, 5).view(), again->encode_id(id_kind::wallet, 5).view());
    EXPECT_EQ(first->digest_of_code("X"), again->digest_of_code("X"));
}

TEST(key_ring, never_overwrites_a_key_file) {
    const test::temporary_folder folder;
    ASSERT_TRUE(key_ring::create(folder / "key"));
    const auto second = key_ring::create(folder / "key");
    ASSERT_FALSE(second.has_value());
    EXPECT_EQ(second.error().code, errc::not_empty);
}

TEST(key_ring, refuses_a_file_that_is_absent_of_another_size_or_open_to_others) {
    const test::temporary_folder folder;
    EXPECT_EQ(key_ring::load(folder / "key").error().code, errc::not_found);
    for (const std::size_t size : {0U, 31U, 33U}) {
        std::ofstream{folder / "key"} << std::string(size, 'k');
        ::chmod((folder / "key").c_str(), 0600);
        EXPECT_EQ(key_ring::load(folder / "key").error().code, errc::corrupt) << size;
    }
    std::ofstream{folder / "key"} << std::string(32, 'k');
    ASSERT_TRUE(key_ring::load(folder / "key").has_value());
    ::chmod((folder / "key").c_str(), 0640);
    EXPECT_EQ(key_ring::load(folder / "key").error().code, errc::key_exposed);
}

TEST(key_ring, derives_a_bearer_key_for_each_caller_and_generation) {
    const auto ring = ring_of(1);
    EXPECT_TRUE(ring.bearer_key(caller_kind::operator_, 1, {}).reveal().starts_with("op_"));
    EXPECT_TRUE(ring.bearer_key(caller_kind::municipality, 1, {}).reveal().starts_with("mu_"));
    EXPECT_TRUE(ring.bearer_key(caller_kind::partner, 1, {}).reveal().starts_with("pa_"));
    EXPECT_TRUE(ring.bearer_key(caller_kind::terminal, 1, {}).reveal().starts_with("te_"));
    EXPECT_TRUE(ring.bearer_key(caller_kind::shop, 1, {}).reveal().starts_with("sh_"));
    std::set<std::string> bodies;
    for (const auto kind :
         {caller_kind::operator_, caller_kind::municipality, caller_kind::terminal, caller_kind::shop})
        for (std::uint64_t id = 1; id < 20; ++id)
            for (std::uint32_t generation = 0; generation < 3; ++generation) {
                const auto key = ring.bearer_key(kind, id, {}, generation).reveal();
                ASSERT_EQ(key.size(), 3U + 32U);
                ASSERT_TRUE(std::all_of(key.begin(), key.end(), [](unsigned char c) {
                    return std::isalnum(c) != 0 || c == '_' || c == '-';
                })) << key;
                bodies.insert(key.substr(3));
            }
    EXPECT_EQ(bodies.size(), 4U * 19U * 3U);
    EXPECT_NE(ring_of(2).bearer_key(caller_kind::shop, 1, {}).reveal(),
              ring.bearer_key(caller_kind::shop, 1, {}).reveal());
}

TEST(key_ring, derives_codes_of_20_characters_that_nobody_confuses) {
    const auto ring = ring_of(1);
    std::set<std::string> codes;
    for (std::uint64_t wallet = 1; wallet < 50; ++wallet)
        for (std::uint32_t ordinal = 1; ordinal < 4; ++ordinal) {
            const auto text = ring.code_text(ledger::wallet_id{wallet}, ordinal, ledger::code_kind::card, {}).reveal();
            ASSERT_EQ(text.size(), 20U);
            ASSERT_EQ(text.find_first_not_of(base32_upper), std::string::npos) << text;
            codes.insert(text);
        }
    codes.insert(ring.code_text(ledger::wallet_id{1}, 1, ledger::code_kind::once, {}).reveal());
    EXPECT_EQ(codes.size(), 49U * 3U + 1U);
}

TEST(key_ring, derives_codes_of_digits_in_their_form) {
    const auto ring = ring_of(1);
    std::set<std::string> codes;
    for (const auto& format :
         {ledger::numeric_format{"", 16}, ledger::numeric_format{"28", 20}, ledger::numeric_format{"123456", 32}})
        for (std::uint64_t wallet = 1; wallet < 50; ++wallet)
            for (std::uint32_t ordinal = 1; ordinal < 4; ++ordinal) {
                const auto text = ring.numeric_code_text(ledger::wallet_id{wallet}, ordinal, format, {}).reveal();
                ASSERT_EQ(text.size(), format.length);
                ASSERT_TRUE(text.starts_with(format.prefix));
                ASSERT_TRUE(ledger::has_luhn_digit(text)) << text;
                codes.insert(text);
            }
    EXPECT_EQ(codes.size(), 3U * 49U * 3U);
    EXPECT_NE(ring.numeric_code_text(ledger::wallet_id{1}, 1, {"", 16}, {}).reveal(),
              ring.numeric_code_text(ledger::wallet_id{1}, 1, {"", 16}, ledger::epoch_mark{7}).reveal());
}

TEST(key_ring, derives_an_activation_code_for_each_number) {
    const auto ring = ring_of(1);
    std::set<std::string> codes;
    for (std::uint64_t merchant = 1; merchant < 50; ++merchant)
        for (std::uint32_t number = 1; number < 20; ++number)
            codes.insert(ring.activation(ledger::merchant_id{merchant}, number, {}).text());
    codes.insert(ring.activation(ledger::merchant_id{1}, 1, ledger::epoch_mark{7}).text());
    EXPECT_EQ(codes.size(), 49U * 19U + 1U);
    const auto code = ring.activation(ledger::merchant_id{1}, 1, {});
    EXPECT_NE(ring.digest_of_activation(code), ring_of(2).digest_of_activation(code));
    EXPECT_NE(ring.digest_of_activation(code), ring.digest_of_activation(ring.activation({}, 1, {})));
}

TEST(key_ring, digests_each_purpose_and_scope_apart) {
    const auto ring = ring_of(1);
    const ledger::caller_ref till{caller_kind::terminal, 1};
    const ledger::caller_ref shop{caller_kind::shop, 1};
    std::set<ledger::digest128> digests{ring.digest_of_bearer("x"),
                                        ring.digest_of_code("x"),
                                        ring.digest_of_idempotency(till, "x"),
                                        ring.digest_of_idempotency(shop, "x"),
                                        ring.digest_of_idempotency({caller_kind::terminal, 2}, "x"),
                                        ring.digest_of_idempotency(till, "y"),
                                        ring.digest_of_reference(ledger::merchant_id{1}, "x"),
                                        ring.digest_of_reference(ledger::merchant_id{2}, "x"),
                                        ring_of(2).digest_of_bearer("x")};
    EXPECT_EQ(digests.size(), 9U);
    EXPECT_EQ(ring.digest_of_idempotency(till, "x"), ring.digest_of_idempotency(till, "x"));
    EXPECT_TRUE(static_cast<bool>(ring.digest_of_code("")));
    EXPECT_NE(ring.digest_of_code(std::string(10'000, 'a')), ring.digest_of_code(std::string(10'001, 'a')));
}

TEST(key_ring, seals_tokens_for_one_account_under_one_key_file) {
    const auto ring = ring_of(1);
    const auto account = ring.digest_of_partner_account(ledger::partner_id{7}, "m-1");
    EXPECT_NE(account, ring.digest_of_partner_account(ledger::partner_id{8}, "m-1"));
    EXPECT_NE(account, ring.digest_of_conversion(ledger::partner_id{7}, "m-1"));
    const auto sealed = ring.seal_tokens(account, "access and refresh");
    EXPECT_EQ(sealed.find("access"), std::string::npos);
    EXPECT_NE(ring.seal_tokens(account, "access and refresh"), sealed) << "another nonce each time";
    EXPECT_EQ(ring.open_tokens(account, sealed)->reveal(), "access and refresh");
    EXPECT_FALSE(ring.open_tokens(ring.digest_of_partner_account(ledger::partner_id{7}, "m-2"), sealed));
    EXPECT_FALSE(ring_of(2).open_tokens(account, sealed));
    for (std::size_t i = 0; i < sealed.size(); ++i) {
        auto damaged = sealed;
        damaged[i] ^= 1;
        EXPECT_FALSE(ring.open_tokens(account, damaged)) << i;
    }
    for (std::size_t size = 0; size < sealed.size(); ++size)
        EXPECT_FALSE(ring.open_tokens(account, sealed.substr(0, size)));
    EXPECT_EQ(ring.open_tokens(account, ring.seal_tokens(account, ""))->reveal(), "");
}

TEST(key_ring, decodes_the_ids_that_it_encoded) {
    const auto ring = ring_of(1);
    for (const auto seed : test::seeds(2)) {
        test::dice dice{seed};
        for (int i = 0; i < 500; ++i) {
            const std::uint64_t value = dice.engine()() >> dice.below(64);
            for (const auto kind : all_kinds) {
                const auto text = ring.encode_id(kind, value);
                ASSERT_EQ(ring.decode_id(kind, text.view()), value) << "seed " << seed;
            }
        }
    }
    EXPECT_TRUE(ring.encode_id(id_kind::authorization, 1).view().starts_with("au_"));
    EXPECT_TRUE(ring.encode_id(id_kind::shop, 1).view().starts_with("shop_"));
    EXPECT_TRUE(ring.encode_id(id_kind::entry, 1).view().starts_with("en_"));
    EXPECT_EQ(ring.encode_id(id_kind::shop, 1).view().size(), 5U + 26U);
}

TEST(key_ring, decodes_no_id_of_another_kind_ring_or_make) {
    const auto ring = ring_of(1);
    const std::string wallet = ring.encode_id(id_kind::wallet, 41).str();
    for (const auto kind : all_kinds)
        if (kind != id_kind::wallet) {
            EXPECT_EQ(ring.decode_id(kind, wallet), std::nullopt);
            // Under the other kind's own prefix too.
            const auto other = ring.encode_id(kind, 41).str();
            const auto prefix = other.substr(0, other.find('_') + 1);
            EXPECT_EQ(ring.decode_id(kind, prefix + wallet.substr(4)), std::nullopt);
        }
    EXPECT_EQ(ring_of(2).decode_id(id_kind::wallet, wallet), std::nullopt);
    for (std::size_t at = 0; at < wallet.size(); ++at)
        for (const char c : std::string{"0z7A-_ "}) {
            auto altered = wallet;
            if (altered[at] == c) continue;
            altered[at] = c;
            EXPECT_EQ(ring.decode_id(id_kind::wallet, altered), std::nullopt) << altered;
        }
    EXPECT_EQ(ring.decode_id(id_kind::wallet, ""), std::nullopt);
    EXPECT_EQ(ring.decode_id(id_kind::wallet, "wal_"), std::nullopt);
    EXPECT_EQ(ring.decode_id(id_kind::wallet, wallet + "0"), std::nullopt);
    EXPECT_EQ(ring.decode_id(id_kind::wallet, wallet.substr(0, wallet.size() - 1)), std::nullopt);
}

// A ledger restored twice, and another way that its restore could have gone.
ledger::epoch_list restored(std::uint32_t second_mark) {
    ledger::epoch_list all;
    all.begin({1, ledger::epoch_mark{0xA1}, 101, 10, 3, 5});
    all.begin({2, ledger::epoch_mark{second_mark}, 251, 20, 4, 9});
    return all;
}

key_ring ring_in(const ledger::epoch_list& epochs) {
    auto ring = ring_of(1);
    ring.adopt(epochs);
    return ring;
}

std::uint64_t outlet(std::uint16_t number, std::uint32_t epoch) {
    return ledger::outlet_id{ledger::merchant_id{2}, number, epoch}.value();
}

TEST(key_ring, decodes_no_id_of_an_epoch_that_was_forgotten) {
    const auto never = ring_of(1);
    const auto once = ring_in(restored(0xB2));
    const auto again = ring_in(restored(0xC3));
    struct row {
        id_kind kind;
        std::uint64_t kept;  // given out before the first restore, and there for ever
        std::uint64_t first; // in the first epoch, whichever way the second went
        std::uint64_t lost;  // given out anew in the second
    };
    const std::vector<row> rows{
        {id_kind::authorization, 100, 250, 251},
        {id_kind::refund, 100, 101, 251},
        {id_kind::reversal, 99, 102, 300},
        {id_kind::grant, 100, 250, 251},
        {id_kind::entry, 100, 250, 251},
        {id_kind::correction, 1, 250, 251},
        {id_kind::campaign, 1, 250, 251},
        {id_kind::conversion, 1, 250, 251},
        {id_kind::coupon, 1, 250, 251},
        {id_kind::reconciliation, 1, 250, 251},
        {id_kind::recipients, 1, 250, 251},
        {id_kind::eligibility, 1, 250, 251},
        {id_kind::event, 1, 250, 251},
        {id_kind::clawback, 1, 250, 251},
        {id_kind::purchase, 1, 250, 251},
        {id_kind::transfer, 1, 250, 251},
        {id_kind::mandate, 1, 250, 251},
        {id_kind::debit_order, 1, 250, 251},
        {id_kind::cursor, 100, 250, 251},
        {id_kind::wallet, 10, 20, 21},
        {id_kind::merchant, 3, 4, 5},
        {id_kind::operator_, 5, 9, 10},
        {id_kind::staff, 1, 6, 11},
        {id_kind::partner, 5, 9, 10},
        {id_kind::terminal, outlet(1, 0), outlet(2, 1), outlet(3, 2)},
        {id_kind::shop, outlet(1, 0), outlet(2, 1), outlet(3, 2)},
    };
    for (const auto& [kind, kept, first, lost] : rows) {
        SCOPED_TRACE(never.encode_id(kind, kept).str());
        EXPECT_EQ(once.encode_id(kind, kept).view(), never.encode_id(kind, kept).view()) << "as it was given out";
        EXPECT_EQ(once.decode_id(kind, never.encode_id(kind, kept).view()), kept);
        EXPECT_EQ(again.encode_id(kind, first).view(), once.encode_id(kind, first).view());
        EXPECT_EQ(again.decode_id(kind, once.encode_id(kind, first).view()), first);
        EXPECT_NE(once.encode_id(kind, first).view(), never.encode_id(kind, first).view());
        for (const auto* const other : {&never, &again}) {
            EXPECT_NE(once.encode_id(kind, lost).view(), other->encode_id(kind, lost).view());
            EXPECT_EQ(once.decode_id(kind, other->encode_id(kind, lost).view()), std::nullopt) << "beyond the cut";
            EXPECT_EQ(other->decode_id(kind, once.encode_id(kind, lost).view()), std::nullopt);
        }
        EXPECT_EQ(once.decode_id(kind, once.encode_id(kind, lost).view()), lost);
    }
}

TEST(key_ring, derives_other_keys_and_codes_in_each_epoch) {
    const auto ring = ring_of(1);
    std::set<std::string> keys;
    std::set<std::string> codes;
    for (const std::uint32_t mark : {0U, 1U, 2U, 0xFFFF'FFFFU})
        for (std::uint32_t generation = 0; generation < 3; ++generation) {
            keys.insert(ring.bearer_key(caller_kind::terminal, 5, ledger::epoch_mark{mark}, generation).reveal());
            codes.insert(
                ring.code_text(ledger::wallet_id{5}, generation + 1, ledger::code_kind::card, ledger::epoch_mark{mark})
                    .reveal());
        }
    EXPECT_EQ(keys.size(), 4U * 3U);
    EXPECT_EQ(codes.size(), 4U * 3U);
}

// What programs before there were epochs gave out for this key.
TEST(key_ring, gives_out_what_it_always_did_before_the_first_restore) {
    const auto ring = ring_of(1);
    EXPECT_EQ(ring.encode_id(id_kind::authorization, 80'000'001).view(), "au_nar2mpbw61zs42k0316kv5gtc8");
    EXPECT_EQ(ring.encode_id(id_kind::terminal, 1U << 16 | 1U).view(), "ter_mqa4ww1782p5snf5pedemc2akr");
    EXPECT_EQ(ring.bearer_key(caller_kind::terminal, 5, {}, 2).reveal(), "te_gDx57pxLksRhZcWJLMM47cj-Gyjfk-pH");
    EXPECT_EQ(ring.code_text(ledger::wallet_id{5}, 1, ledger::code_kind::card, {}).reveal(), "XRNDE1HFVT75ABVFXT7E");
}

TEST(key_ring, serves_many_threads_and_several_rings_at_once) {
    const auto one = ring_of(1);
    const auto other = ring_of(2);
    std::vector<std::thread> threads;
    std::atomic<int> wrong{0};
    for (int t = 0; t < 4; ++t)
        threads.emplace_back([&] {
            for (std::uint64_t i = 0; i < 500; ++i) {
                const auto a = one.encode_id(id_kind::entry, i);
                const auto b = other.encode_id(id_kind::entry, i);
                if (one.decode_id(id_kind::entry, a.view()) != i || other.decode_id(id_kind::entry, b.view()) != i)
                    ++wrong;
                if (one.decode_id(id_kind::entry, b.view())) ++wrong;
            }
        });
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(wrong, 0);
}

} // namespace
} // namespace meguri::storage
