// What a newer version wrote is refused in words that say what it is, which version it has and which this program
// knows: never read, never taken for damage.
#include "storage/archive_segment.hpp"
#include "storage/backup_manifest.hpp"
#include "storage/journal_format.hpp"
#include "storage/journal_reader.hpp"
#include "storage/record_bytes.hpp"
#include "storage/state_records.hpp"
#include "storage/state_store.hpp"
#include "tests/storage/journal_scene.hpp"
#include "tests/storage/sample_entries.hpp"

#include <gtest/gtest.h>

namespace meguri::storage {
namespace {

using test::journal_scene;

// A number under a name in the database `meta` of an environment.
void set_meta(const std::filesystem::path& folder, std::string_view name, bytes value) {
    auto environment = lmdb::environment::open({.folder = folder, .map_bytes = test::test_map_bytes}).value();
    const auto meta = environment.open_database("meta").value();
    auto txn = environment.begin_write().value();
    ASSERT_TRUE(txn.put(meta, bytes_of(name), value).has_value());
    ASSERT_TRUE(std::move(txn).commit().has_value());
}

error journal_with(std::uint64_t format) {
    const journal_scene scene;
    scene.fill({1});
    set_meta(scene.path(), journal_format_key, to_stored(format));
    return scene.try_open().error();
}

error live_journal_with(std::uint64_t format) {
    const journal_scene scene;
    scene.fill({1});
    set_meta(scene.path(), journal_format_key, to_stored(format));
    return live_journal::open(scene.path()).error();
}

error state_with(std::uint32_t format) {
    const test::temporary_folder folder;
    EXPECT_TRUE(state_store::open(folder.path(), test::test_map_bytes).has_value());
    set_meta(folder.path(), "format", std::as_bytes(std::span{&format, 1}));
    return state_store::open(folder.path(), test::test_map_bytes).error();
}

// An entry with another byte at that place of its head.
error entry_with(std::size_t at, std::size_t value) {
    std::vector<std::byte> record;
    encode(test::sample_operator(1), record);
    record[at] = static_cast<std::byte>(value);
    set_checksum(record);
    return decode(record).error();
}

error segment_with(std::uint8_t format) {
    segment_builder built{7, {}};
    std::vector<std::byte> record;
    auto one = test::sample_operator(1);
    one.position = 1;
    encode(one, record);
    built.add(record);
    built.end_batch({1, {}, {}});
    auto file = std::move(built).finish();
    file[8] = std::byte{format}; // after the magic
    return parse_segment(file).error();
}

error manifest_with(const char* format) {
    return parse_manifest(std::string{R"({"format": )"} + format + R"(, "more": true})").error();
}

TEST(newer_version, is_refused_and_named) {
    constexpr std::size_t newest = ledger::fact_numbers.back();
    struct row {
        error refused;
        std::string says;
    };
    const row rows[] = {
        {journal_with(3), "the journal has format 3, this program knows 2"},
        {live_journal_with(3), "the journal has format 3, this program knows 2"},
        {state_with(8), "the state store has format 8, this program knows 7"},
        {entry_with(4, entry_version + 1), "a journal entry has version 5, this program knows 4"},
        {entry_with(6, newest + 1),
         "a journal entry is of kind " + std::to_string(newest + 1) + ", this program knows " + std::to_string(newest)},
        {segment_with(2), "it has format 2, this program knows 1"},
        {manifest_with("2"), "it has format 2, this program knows 1"},
    };
    for (const auto& [refused, says] : rows) {
        EXPECT_EQ(refused.code, errc::version_too_new) << refused.text();
        EXPECT_TRUE(refused.text().starts_with(says)) << refused.text();
        EXPECT_NE(refused.text().find("use the newer version of meguri"), std::string::npos) << refused.text();
    }
    for (const unsigned forgetful : {1U, 5U, 6U})
        EXPECT_EQ(state_with(forgetful).code, errc::state_damaged) << "it is made again from the journal";
}

// A record's version is the state store's business: whoever raises one raises its format too, so that an older program
// names that. What it finds nevertheless it does not misread.
TEST(newer_version, of_a_state_record_comes_with_a_newer_state_store) {
    const auto program = *ledger::program_code::parse("042021");
    const auto refused = [](record_buffer& record, auto decode) {
        EXPECT_TRUE(decode(record_view{record}).has_value());
        EXPECT_EQ(record.front(), std::byte{1}) << "raise the state store's format, then say 2 here";
        record.front() = std::byte{2};
        const record_buffer newer{record.begin(), record.end() - 4};
        seal_bytes(record, newer);
        EXPECT_FALSE(decode(record_view{record}).has_value());
    };
    record_buffer record;
    encode(record, ledger::wallet{});
    refused(record, [](record_view in) { return decode_wallet(in, {}); });
    ledger::merchant shop;
    shop.terms = std::make_shared<const ledger::merchant_terms>();
    encode(record, shop);
    refused(record, [](record_view in) { return decode_merchant(in, {}); });
    encode(record, ledger::program{.code = program, .name = "名", .expiry_days = 1}, 1);
    refused(record, [&](record_view in) { return decode_program(in, program); });
    encode(record, ledger::party{}, 1);
    refused(record, [](record_view in) { return decode_party(in, ledger::caller_kind::partner, 1); });
    encode(record, ledger::known_code{ledger::wallet_id{1}, 1, ledger::code_kind::card, {}}, 1);
    refused(record, [](record_view in) { return decode_code(in); });
    bearer_owner owner;
    owner.caller = {ledger::caller_kind::operator_, 1};
    encode(record, owner, 1);
    refused(record, [](record_view in) { return decode_bearer(in); });
    encode_follow_up(record, 1);
    refused(record, [](record_view in) { return decode_follow_up(in); });
    encode(record, ledger::program_accounts{});
    refused(record, [&](record_view in) { return decode_accounts(in, program); });
    encode(record, std::array<std::uint64_t, ledger::decline_codes + 1>{});
    refused(record, [](record_view in) { return decode_outcomes(in); });
    encode(record, checkpoint{});
    refused(record, [](record_view in) { return decode_checkpoint(in); });
}

} // namespace
} // namespace meguri::storage
