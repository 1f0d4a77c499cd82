// The file by which a bank is asked to debit accounts (預金口座振替), and the one by which it says what became of it:
// the same records, with results. Pure.
//
// Layout by 全国銀行協会, as banks publish it: 宮崎銀行, https://www.miyagin.co.jp/kfkdown-zengin-help, and 北國銀行,
// https://www.hokkokubank.co.jp/customer/webaccess/qa/dl_tran_zg.html (both read 2026-11-26). 120 bytes a record, no
// separator, or CRLF behind each; N and C as in zengin_record.hpp.
//
//   1 header   1 `1` | 2-3 `91` | 4 `0` | 5-14 consignor N | 15-54 its name C | 55-58 debit day MMDD | 59-62 bank N
//              | 63-77 bank's name C | 78-80 branch N | 81-95 its name C | 96 type 1/2/9 | 97-103 account N | 104-120
//              space
//   2 data     1 `2` | 2-5 bank N | 6-20 its name C | 21-23 branch N | 24-38 its name C | 39-42 space
//              | 43 type 1/2/3/9 | 44-50 account N | 51-80 holder C | 81-90 amount N | 91 new code 0/1/2
//              | 92-111 customer N | 112 result 0/1/2/3/4/8/9, of a request 0 | 113-120 space
//   8 trailer  1 `8` | 2-7 count N | 8-19 total N | 20-25 debited N | 26-37 their total N | 38-43 not debited N
//              | 44-55 their total N | 56-120 space; of a request 20-55 are 0
//   9 end      1 `9` | 2-120 space
//
// Names of banks and branches may be left out, and are. The customer is the purchase, by its reference of 12 digits.
// The new code is 0: that an account is debited for the first time banks know from the mandate.
#pragma once

#include "ledger/account_debit.hpp"
#include "ledger/points.hpp"
#include "ledger/purchase_reference.hpp"

#include <tl/expected.hpp>

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace meguri::ledger {

struct debit_request {
    purchase_reference purchase;
    bank_account account;
    points amount; // yen
};

// The same bytes for the same arguments. Contract: as many as six digits count, of no more than twelve digits together.
[[nodiscard]] std::string write_debit_file(const debit_order& order, std::span<const debit_request> requests);

struct debit_answer {
    purchase_reference purchase;
    std::uint32_t bank = 0;
    std::uint32_t branch = 0;
    std::uint32_t account = 0;
    points amount;
    debit_result result = debit_result::none;
};

// What is wrong with a file: the record from 1 on, its field as named above, and what was to be there.
struct debit_file_fault {
    std::size_t record = 0; // 0: the file as a whole
    std::string_view field; // static text; empty: the record as a whole
    std::string what;
};

struct debit_answers {
    std::uint64_t consignor = 0;
    std::uint32_t month_and_day = 0;       // MMDD
    std::vector<std::string_view> records; // the data records, views into the file
    std::vector<debit_answer> answers;     // of them
};

// All of it is checked: order and number of records, each field that is read, each purchase once, counts and sums.
[[nodiscard]] tl::expected<debit_answers, debit_file_fault> read_debit_results(std::string_view bytes);
// One of those data records again.
[[nodiscard]] tl::expected<debit_answer, debit_file_fault> read_debit_answer(std::string_view record);

// The first answer that is none to this order of these requests; nullopt: all are. They may be fewer.
[[nodiscard]] std::optional<debit_file_fault> mismatch_of(const debit_answers& answers, const debit_order& order,
                                                          std::span<const debit_request> requests);

} // namespace meguri::ledger
