// The file for the bank byte by byte, and everything that can be wrong with the one that comes back.
#include "ledger/debit_file.hpp"
#include "tests/ledger/scene.hpp"
#include "tests/support/bank_of_debits.hpp"

#include <gtest/gtest.h>

#include <functional>

namespace meguri::ledger {
namespace {

using test::answered_by_bank;

const purchase_reference first_debit = *purchase_reference::from_number(8'271'650'394);
const purchase_reference second_debit = *purchase_reference::from_number(1);

debit_order order_of_october() {
    return {ishinomaki, day("2026-10-27"), 12'345'678, {125, 404, account_type::current, 7'654'321, "ｲｼﾉﾏｷｼ", {}}};
}

std::vector<debit_request> two_debits() {
    return {{first_debit, {125, 404, account_type::ordinary, 1'234'567, "ﾔﾏﾀﾞ ﾊﾅｺ", {}}, yen(10'000)},
            {second_debit, {9'900, 8, account_type::current, 42, "ABE", {}}, yen(5'000)}};
}

std::string requested_file() { return write_debit_file(order_of_october(), two_debits()); }

TEST(debit_file, has_the_records_of_the_banks) {
    const auto file = requested_file();
    ASSERT_EQ(file.size(), 5 * 120u);
    const std::string spaces(120, ' ');
    const auto filled = [&spaces](std::string text, std::size_t width) {
        return text + spaces.substr(0, width - text.size());
    };
    EXPECT_EQ(file.substr(0, 120), "1910"
                                   "0012345678" +
                                       filled("\xB2\xBC\xC9\xCF\xB7\xBC", 40) +
                                       "1027"
                                       "0125" +
                                       filled("", 15) + "404" + filled("", 15) +
                                       "2"
                                       "7654321" +
                                       filled("", 17));
    EXPECT_EQ(file.substr(120, 120), "20125" + filled("", 15) + "404" + filled("", 15) +
                                         "    "
                                         "1"
                                         "1234567" +
                                         filled("\xD4\xCF\xC0\xDE \xCA\xC5\xBA", 30) +
                                         "0000010000"
                                         "0"
                                         "00000000" +
                                         first_debit.text() + "0" + filled("", 8));
    EXPECT_EQ(file.substr(240, 120), "29900" + filled("", 15) + "008" + filled("", 15) +
                                         "    "
                                         "2"
                                         "0000042" +
                                         filled("ABE", 30) +
                                         "0000005000"
                                         "0"
                                         "00000000" +
                                         second_debit.text() + "0" + filled("", 8));
    EXPECT_EQ(file.substr(360, 120), "8"
                                     "000002"
                                     "000000015000" +
                                         std::string(36, '0') + filled("", 65));
    EXPECT_EQ(file.substr(480, 120), filled("9", 120));
}

TEST(debit_results, are_read_as_they_were_answered) {
    for (const std::string_view separator : {"", "\r\n"}) {
        const auto file = answered_by_bank(requested_file(), {'0', '3'}, separator);
        const auto read = read_debit_results(file);
        ASSERT_TRUE(read.has_value()) << read.error().field << ' ' << read.error().what;
        ASSERT_EQ(read->answers.size(), 2u);
        EXPECT_EQ(read->answers[0].purchase, first_debit);
        EXPECT_EQ(read->answers[0].amount, yen(10'000));
        EXPECT_EQ(read->answers[0].result, debit_result::debited);
        EXPECT_EQ(read->answers[1].result, debit_result::stopped_by_depositor);
        EXPECT_EQ(read->answers[1].bank, 9'900u);
        EXPECT_EQ(mismatch_of(*read, order_of_october(), two_debits()), std::nullopt);
        const auto again = read_debit_answer(read->records[1]);
        ASSERT_TRUE(again.has_value());
        EXPECT_EQ(again->purchase, second_debit);
    }
}

TEST(debit_results, are_refused_for_what_is_wrong_with_a_record) {
    struct row {
        const char* name;
        std::size_t record;
        std::string_view field;
        std::function<void(std::string&)> spoil;
    };
    const auto put = [](std::size_t at, std::string_view text) {
        return [at, text](std::string& file) { file.replace(at, text.size(), text); };
    };
    const row rows[] = {
        {"too short", 0, "", [](std::string& file) { file.pop_back(); }},
        {"no records", 0, "", [](std::string& file) { file.clear(); }},
        {"no header", 1, "", put(0, "2")},
        {"of another kind", 1, "type", put(1, "21")},
        {"in EBCDIC", 1, "code", put(3, "1")},
        {"no consignor", 1, "consignor", put(4, " ")},
        {"no day", 1, "debit_day", put(54, "  ")},
        {"no data record", 2, "", put(120, "3")},
        {"no bank", 2, "account", put(121, "X")},
        {"no account", 3, "account", put(240 + 43, " ")},
        {"no amount", 2, "amount", put(120 + 80, "0000000000")},
        {"too much", 2, "amount", put(120 + 80, "9999999999")},
        {"wrong check digits", 2, "customer", put(120 + 99, "000000000000")},
        {"a longer customer", 2, "customer", put(120 + 91, "1")},
        {"no result", 2, "result", put(120 + 111, " ")},
        {"an unknown result", 3, "result", put(240 + 111, "5")},
        {"twice", 3, "customer", [](std::string& file) { file.replace(240 + 99, 12, file, 120 + 99, 12); }},
        {"no trailer", 4, "", put(360, "9")},
        {"another count", 4, "count", put(361, "000003")},
        {"another sum", 4, "count", put(367, "000000015001")},
        {"other debits", 4, "debited", put(379, "000002")},
        {"other refusals", 4, "not_debited", put(397, "000000")},
        {"no end", 5, "", put(480, "8")},
    };
    for (const auto& one : rows) {
        auto file = answered_by_bank(requested_file(), {'0', '1'});
        one.spoil(file);
        const auto read = read_debit_results(file);
        ASSERT_FALSE(read.has_value()) << one.name;
        EXPECT_EQ(read.error().record, one.record) << one.name;
        EXPECT_EQ(read.error().field, one.field) << one.name;
    }
}

TEST(debit_results, are_refused_for_what_was_not_ordered) {
    struct row {
        const char* name;
        std::size_t record;
        std::string_view field;
        std::function<void(debit_order&, std::vector<debit_request>&)> change;
    };
    const row rows[] = {
        {"of another consignor", 1, "consignor", [](auto& order, auto&) { order.consignor = 1; }},
        {"of another day", 1, "debit_day", [](auto& order, auto&) { order.day = day("2026-11-27"); }},
        {"nobody's", 3, "customer", [](auto&, auto& all) { all.pop_back(); }},
        {"of another amount", 2, "amount", [](auto&, auto& all) { all[0].amount = yen(9'999); }},
        {"of another bank", 2, "account", [](auto&, auto& all) { all[0].account.bank = 126; }},
        {"of another branch", 3, "account", [](auto&, auto& all) { all[1].account.branch = 9; }},
        {"of another account", 3, "account", [](auto&, auto& all) { all[1].account.number = 43; }},
    };
    const auto file = answered_by_bank(requested_file(), {'0'});
    const auto read = read_debit_results(file);
    ASSERT_TRUE(read.has_value());
    for (const auto& one : rows) {
        auto order = order_of_october();
        auto all = two_debits();
        one.change(order, all);
        const auto fault = mismatch_of(*read, order, all);
        ASSERT_TRUE(fault.has_value()) << one.name;
        EXPECT_EQ(fault->record, one.record) << one.name;
        EXPECT_EQ(fault->field, one.field) << one.name;
    }
}

} // namespace
} // namespace meguri::ledger
