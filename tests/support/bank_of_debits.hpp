// The bank at the other end of account transfer: takes a request file and answers it.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace meguri::test {

inline constexpr std::size_t debit_record_bytes = 120;

// The data records of a file without separators.
[[nodiscard]] inline std::size_t debits_in(std::string_view file) { return file.size() / debit_record_bytes - 3; }
[[nodiscard]] inline std::string_view debit_record(std::string_view file, std::size_t number) { // from 0: the header
    return file.substr(number * debit_record_bytes, debit_record_bytes);
}

// The result file: the n-th debit has the n-th code, the last code for all behind it; counts and sums are right.
[[nodiscard]] inline std::string answered_by_bank(std::string_view request, const std::vector<char>& codes,
                                                  std::string_view separator = {}) {
    struct sum {
        std::size_t count = 0;
        unsigned long long total = 0;
    } debited, not_debited;
    const auto digits = [](unsigned long long value, std::size_t width) {
        std::string text = std::to_string(value);
        return std::string(width - text.size(), '0') + text;
    };
    std::string answer;
    const auto add = [&](std::string_view record) { answer.append(record).append(separator); };
    add(debit_record(request, 0));
    const std::size_t all = debits_in(request);
    for (std::size_t i = 0; i < all; ++i) {
        std::string record{debit_record(request, i + 1)};
        const char code = codes[std::min(i, codes.size() - 1)];
        record[111] = code;
        sum& of = code == '0' ? debited : not_debited;
        ++of.count;
        of.total += std::stoull(record.substr(80, 10));
        add(record);
    }
    std::string trailer{debit_record(request, all + 1)};
    trailer.replace(19, 36,
                    digits(debited.count, 6) + digits(debited.total, 12) + digits(not_debited.count, 6) +
                        digits(not_debited.total, 12));
    add(trailer);
    add(debit_record(request, all + 2));
    return answer;
}

} // namespace meguri::test
