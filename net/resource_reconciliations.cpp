#include "net/resource_reconciliations.hpp"

#include "net/json_writer.hpp"
#include "net/partner_csv.hpp"
#include "net/query_parameters.hpp"
#include "net/reconciliation_report.hpp"
#include "net/render_conversion.hpp"
#include "net/write_page.hpp"
#include "storage/index_keys.hpp"

#include <sodium.h>

#include <array>
#include <limits>
#include <utility>

namespace meguri::net {
namespace {

constexpr std::array<std::string_view, 2> report_formats{"json", "csv"};
constexpr std::array<std::string_view, 2> report_lines{"differences", "all"};

// A conversion that was decided on the day may still be on its way to the disk when the next one begins.
constexpr std::int64_t settled_after_ms = 60'000;

// The partner in the path: of others a partner does not learn that they exist.
std::optional<ledger::partner_id> own_partner_in_path(const call& from) {
    const auto named = from.id(storage::id_kind::partner);
    const bool is_partner = from.by.caller.kind == ledger::caller_kind::partner;
    if (!named || (is_partner && *named != from.by.caller.id)) return std::nullopt;
    return ledger::partner_id{*named};
}

ledger::file_sha256 sha256_of(std::string_view text) {
    static_assert(crypto_hash_sha256_BYTES == std::tuple_size_v<ledger::file_sha256>);
    ledger::file_sha256 digest;
    crypto_hash_sha256(reinterpret_cast<unsigned char*>(digest.data()),
                       reinterpret_cast<const unsigned char*>(text.data()), text.size());
    return digest;
}

// What is to be compared, away from the io thread.
struct comparison {
    ledger::partner_id partner;
    ledger::jst_day day;
    std::string file;
    std::vector<ledger::journal_position> ours;
    bool as_csv = false;
    bool tells_all = false;

    [[nodiscard]] past_result operator()(ledger_past& past) const {
        const partner_file read = read_partner_file(file);
        if (!read.has_columns)
            return tl::unexpected{problem{problem_code::malformed_request,
                                          "The first line must name the columns reference, units and amount."}};
        std::vector<ledger::stated_conversion> mine;
        mine.reserve(ours.size());
        for (const auto position : ours) {
            const auto entry = past.entry_at(position);
            const auto* const made = entry ? std::get_if<ledger::points_converted>(&entry->what) : nullptr;
            if (made == nullptr) return tl::unexpected{problem{problem_code::read_failed}};
            mine.push_back({made->reference, {made->units, made->lot.amount}, 0});
        }
        ledger::reconciliation found;
        found.day = day;
        found.file = sha256_of(file);
        found.lines = read.lines;
        found.faulty = read.lines - static_cast<std::uint32_t>(read.read.size());
        const auto differences = ledger::compare(read.read, mine, found);
        past_answer answer;
        if (as_csv) {
            write_report_csv(answer.body, read, differences, tells_all);
            answer.content_type = "text/csv; charset=utf-8";
        } else {
            append_report_json(answer.body, read, differences, tells_all);
        }
        answer.to_note = ledger::note_reconciliation{partner, found};
        return answer;
    }
};

} // namespace

tl::expected<past_question, problem> reconcile(call& from) {
    const auto partner = own_partner_in_path(from);
    if (!partner) return tl::unexpected{problem{problem_code::not_found}};
    request_fault fault;
    query_parameters query{from.request.query, fault};
    const auto day = query.date("date");
    const bool as_csv = query.one_of_or("format", report_formats, 0) == 1;
    const bool tells_all = query.one_of_or("report", report_lines, 0) == 1;
    query.finish();
    if (!fault && from.now() < day.end().plus_ms(settled_after_ms))
        query.refuse("date", "Must be a day that has been over for a minute (JST).");
    if (fault) return tl::unexpected{std::move(*fault)};
    const auto list = storage::number_of_list(*partner, storage::list_kind::conversions, day);
    auto ours = from.ledger.conversion_list(list, 0, std::numeric_limits<std::size_t>::max());
    if (!ours) return tl::unexpected{problem{problem_code::read_failed}};
    return comparison{*partner, day, std::string{from.request.body}, std::move(*ours), as_csv, tells_all};
}

problem_or_none get_reconciliations(call& from, http_response& answer) {
    const auto partner = own_partner_in_path(from);
    if (!partner) return problem{problem_code::not_found};
    const auto list = storage::number_of_list(*partner, storage::list_kind::reconciliations);
    return write_list(from, answer, list, [&](json_writer& json, ledger::journal_position position) -> problem_or_none {
        const auto entry = from.ledger.entry_at(position);
        const auto* const fact = entry && *entry ? std::get_if<ledger::partner_reconciled>(&(**entry).what) : nullptr;
        if (fact == nullptr) return problem{problem_code::read_failed};
        json.begin_object();
        write_reconciliation(json, **entry, *fact, from.ids);
        json.end_object();
        return std::nullopt;
    });
}

} // namespace meguri::net
