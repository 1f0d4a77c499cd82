// Files of recipients as offices write them, right and wrong: each fault with its line, column and code.
#include "net/recipients_csv.hpp"
#include "tests/net/api_scene.hpp"

#include <boost/json.hpp>
#include <gtest/gtest.h>

namespace meguri::net {
namespace {

struct read_csv_file {
    std::vector<ledger::read_recipient> lines;
    std::vector<ledger::faulty_line> faults;
};

read_csv_file read_csv(std::string text, std::size_t piece = 3) {
    recipients_csv file{std::move(text), test::scene_keys(), false};
    read_csv_file read;
    for (bool more = true; more;) more = file.read_some(piece, read.lines, read.faults);
    return read;
}

std::string faults_of(std::string text) {
    std::string told;
    for (const auto& one : read_csv(std::move(text)).faults)
        told += std::to_string(one.line) + ':' + std::string{name_of(one.column)} + ':' +
                std::string{name_of(one.fault)} + ' ';
    return told;
}

std::string wallet_text(std::uint64_t number) { return test::wallet_id(number); }

TEST(recipients_csv, reads_what_offices_write) {
    const auto read = read_csv("\xEF\xBB\xBF"
                               "note,occasion,wallet,mykey_id,amount\r\n"
                               "\"佐藤, \"\"花\"\"\",健康ウォーク," +
                               wallet_text(3) +
                               ",,500\r\n"
                               "\r\n"
                               "\"二行\nの覚え\",清掃," +
                               wallet_text(4) +
                               ",,1\n"
                               ",\"清掃\",,K7Q2M9X0,");
    ASSERT_EQ(read.lines.size(), 2U);
    EXPECT_EQ(read.lines[0].line, 2U);
    EXPECT_EQ(read.lines[0].wallet, ledger::wallet_id{3});
    EXPECT_EQ(read.lines[0].note, "佐藤, \"花\"");
    EXPECT_EQ(read.lines[0].amount, ledger::points::from(500));
    EXPECT_FALSE(read.lines[1].wallet);
    EXPECT_EQ(read.lines[1].my_key, ledger::my_key_id::parse("K7Q2M9X0"));
    EXPECT_EQ(read.lines[1].occasion, "清掃");
    EXPECT_EQ(read.lines[1].amount, std::nullopt);
    EXPECT_EQ(read.lines[1].line, 6U) << "behind a cell of two lines";
    ASSERT_EQ(read.faults.size(), 1U) << "a note has one line";
    EXPECT_EQ(read.faults[0].line, 4U);
    EXPECT_EQ(read.faults[0].column, ledger::recipient_column::note);
}

TEST(recipients_csv, names_line_column_and_fault) {
    const std::string head = "wallet,occasion,amount,note\n";
    const std::string good = wallet_text(3) + ",x,1,\n";
    struct row {
        std::string text;
        std::string faults;
    };
    const row rows[] = {
        {"", "1::file_empty "},
        {head, "2::file_empty "},
        {"\n\n", "1::file_empty "},
        {"occasion\n", "1:wallet:column_missing "},
        {"wallet\n" + wallet_text(3) + "\n", "1:occasion:column_missing "},
        {"wallet,occasion,occasion\n", "1:occasion:column_repeated "},
        {"wallet,occasion,金額\n", "1::column_unknown "},
        {head + good, ""},
        {head + wallet_text(3) + ",x\n" + good, "2::cells_miscounted "},
        {head + good + wallet_text(3) + ",x,1,,\n", "3::cells_miscounted "},
        {head + "wal_nobodys,x,1,\n", "2:wallet:wallet_unknown "},
        {head + ",x,1,\n", "2:wallet:value_missing "},
        {head + wallet_text(3) + ",,1,\n", "2:occasion:value_missing "},
        {head + wallet_text(3) + "," + std::string(65, 'x') + ",1,\n", "2:occasion:value_too_long "},
        {head + wallet_text(3) + ",x\ty,1,\n", "2:occasion:value_invalid "},
        {head + wallet_text(3) + ",x,0,\n", "2:amount:value_invalid "},
        {head + wallet_text(3) + ",x,-1,\n", "2:amount:value_invalid "},
        {head + wallet_text(3) + ",x,1.5,\n", "2:amount:value_invalid "},
        {head + wallet_text(3) + ",x,\"1,000\",\n", "2:amount:value_invalid "},
        {head + wallet_text(3) + ",x,100000001,\n", "2:amount:value_invalid "},
        {head + wallet_text(3) + ",x,1," + std::string(201, 'x') + "\n", "2:note:value_too_long "},
        {head + wallet_text(3) + ",\x8C\x92\x8D\x4E,1,\n", "2:occasion:not_utf8 "},
        {head + "wal_nobodys,,x,\n" + good + ",x,1,\n",
         "2:wallet:wallet_unknown 2:occasion:value_missing 2:amount:value_invalid 4:wallet:value_missing "},
        {head + good + "\"" + wallet_text(3) + ",x,1,\n", "3::quote_unbalanced "},
        {head + "\"" + wallet_text(3) + "\"x,x,1,\n", "2::quote_unbalanced "},
        {"mykey_id,occasion\nk7q2m9x0,x\n", "2:mykey_id:value_invalid "},
        {"mykey_id,wallet,occasion\nK7Q2M9X0," + wallet_text(3) + ",x\n", "2:mykey_id:value_invalid "},
    };
    for (const auto& one : rows) EXPECT_EQ(faults_of(one.text), one.faults) << one.text;
}

TEST(recipients_csv, ends_after_ten_thousand_lines) {
    std::string text = "mykey_id,occasion\n";
    for (std::size_t i = 0; i < ledger::recipients_max; ++i) text += "K7Q2M9X0,x\n";
    const auto read = read_csv(text, 50);
    EXPECT_EQ(read.lines.size(), ledger::recipients_max);
    EXPECT_TRUE(read.faults.empty());
    EXPECT_EQ(faults_of(text + "K7Q2M9X0,x\n"), "10002::too_many_lines ");
}

TEST(recipients_csv, tells_no_more_of_a_line_however_many_cells_it_has) {
    const std::string cells(200'000, ',');
    EXPECT_LE(read_csv("wallet,occasion" + cells + "\n").faults.size(), 16U) << "a report of 200,000 lines";
    EXPECT_EQ(faults_of("wallet,occasion\n" + wallet_text(3) + cells + "\n" + wallet_text(3) + ",x\n"),
              "2::cells_miscounted ");
}

TEST(recipients_csv, is_read_no_more_than_a_piece_at_a_time) {
    std::string text = "mykey_id,occasion\n";
    for (int i = 0; i < 100; ++i) text += "K7Q2M9X0,x\n";
    recipients_csv file{text, test::scene_keys(), false};
    read_csv_file read;
    EXPECT_TRUE(file.read_some(30, read.lines, read.faults));
    EXPECT_EQ(read.lines.size(), 30U);
}

TEST(line_report, is_json_or_csv) {
    line_report as_json{false};
    as_json.add({3, ledger::recipient_column::amount, ledger::line_fault::amount_not_allowed});
    as_json.add({5, ledger::recipient_column::none, ledger::line_fault::cells_miscounted});
    const auto lines = boost::json::parse('[' + as_json.text() + ']').as_array();
    ASSERT_EQ(lines.size(), 2U);
    EXPECT_EQ(lines[0].at("line").as_int64(), 3);
    EXPECT_EQ(lines[0].at("column").as_string(), "amount");
    EXPECT_EQ(lines[0].at("code").as_string(), "amount_not_allowed");
    EXPECT_TRUE(lines[1].at("column").is_null());

    line_report as_csv{true};
    as_csv.add({3, ledger::recipient_column::amount, ledger::line_fault::amount_not_allowed});
    as_csv.add(ledger::left_out_row{7, 9, ledger::left_out_reason::wallet_frozen});
    EXPECT_EQ(as_csv.count(), 2U);
    EXPECT_EQ(as_csv.text(), "\xEF\xBB\xBFline,column,code,message,message_ja\r\n"
                             "3,amount,amount_not_allowed,The campaign does not grant that many points at once.,"
                             "この事業で一度に付与できるポイント数ではありません。\r\n"
                             "9,,wallet_frozen,The wallet is frozen.,そのポイント口座は利用停止中です。\r\n");
}

} // namespace
} // namespace meguri::net
