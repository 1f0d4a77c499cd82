#include "net/certificate_text.hpp"

#include "tests/support/test_authority.hpp"

#include <gtest/gtest.h>

namespace meguri::net {
namespace {

TEST(certificate_text, is_hex_as_openssl_prints_it) {
    const std::string small = "8f43288ad272f3103b6fb1428485ea3014c0bcfe971c112e2bee10b8f01ecc31";
    std::string large;
    std::string with_colons;
    for (std::size_t i = 0; i < small.size(); ++i) {
        const char c = small[i];
        large += c >= 'a' ? static_cast<char>(c - 32) : c;
        if (i % 2 == 0 && i > 0) with_colons += ':';
        with_colons += large.back();
    }
    for (const auto& one : {small, large, with_colons}) {
        const auto parsed = parse_certificate(one);
        ASSERT_TRUE(parsed.has_value()) << one;
        EXPECT_EQ(text_of(*parsed), small);
        EXPECT_EQ(parsed->bytes.front(), 0x8f);
        EXPECT_EQ(parsed->bytes.back(), 0x31);
    }
    for (const auto& wrong :
         {std::string{}, small.substr(1), small + "0", small.substr(2) + "0g", small.substr(2) + "g0",
          with_colons.substr(1) + "0", "SHA256 Fingerprint=" + with_colons, small + "\n"})
        EXPECT_FALSE(parse_certificate(wrong)) << wrong;
    auto dashes = with_colons;
    dashes[5] = '-';
    EXPECT_FALSE(parse_certificate(dashes));
}

TEST(certificate_text, is_the_certificate_itself) {
    test::test_authority chain{"chain of shops"};
    const auto till = chain.issue("till 1");
    const auto other = chain.issue("till 2");
    const auto pem = till.pem();
    ASSERT_TRUE(parse_certificate(pem).has_value());
    EXPECT_EQ(text_of(*parse_certificate(pem)), till.digest());
    EXPECT_NE(text_of(*parse_certificate(other.pem())), till.digest());
    EXPECT_TRUE(parse_certificate(pem.substr(0, pem.size() - 1))) << "the last line end may be missing";

    EXPECT_FALSE(parse_certificate(pem + other.pem())) << "a chain is not one certificate";
    EXPECT_FALSE(parse_certificate(pem + "-----BEGIN PRIVATE KEY-----\nAA==\n-----END PRIVATE KEY-----\n"));
    EXPECT_FALSE(parse_certificate("till 1\n" + pem));
    auto damaged = pem;
    damaged[100] = damaged[100] == 'A' ? 'B' : 'A';
    damaged.erase(200, 8);
    EXPECT_FALSE(parse_certificate(damaged));
    EXPECT_FALSE(parse_certificate("-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n"));
}

} // namespace
} // namespace meguri::net
