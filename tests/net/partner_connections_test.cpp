// The partners of the operator's file, with their secrets: what can be used, and what is refused at the start.
#include "net/partner_connections.hpp"
#include "tests/net/api_scene.hpp"
#include "tests/support/temporary_folder.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <string>

namespace meguri::net {
namespace {

struct partner_files {
    test::temporary_folder folder;
    std::string id = test::scene_keys().encode_id(storage::id_kind::partner, 3).str();

    std::string entry(const std::string& token_endpoint, const std::string& secret = "secret") const {
        return "[[partner]]\nid = \"" + id + "\"\nclient_id = \"meguri\"\nclient_secret_file = \"" +
               (folder / secret).string() + "\"\nauthorization_endpoint = \"https://a.jp/a\"\ntoken_endpoint = \"" +
               token_endpoint +
               "\"\naccount_endpoint = \"https://a.jp/c\"\nconversions_endpoint = \"https://a.jp/d\"\n";
    }
    tl::expected<partner_connections, config::error> load(const std::string& text) const {
        std::ofstream{folder / "secret"} << "a secret\nand another line\n";
        const std::ofstream empty{folder / "empty"};
        std::ofstream{folder / "partners.toml"} << text;
        return partner_connections::load((folder / "partners.toml").string(), test::scene_keys());
    }
    std::string fault(const std::string& text) const {
        const auto loaded = load(text);
        return loaded ? "loaded" : loaded.error().key + ' ' + loaded.error().detail.substr(id.size() + 2);
    }
};

TEST(partner_connections, are_found_by_their_partner_with_their_secret) {
    const partner_files files;
    const auto loaded = files.load(files.entry("https://a.jp/b"));
    ASSERT_TRUE(loaded.has_value()) << loaded.error().message();
    const auto* const found = loaded->find(ledger::partner_id{3});
    ASSERT_NE(found, nullptr);
    EXPECT_EQ(found->client_secret.reveal(), "a secret");
    EXPECT_EQ(found->at.token_endpoint, "https://a.jp/b");
    EXPECT_EQ(loaded->find(ledger::partner_id{4}), nullptr);
    EXPECT_TRUE(files.load(files.entry("http://127.0.0.1:9000/b")).has_value()) << "this machine";
}

TEST(partner_connections, are_refused_where_secrets_would_go_astray) {
    const partner_files files;
    const auto good = files.entry("https://a.jp/b");
    EXPECT_EQ(files.fault(files.entry("http://a.jp/b")), "partner.token_endpoint must be https");
    EXPECT_EQ(files.fault(files.entry("a.jp/b")), "partner.token_endpoint is no address of http or https");
    EXPECT_EQ(files.fault(good + good), "partner.id is named twice");
    EXPECT_EQ(files.fault(files.entry("https://a.jp/b", "empty")), "partner.client_secret_file has no first line");
    EXPECT_EQ(files.fault(files.entry("https://a.jp/b", "none")), "partner.client_secret_file has no first line");
}

} // namespace
} // namespace meguri::net
