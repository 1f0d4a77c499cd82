#include "ledger/debit_file.hpp"

#include "ledger/contract.hpp"
#include "ledger/zengin_record.hpp"

#include <algorithm>
#include <iterator>
#include <unordered_map>
#include <unordered_set>

namespace meguri::ledger {
namespace {

constexpr std::uint64_t type_code = 91;
constexpr std::size_t records_min = 3; // header, trailer and end

std::uint32_t month_and_day_of(jst_day day) {
    const auto text = to_date(day); // YYYY-MM-DD
    const auto digit = [&text](std::size_t at) { return static_cast<std::uint32_t>(text[at] - '0'); };
    return digit(5) * 1'000 + digit(6) * 100 + digit(8) * 10 + digit(9);
}

std::uint64_t yen_of(points amount) { return static_cast<std::uint64_t>(amount.value()); }

debit_file_fault fault_in(std::size_t record, std::string_view field, std::string what) {
    return {record, field, std::move(what)};
}

struct counted {
    std::uint64_t count = 0;
    std::uint64_t total = 0;
    void add(points amount) {
        ++count;
        total += yen_of(amount);
    }
    friend bool operator==(const counted&, const counted&) = default;
};

// Records without their line ends; nullopt where they are of another length.
std::optional<std::vector<std::string_view>> records_in(std::string_view bytes) {
    std::vector<std::string_view> records;
    constexpr std::string_view line_end = "\r\n";
    const bool has_ends = bytes.size() > zengin_record_bytes && bytes.substr(zengin_record_bytes).starts_with(line_end);
    const std::size_t step = zengin_record_bytes + (has_ends ? line_end.size() : 0);
    constexpr std::string_view file_end = "\x1A"; // some programs of the banks end a file so
    if (bytes.ends_with(file_end)) bytes.remove_suffix(file_end.size());
    for (; bytes.size() >= zengin_record_bytes; bytes.remove_prefix(std::min(step, bytes.size()))) {
        if (has_ends && bytes.size() > zengin_record_bytes && !bytes.substr(zengin_record_bytes).starts_with(line_end))
            return std::nullopt;
        records.push_back(bytes.substr(0, zengin_record_bytes));
    }
    return bytes.empty() && records.size() >= records_min ? std::optional{std::move(records)} : std::nullopt;
}

tl::expected<void, debit_file_fault> read_header(std::string_view record, debit_answers& into) {
    zengin_record_reader in{record};
    if (in.number(1) != 1) return tl::unexpected{fault_in(1, {}, "must be a header")};
    if (in.number(2) != type_code) return tl::unexpected{fault_in(1, "type", "must be 91")};
    if (in.number(1) != 0) return tl::unexpected{fault_in(1, "code", "must be 0, for JIS")};
    const auto consignor = in.number(10);
    if (!consignor) return tl::unexpected{fault_in(1, "consignor", "must be ten digits")};
    in.skip(40);
    const auto day = in.number(4);
    if (!day) return tl::unexpected{fault_in(1, "debit_day", "must be MMDD")};
    into.consignor = *consignor;
    into.month_and_day = static_cast<std::uint32_t>(*day);
    return {};
}

tl::expected<void, debit_file_fault> check_trailer(std::string_view record, std::size_t number,
                                                   const std::vector<debit_answer>& answers) {
    counted all;
    counted debited;
    counted not_debited;
    for (const auto& one : answers) {
        all.add(one.amount);
        (one.result == debit_result::debited ? debited : not_debited).add(one.amount);
    }
    zengin_record_reader in{record};
    if (in.number(1) != 8) return tl::unexpected{fault_in(number, {}, "must be the trailer")};
    constexpr std::string_view names[] = {"count", "debited", "not_debited"};
    const counted* sums[] = {&all, &debited, &not_debited};
    for (std::size_t i = 0; i < std::size(sums); ++i) {
        const auto count = in.number(6);
        const auto total = in.number(12);
        if (!count || !total || counted{*count, *total} != *sums[i])
            return tl::unexpected{fault_in(number, names[i],
                                           "must be " + std::to_string(sums[i]->count) + " of " +
                                               std::to_string(sums[i]->total) + " yen, as the records before it say")};
    }
    return {};
}

} // namespace

std::string write_debit_file(const debit_order& order, std::span<const debit_request> requests) {
    std::string file;
    file.reserve((requests.size() + records_min) * zengin_record_bytes);
    const auto& to = order.account;
    file += zengin_record_writer{}
                .number(1, 1)
                .number(type_code, 2)
                .number(0, 1)
                .number(order.consignor, 10)
                .text(to.holder, 40)
                .number(month_and_day_of(order.day), 4)
                .number(to.bank, 4)
                .space(15)
                .number(to.branch, 3)
                .space(15)
                .number(static_cast<std::uint64_t>(to.type == account_type::savings ? 9 : static_cast<int>(to.type)), 1)
                .number(to.number, 7)
                .space(17)
                .bytes();
    counted all;
    for (const auto& one : requests) {
        all.add(one.amount);
        file += zengin_record_writer{}
                    .number(2, 1)
                    .number(one.account.bank, 4)
                    .space(15)
                    .number(one.account.branch, 3)
                    .space(15)
                    .space(4)
                    .number(static_cast<std::uint64_t>(one.account.type), 1)
                    .number(one.account.number, 7)
                    .text(one.account.holder, account_holder_max)
                    .number(yen_of(one.amount), 10)
                    .number(0, 1)
                    .number(0, 20 - purchase_reference::length)
                    .text(one.purchase.text(), purchase_reference::length)
                    .number(0, 1)
                    .space(8)
                    .bytes();
    }
    file += zengin_record_writer{}
                .number(8, 1)
                .number(all.count, 6)
                .number(all.total, 12)
                .number(0, 18)
                .number(0, 18)
                .space(65)
                .bytes();
    file += zengin_record_writer{}.number(9, 1).space(119).bytes();
    return file;
}

tl::expected<debit_answer, debit_file_fault> read_debit_answer(std::string_view record) {
    EXPECTS(record.size() == zengin_record_bytes);
    zengin_record_reader in{record};
    if (in.number(1) != 2) return tl::unexpected{fault_in(0, {}, "must be a data record")};
    debit_answer read;
    const auto bank = in.number(4);
    in.skip(15);
    const auto branch = in.number(3);
    in.skip(15 + 4 + 1);
    const auto account = in.number(7);
    if (!bank || !branch || !account) return tl::unexpected{fault_in(0, "account", "must be digits")};
    in.skip(account_holder_max);
    const auto yen = in.number(10);
    const auto amount = yen && *yen >= 1 && *yen <= static_cast<std::uint64_t>(points::command_max)
                          ? points::from(static_cast<std::int64_t>(*yen))
                          : std::nullopt;
    if (!amount) return tl::unexpected{fault_in(0, "amount", "must be 1 to 100000000 yen")};
    in.skip(1);
    const std::string_view customer = record.substr(91, 20);
    constexpr std::size_t filler = 20 - purchase_reference::length;
    const auto purchase = purchase_reference::parse(customer.substr(filler));
    if (!purchase || customer.find_first_not_of('0') < filler)
        return tl::unexpected{fault_in(0, "customer", "must be a purchase's reference")};
    in.skip(customer.size());
    const auto code = in.number(1);
    const auto result = code ? debit_result_of(*code) : std::nullopt;
    if (!result) return tl::unexpected{fault_in(0, "result", "must be 0, 1, 2, 3, 4, 8 or 9")};
    read.bank = static_cast<std::uint32_t>(*bank);
    read.branch = static_cast<std::uint32_t>(*branch);
    read.account = static_cast<std::uint32_t>(*account);
    read.amount = *amount;
    read.purchase = *purchase;
    read.result = *result;
    return read;
}

tl::expected<debit_answers, debit_file_fault> read_debit_results(std::string_view bytes) {
    const auto records = records_in(bytes);
    if (!records) return tl::unexpected{fault_in(0, {}, "must be records of 120 bytes: header, data, trailer and end")};
    debit_answers read;
    if (auto header = read_header(records->front(), read); !header) return tl::unexpected{std::move(header.error())};
    std::unordered_set<purchase_reference> seen;
    const std::size_t data_end = records->size() - 2;
    for (std::size_t i = 1; i < data_end; ++i) {
        auto answer = read_debit_answer((*records)[i]);
        if (!answer) return tl::unexpected{fault_in(i + 1, answer.error().field, std::move(answer.error().what))};
        if (!seen.insert(answer->purchase).second)
            return tl::unexpected{fault_in(i + 1, "customer", "must be there once")};
        read.records.push_back((*records)[i]);
        read.answers.push_back(*answer);
    }
    if (auto sums = check_trailer((*records)[data_end], data_end + 1, read.answers); !sums)
        return tl::unexpected{std::move(sums.error())};
    if (records->back().front() != '9') return tl::unexpected{fault_in(records->size(), {}, "must be the end record")};
    return read;
}

std::optional<debit_file_fault> mismatch_of(const debit_answers& answers, const debit_order& order,
                                            std::span<const debit_request> requests) {
    if (answers.consignor != order.consignor) return fault_in(1, "consignor", "must be the one of this order");
    if (answers.month_and_day != month_and_day_of(order.day))
        return fault_in(1, "debit_day", "must be the one of this order");
    std::unordered_map<purchase_reference, const debit_request*> by_reference;
    for (const auto& one : requests) by_reference.emplace(one.purchase, &one);
    for (std::size_t i = 0; i < answers.answers.size(); ++i) {
        const auto& answer = answers.answers[i];
        const std::size_t record = i + 2; // behind the header
        const auto found = by_reference.find(answer.purchase);
        if (found == by_reference.end()) return fault_in(record, "customer", "must be one of this order's");
        const debit_request& request = *found->second;
        if (answer.amount != request.amount)
            return fault_in(record, "amount", "must be " + std::to_string(request.amount.value()) + " as requested");
        if (answer.bank != request.account.bank || answer.branch != request.account.branch ||
            answer.account != request.account.number)
            return fault_in(record, "account", "must be the one that was to be debited");
    }
    return std::nullopt;
}

} // namespace meguri::ledger
