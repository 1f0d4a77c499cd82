#include "config/changes.hpp"

#include <gtest/gtest.h>

namespace meguri::config {
namespace {

settings parsed(std::string_view text, setting_lines* lines = nullptr) {
    auto read = parse_settings(text, "f.toml", lines);
    EXPECT_TRUE(read) << read.error().message();
    return read.value_or(settings{});
}

// What a reload from one text to another says.
std::string reload(std::string_view from, std::string_view to) {
    loaded_settings wanted{.all = {}, .file = "f.toml", .lines = {}};
    wanted.all = parsed(to, &wanted.lines);
    const auto found = changes_on_reload(parsed(from), wanted);
    if (!found) return found.error().message();
    std::string all;
    for (const auto& one : *found) all += one.text() + '\n';
    return all;
}

TEST(changes, finds_none_in_the_same_settings) {
    EXPECT_TRUE(changes_between(settings{}, settings{}).empty());
    EXPECT_EQ(reload("[log]\nlevel = \"info\"\n", ""), "") << "the default, named or not";
}

TEST(changes, names_what_may_change_with_both_values) {
    EXPECT_EQ(reload("", "[limits]\nbody_bytes = 2048\nidle_timeout_ms = 10\n[log]\nformat = \"json\"\n"),
              "limits.body_bytes: 65536 -> 2048\nlimits.idle_timeout_ms: 60000 -> 10\n"
              "log.format: \"text\" -> \"json\"\n");
    EXPECT_EQ(reload("checkpoint.shed_tail_entries = 300000", ""), "checkpoint.shed_tail_entries: 300000 -> 250000\n");
    EXPECT_EQ(reload("server.tls_certificate = \"a\"\nserver.tls_key = \"b\"",
                     "server.tls_certificate = \"c\"\nserver.tls_key = \"b\""),
              "server.tls_certificate: \"a\" -> \"c\"\n");
}

TEST(changes, refuses_all_where_one_needs_a_restart) {
    EXPECT_EQ(reload("", "[limits]\nbody_bytes = 2048\n[server]\nio_threads = 2\n"),
              "f.toml:4: server.io_threads: a restart is needed to change 1 to 2");
    EXPECT_EQ(reload("data.dir = \"a\"\nserver.allow_plain_http = true", "[server]\nlisten = \"[::1]:1\"\n"),
              "f.toml:2: server.listen: a restart is needed to change \"127.0.0.1:8080\" to \"[::1]:1\"; and for "
              "server.allow_plain_http: true -> false; and for data.dir: \"a\" -> \"data\"");
    EXPECT_EQ(reload("", "journal.map_gib = 1\ncheckpoint.entries_max = 5"),
              "f.toml:1: journal.map_gib: a restart is needed to change 1024 to 1; and for checkpoint.entries_max: "
              "100000 -> 5 (line 2)");
}

TEST(changes, cannot_begin_or_end_tls) {
    const std::string_view tls = "server.tls_certificate = \"a\"\nserver.tls_key = \"b\"";
    EXPECT_TRUE(reload("", tls).starts_with("f.toml:1: server.tls_certificate: a restart is needed"));
    EXPECT_TRUE(reload(tls, "").starts_with("f.toml: server.tls_certificate: a restart is needed"));
}

} // namespace
} // namespace meguri::config
