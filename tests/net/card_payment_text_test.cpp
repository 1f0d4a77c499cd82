#include "net/card_payment_text.hpp"

#include <gtest/gtest.h>

#include <set>

namespace meguri::net {
namespace {

card_payment sample_card_payment() {
    return {"mer_0a1b",
            "ter_2c3d",
            ledger::program_code::parse("042021"),
            *ledger::points::from(1200),
            true,
            "p-1",
            *ledger::parse_rfc3339("2026-04-01T03:04:05.678Z")};
}

TEST(card_payment_text, is_what_the_contract_says) {
    EXPECT_EQ(text_to_sign(sample_card_payment()),
              "MEGURI-PAY-1\nmer_0a1b\nter_2c3d\n042021\n1200\ntrue\np-1\n2026-04-01T03:04:05.678Z\n");
    auto without_program = sample_card_payment();
    without_program.program.reset();
    without_program.capture = false;
    EXPECT_EQ(text_to_sign(without_program),
              "MEGURI-PAY-1\nmer_0a1b\nter_2c3d\n\n1200\nfalse\np-1\n2026-04-01T03:04:05.678Z\n");
}

TEST(card_payment_text, differs_with_every_part) {
    std::set<std::string> texts{text_to_sign(sample_card_payment())};
    const auto add = [&texts](auto change) {
        auto other = sample_card_payment();
        change(other);
        EXPECT_TRUE(texts.insert(text_to_sign(other)).second) << text_to_sign(other);
    };
    add([](auto& one) { one.merchant = "mer_0a1c"; });
    add([](auto& one) { one.outlet = "ter_2c3e"; });
    add([](auto& one) { one.outlet = "shop_2c3d"; });
    add([](auto& one) { one.program = ledger::program_code::parse("432148"); });
    add([](auto& one) { one.program.reset(); });
    add([](auto& one) { one.amount = *ledger::points::from(12'000); });
    add([](auto& one) { one.capture = false; });
    add([](auto& one) { one.idempotency_key = "p-2"; });
    add([](auto& one) { one.idempotency_key = "1200"; });
    add([](auto& one) { one.signed_at = one.signed_at.plus_ms(1); });
}

// What would move a part into the next line never gets that far; if it does, nothing is signed or paid.
TEST(card_payment_text_death_test, takes_no_line_feed_within_a_part) {
    for (const char* key : {"p-1\n1200", "p-1\r", "p 1", "\n"}) {
        auto split = sample_card_payment();
        split.idempotency_key = key;
        EXPECT_DEATH(static_cast<void>(text_to_sign(split)), "") << key;
    }
}

} // namespace
} // namespace meguri::net
