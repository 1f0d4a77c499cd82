// The file of partners at which accounts are linked: what it says, and where it is wrong.
#include "config/partner_file.hpp"

#include <gtest/gtest.h>

#include <string>

namespace meguri::config {
namespace {

constexpr const char* one_partner = R"([[partner]]
id = "par_1"
client_id = "meguri"
client_secret_file = "/etc/secret"
authorization_endpoint = "https://a.jp/authorize"
token_endpoint = "https://a.jp/token"
account_endpoint = "https://a.jp/account"
conversions_endpoint = "https://a.jp/conversions"
)";

std::string message_of(const std::string& text) {
    const auto read = parse_partner_file(text, "p.toml");
    return read ? "read" : read.error().message();
}

TEST(partner_file, is_read_as_it_stands) {
    const auto read = parse_partner_file(std::string{one_partner} + "scope = \"points\"\n" + one_partner, "p.toml");
    ASSERT_TRUE(read.has_value()) << read.error().message();
    ASSERT_EQ(read->size(), 2U);
    EXPECT_EQ(read->front().token_endpoint, "https://a.jp/token");
    EXPECT_EQ(read->front().scope, "points");
    EXPECT_EQ(read->back().scope, "");
    EXPECT_EQ(read->back().revocation_endpoint, "");
    EXPECT_TRUE(parse_partner_file("", "p.toml")->empty());
    EXPECT_TRUE(load_partner_file("")->empty());
}

TEST(partner_file, says_where_it_is_wrong) {
    const std::string good = one_partner;
    EXPECT_EQ(message_of(good + "secret = \"x\"\n"), "p.toml:9: partner.secret: no setting has this name");
    EXPECT_EQ(message_of(good + "scope = 5\n"), "p.toml:9: partner.scope: must be a text in quotes");
    EXPECT_EQ(message_of("[[partner]]\nid = \"par_1\"\n"), "p.toml:1: partner.client_id: must be given");
    EXPECT_EQ(message_of("[partners]\n"), "p.toml:1: partners: only [[partner]] stands in this file");
    EXPECT_EQ(message_of("partner = 5\n"), "p.toml:1: partner: only [[partner]] stands in this file");
    EXPECT_TRUE(message_of("[[partner\n").starts_with("p.toml:1: ")) << message_of("[[partner\n");
    EXPECT_EQ(load_partner_file("/nowhere/p.toml").error().kind, error_kind::unreadable);
}

} // namespace
} // namespace meguri::config
