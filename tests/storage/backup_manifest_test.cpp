#include "storage/backup_manifest.hpp"

#include <gtest/gtest.h>

namespace meguri::storage {
namespace {

backup_manifest sample() {
    backup_manifest one;
    one.ledger = 0xFEDCBA9876543210;
    one.key = {1, 0xFFFFFFFFFFFFFFFF};
    one.segments = {{1, 100'000, 23'456'789, {std::byte{0xAB}}}, {100'001, 100'007, 1'234, {std::byte{1}}}};
    one.end = {100'007, {std::byte{0xCD}}, ledger::instant{1'790'000'000'123}};
    return one;
}

TEST(backup_manifest, is_read_as_it_was_written) {
    const auto text = to_json(sample());
    const auto parsed = parse_manifest(text);
    ASSERT_TRUE(parsed.has_value()) << parsed.error().text();
    EXPECT_EQ(*parsed, sample());
    EXPECT_NE(text.find("segment-00000000000000100001-00000000000000100007.mgs"), std::string::npos) << text;
    EXPECT_NE(text.find("\"ledger\": \"fedcba9876543210\""), std::string::npos) << text;
}

TEST(backup_manifest, notices_every_byte_that_is_changed_or_missing) {
    const auto text = to_json(sample());
    for (std::size_t at = 0; at < text.size(); ++at) {
        for (const int flipped : {1, 0x20}) {
            auto changed = text;
            changed[at] = static_cast<char>(changed[at] ^ flipped);
            EXPECT_FALSE(parse_manifest(changed).has_value()) << changed;
        }
        EXPECT_FALSE(parse_manifest(std::string_view{text}.substr(0, at)).has_value()) << at;
    }
    EXPECT_FALSE(parse_manifest(text + " ").has_value());
    EXPECT_FALSE(parse_manifest("[]").has_value());
    EXPECT_FALSE(parse_manifest("").has_value());
}

TEST(backup_manifest, notices_segments_that_do_not_follow_each_other) {
    for (const auto& [first, last] : {std::pair{100'000U, 100'007U}, {100'002U, 100'007U}, {100'001U, 100'000U}}) {
        auto one = sample();
        one.segments[1].first = first;
        one.segments[1].last = last;
        one.end.last = last;
        const auto parsed = parse_manifest(to_json(one));
        ASSERT_FALSE(parsed.has_value()) << first;
        EXPECT_EQ(parsed.error().code, errc::backup_damaged);
    }
    auto empty = sample();
    empty.segments.clear();
    EXPECT_FALSE(parse_manifest(to_json(empty)).has_value());
    auto late = sample();
    late.segments.erase(late.segments.begin());
    EXPECT_FALSE(parse_manifest(to_json(late)).has_value());
}

TEST(backup_manifest, of_a_newer_version_says_so) {
    const auto parsed = parse_manifest(R"({"format": 2, "more": true})");
    ASSERT_FALSE(parsed.has_value());
    EXPECT_EQ(parsed.error().code, errc::version_too_new);
}

} // namespace
} // namespace meguri::storage
