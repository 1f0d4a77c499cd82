#include "config/load_settings.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <unistd.h>

namespace meguri::config {
namespace {

class temporary_file {
public:
    explicit temporary_file(const std::string& content) {
        std::string pattern = (std::filesystem::temp_directory_path() / "meguri_settings_XXXXXX").string();
        const int made = mkstemp(pattern.data());
        EXPECT_GE(made, 0);
        close(made);
        path_ = pattern;
        std::ofstream{path_, std::ios::binary} << content;
    }
    ~temporary_file() { std::filesystem::remove(path_); }
    temporary_file(const temporary_file&) = delete;
    temporary_file& operator=(const temporary_file&) = delete;

    [[nodiscard]] const std::string& path() const noexcept { return path_; }

private:
    std::string path_;
};

TEST(load_settings, leaves_the_defaults_where_the_file_is_silent) {
    const auto read = parse_settings("[limits]\nbody_bytes = 2048\n[log]\n", "some.toml");
    ASSERT_TRUE(read) << read.error().message();
    EXPECT_EQ(read->limits.body_bytes, 2048U);
    EXPECT_EQ(read->limits.max_connections, 4096U);
    EXPECT_EQ(to_string(read->server.listen), "127.0.0.1:8080");
    EXPECT_EQ(read->log.level, log_level::info);
}

TEST(load_settings, reads_every_type) {
    const auto read = parse_settings(R"(
server.listen = "[::]:0"
server.allow_plain_http = true
server.tls_certificate = "a.pem"
server.tls_key = "b.pem"
data = { dir = "石巻", reserve_mib = 1073741824 }
[log]
level = "warn"
format = "json"
)",
                                     "some.toml");
    ASSERT_TRUE(read) << read.error().message();
    EXPECT_EQ(read->server.listen, (listen_address{"::", 0}));
    EXPECT_TRUE(read->server.allow_plain_http);
    EXPECT_EQ(read->server.tls_certificate, "a.pem");
    EXPECT_EQ(read->server.tls_key, "b.pem");
    EXPECT_EQ(read->data.dir, "石巻");
    EXPECT_EQ(read->data.reserve_mib, 1073741824U);
    EXPECT_EQ(read->log.level, log_level::warn);
    EXPECT_EQ(read->log.format, log_format::json);
}

struct refusal_row {
    const char* toml;
    error_kind kind;
    const char* message;
};

TEST(load_settings, names_file_line_and_key_of_an_error) {
    const refusal_row rows[] = {
        {"[limits]\nbody_byts = 1\n", error_kind::unknown_key, "f.toml:2: limits.body_byts: no setting has this name"},
        {"\n\n[limit]\n", error_kind::unknown_key, "f.toml:3: limit: no setting has this name"},
        {"listen = 1\n", error_kind::unknown_key, "f.toml:1: listen: no setting has this name"},
        {"\"a\\nb\" = 1\n", error_kind::unknown_key, "f.toml:1: a?b: no setting has this name"},
        {"[[server]]\nlisten = \"127.0.0.1:1\"\n", error_kind::wrong_type, "f.toml:1: server: must be a table"},
        {"limits = 3\n", error_kind::wrong_type, "f.toml:1: limits: must be a table, but is 3"},
        {"[server.listen]\nport = 1\n", error_kind::wrong_type,
         "f.toml:1: server.listen: must be a text in quotes, but is a table"},
        {"[server]\nio_threads = \"2\"\n", error_kind::wrong_type,
         "f.toml:2: server.io_threads: must be a whole number, but is the text \"2\""},
        {"[server]\nio_threads = 1.0\n", error_kind::wrong_type,
         "f.toml:2: server.io_threads: must be a whole number, but is a number with a fraction"},
        {"[server]\nallow_plain_http = 1\n", error_kind::wrong_type,
         "f.toml:2: server.allow_plain_http: must be true or false, but is 1"},
        {"[data]\ndir = 2026-01-01\n", error_kind::wrong_type, "f.toml:2: data.dir: must be a text in quotes"},
        {"[server]\nio_threads = 0\n", error_kind::out_of_range,
         "f.toml:2: server.io_threads: must be 1 to 64, but is 0"},
        {"[server]\nio_threads = 65\n", error_kind::out_of_range,
         "f.toml:2: server.io_threads: must be 1 to 64, but is 65"},
        {"[data]\nreserve_mib = -1\n", error_kind::out_of_range,
         "f.toml:2: data.reserve_mib: must be 0 to 1073741824, but is -1"},
        {"[limits]\nin_flight_max = 4294967297\n", error_kind::out_of_range,
         "f.toml:2: limits.in_flight_max: must be 1 to 1000000, but is 4294967297"},
        {"[server]\n\nlisten = \"localhost:1\"\n", error_kind::bad_value, "f.toml:3: server.listen: must be ADDR:PORT"},
        {"[log]\nlevel = \"loud\"\n", error_kind::bad_value,
         "f.toml:2: log.level: must be one of \"debug\" \"info\" \"warn\" \"error\", but is \"loud\""},
        {"[server]\nio_threads = 1\nio_threads = 2\n", error_kind::not_toml, "f.toml:3: "},
        {"[server\n", error_kind::not_toml, "f.toml:1: "},
        {"[data]\ndir = \"\xff\"\n", error_kind::not_toml, "f.toml:2: "},
        {"[data]\ndir = \"\"\n", error_kind::bad_value, "f.toml:2: data.dir: must name a folder"},
        {"[server]\ntls_key = \"k\"\n", error_kind::bad_value,
         "f.toml:2: server.tls_key: needs server.tls_certificate beside it"},
        {"[server]\ntls_certificate = \"c\"\n", error_kind::bad_value,
         "f.toml:2: server.tls_certificate: needs server.tls_key beside it"},
        {"[server]\ntls_client_ca = \"a\"\n", error_kind::bad_value,
         "f.toml:2: server.tls_client_ca: needs server.tls_certificate beside it"},
        {"[server]\ntls_certificate = \"c\"\ntls_key = \"k\"\ntls_client_crl = \"r\"\n", error_kind::bad_value,
         "f.toml:4: server.tls_client_crl: needs server.tls_client_ca beside it"},
        {"[card]\ncrl_urls = \"http://a/\"\n", error_kind::bad_value,
         "f.toml:2: card.crl_urls: needs card.crl beside it"},
        {"[card]\nauthorities = \"a\"\ncrl = \"b\"\ncrl_urls = \"http://a/\"\ncrl_every_s = 3600\n",
         error_kind::bad_value, "f.toml:5: card.crl_every_s: must be below card.crl_age_max_s"},
        {"[card]\nauthorities = \"a\"\n", error_kind::bad_value,
         "f.toml:2: card.authorities: needs card.crl or card.ocsp_url beside it"},
        {"[card]\nocsp_url = \"http://a/\"\n", error_kind::bad_value,
         "f.toml:2: card.ocsp_url: needs card.authorities beside it"},
        {"[card]\nauthorities = \"a\"\ncrl = \"b\"\nocsp_url = \"http://a/\"\n", error_kind::bad_value,
         "f.toml:4: card.ocsp_url: cannot stand beside card.crl"},
        {"[card]\nauthorities = \"a\"\nocsp_url = \"ocsp.example.jp\"\n", error_kind::bad_value,
         "f.toml:3: card.ocsp_url: must be an address of http or https"},
        {"[card]\nauthorities = \"a\"\ncrl = \"b\"\nocsp_authorities = \"c\"\n", error_kind::bad_value,
         "f.toml:4: card.ocsp_authorities: needs card.ocsp_url beside it"},
        {"[card]\nocsp_timeout_ms = 99\n", error_kind::out_of_range,
         "f.toml:2: card.ocsp_timeout_ms: must be 100 to 10000, but is 99"},
        {"[codes]\nonce_prefix = \"12a\"\n", error_kind::bad_value,
         "f.toml:2: codes.once_prefix: must be six digits at most"},
        {"[codes]\nonce_prefix = \"1234567\"\n", error_kind::bad_value,
         "f.toml:2: codes.once_prefix: must be six digits at most"},
        {"[codes]\nonce_length = 19\n", error_kind::bad_value, "f.toml:2: codes.once_length: must be even"},
        {"[codes]\nonce_length = 34\n", error_kind::out_of_range,
         "f.toml:2: codes.once_length: must be 16 to 32, but is 34"},
        {"[codes]\nonce_prefix = \"123456\"\nonce_length = 20\n", error_kind::bad_value,
         "f.toml:3: codes.once_length: must leave 14 digits"},
        {"[limits]\nbulk_body_bytes = 4096\n", error_kind::bad_value,
         "f.toml:2: limits.bulk_body_bytes: must not be below limits.body_bytes"},
        {"[limits]\nfile_body_bytes = 4096\n", error_kind::bad_value,
         "f.toml:2: limits.file_body_bytes: must not be below limits.body_bytes"},
        {"[checkpoint]\nentries_max = 250000\n", error_kind::bad_value,
         "f.toml: checkpoint.shed_tail_entries: must be above checkpoint.entries_max"},
    };
    for (const auto& row : rows) {
        const auto read = parse_settings(row.toml, "f.toml");
        ASSERT_FALSE(read) << row.toml;
        EXPECT_EQ(read.error().kind, row.kind) << row.toml;
        EXPECT_EQ(read.error().message().rfind(row.message, 0), 0U) << row.toml << "said: " << read.error().message();
    }
}

TEST(load_settings, takes_the_bounds_themselves) {
    const auto read = parse_settings("server.io_threads = 64\njournal.batch_entries_max = 1\n", "f.toml");
    ASSERT_TRUE(read) << read.error().message();
    EXPECT_EQ(read->server.io_threads, 64U);
    EXPECT_EQ(read->journal.batch_entries_max, 1U);
}

TEST(load_settings, says_which_file_cannot_be_read) {
    const auto missing = load_settings("/nowhere/meguri.toml");
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().kind, error_kind::unreadable);
    EXPECT_EQ(missing.error().message(), "/nowhere/meguri.toml: cannot be opened: No such file or directory");

    const auto folder = load_settings(std::filesystem::temp_directory_path().string());
    ASSERT_FALSE(folder);
    EXPECT_EQ(folder.error().kind, error_kind::unreadable);
}

// As deep as a file may nest, with and without an end that is no TOML.
TEST(load_settings, survives_keys_of_many_parts) {
    std::string deep = "a";
    while (deep.size() + 20 < settings_file_bytes_max) deep += ".a";
    const std::string texts[] = {deep + " = 1\n", "[" + deep + "]\n", deep + " = 1\n!\n", "[" + deep + "]\n!\n"};
    for (const auto& text : texts) {
        const auto read = load_settings(temporary_file{text}.path());
        ASSERT_FALSE(read);
        EXPECT_TRUE(read.error().kind == error_kind::unknown_key || read.error().kind == error_kind::not_toml)
            << read.error().message();
    }
}

TEST(load_settings, is_bounded) {
    const std::string head = "[data]\ndir = \"here\"\n#";
    const temporary_file largest{head + std::string(settings_file_bytes_max - head.size(), 'x')};
    const auto read = load_settings(largest.path());
    ASSERT_TRUE(read) << read.error().message();
    EXPECT_EQ(read->data.dir, "here");

    const temporary_file larger{head + std::string(settings_file_bytes_max - head.size() + 1, 'x')};
    const auto refused = load_settings(larger.path());
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, error_kind::too_large);
    EXPECT_EQ(refused.error().file, larger.path());
}

} // namespace
} // namespace meguri::config
