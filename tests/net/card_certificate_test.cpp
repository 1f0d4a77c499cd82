// Which certificates and signatures of cards are genuine: a row for everything that can be wrong with one.
#include "net/card_certificate.hpp"

#include "tests/net/card_scene.hpp"

#include <gtest/gtest.h>

namespace meguri::net {
namespace {

using test::card_key;
using test::card_wish;

struct card_certificates : testing::Test {
    test::card_authority first;
    test::card_authority second;
    card_authorities pinned = *card_authorities::parse(first.self().pem() + second.self().pem(), "authorities.pem");

    [[nodiscard]] bool takes(const test::issued_certificate& one) const {
        const auto read = read_card_certificate(one.der(), pinned);
        return read && read->is_good() && read->signed_text("text", test::sign_as_card(one, "text"));
    }
};

TEST_F(card_certificates, of_both_generations_are_taken_and_told_apart) {
    const auto old_card = first.issue({}, 7);
    const auto new_card = second.issue({}, 8);
    EXPECT_TRUE(takes(old_card));
    EXPECT_TRUE(takes(new_card));
    const auto of_old = read_card_certificate(old_card.der(), pinned);
    const auto of_new = read_card_certificate(new_card.der(), pinned);
    EXPECT_EQ(of_old->issued_by, pinned.all()[0].name);
    EXPECT_EQ(of_new->issued_by, pinned.all()[1].name);
    EXPECT_NE(of_old->identity, of_new->identity);
}

TEST_F(card_certificates, of_the_next_cards_are_taken) { EXPECT_TRUE(takes(first.issue({.key = card_key::p_384}))); }

TEST_F(card_certificates, of_others_are_not_taken) {
    test::card_authority other{"SOMEBODY"};
    test::card_authority third_generation; // of the same name, not pinned
    EXPECT_FALSE(takes(other.issue()));
    EXPECT_FALSE(takes(third_generation.issue()));
    EXPECT_FALSE(takes(first.self()));
}

TEST_F(card_certificates, of_another_kind_are_not_taken) {
    const std::vector<std::pair<const char*, card_wish>> rows{
        {"for signing", test::signing_wish()},
        {"the signing policy", {.policy = test::signing_policy}},
        {"two policies", {.policy = "1.2.392.200149.8.5.1.3.30,1.2.392.200149.8.5.1.1.30"}},
        {"more use", {.key_usage = "critical,digitalSignature,nonRepudiation"}},
        {"other use", {.key_usage = "critical,keyEncipherment"}},
        {"an authority's use", {.key_usage = "critical,digitalSignature,keyCertSign"}},
        {"RSA-1024", {.key = card_key::rsa_1024}},
        {"signed by SHA-1", {.signed_by_digest = "SHA1"}},
        {"signed by MD5", {.signed_by_digest = "MD5"}},
    };
    for (const auto& [what, wish] : rows) EXPECT_FALSE(takes(first.issue(wish))) << what;
    EXPECT_TRUE(takes(first.issue()));
}

TEST_F(card_certificates, say_when_they_are_good_and_are_judged_by_nobody_yet) {
    const auto now_ms = test::card_scene::now().unix_ms();
    const auto ended = read_card_certificate(first.issue({.begins_s = -7'200, .ends_s = -3'600}).der(), pinned);
    EXPECT_TRUE(ended->is_good());
    EXPECT_NEAR(static_cast<double>(ended->begins.unix_ms() - now_ms), -7'200'000, 5'000);
    EXPECT_NEAR(static_cast<double>(ended->ends.unix_ms() - now_ms), -3'600'000, 5'000);
    EXPECT_EQ(ended->ends.unix_ms() % 1'000, 999);
    // Never beyond its authority's.
    const auto lasting = read_card_certificate(first.issue({.ends_s = 20L * 365 * 86'400}).der(), pinned);
    EXPECT_LT(lasting->ends.unix_ms() - now_ms, 11L * 365 * 86'400'000);
}

TEST_F(card_certificates, with_a_changed_byte_are_not_taken) {
    const auto card = first.issue();
    const auto signature = test::sign_as_card(card, "text");
    std::string der = card.der();
    for (std::size_t at = 0; at < der.size(); at += 7) {
        std::string changed = der;
        changed[at] = static_cast<char>(changed[at] ^ 1);
        const auto read = read_card_certificate(changed, pinned);
        EXPECT_FALSE(read && read->is_good() && read->signed_text("text", signature)) << at;
    }
    EXPECT_FALSE(read_card_certificate(der + '\0', pinned));
    EXPECT_FALSE(read_card_certificate(der.substr(0, der.size() - 1), pinned));
    EXPECT_FALSE(read_card_certificate("", pinned));
    EXPECT_FALSE(read_card_certificate(card.pem(), pinned));
}

TEST_F(card_certificates, sign_one_text_only) {
    const auto card = first.issue();
    const auto other = first.issue();
    const auto read = read_card_certificate(card.der(), pinned);
    const auto signature = test::sign_as_card(card, "1200");
    EXPECT_TRUE(read->signed_text("1200", signature));
    EXPECT_FALSE(read->signed_text("12000", signature));
    EXPECT_FALSE(read->signed_text("1200", test::sign_as_card(other, "1200")));
    EXPECT_FALSE(read->signed_text("1200", ""));
    EXPECT_FALSE(read->signed_text("1200", signature.substr(1)));
    EXPECT_FALSE(read->signed_text("1200", std::string(256, '\0')));
}

TEST(card_authorities_test, must_be_certificates_of_authorities) {
    test::card_authority by;
    EXPECT_TRUE(card_authorities::parse(by.self().pem(), "f"));
    for (const auto& text : {std::string{}, std::string{"roots"}, by.issue().pem(), by.self().pem() + by.issue().pem(),
                             by.self().pem() + "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"}) {
        const auto parsed = card_authorities::parse(text, "roots.pem");
        ASSERT_FALSE(parsed) << text;
        EXPECT_EQ(parsed.error().kind, error_kind::bad_card_authorities);
        EXPECT_TRUE(parsed.error().detail.starts_with("roots.pem: ")) << parsed.error().detail;
    }
}

} // namespace
} // namespace meguri::net
