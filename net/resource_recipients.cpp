#include "net/resource_recipients.hpp"

#include "ledger/contract.hpp"
#include "net/query_parameters.hpp"
#include "net/recipients_csv.hpp"
#include "net/render_campaign.hpp"
#include "net/resource_campaigns.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <utility>

namespace meguri::net {
namespace {

constexpr std::array<std::string_view, 2> report_forms{"json", "csv"};

} // namespace

// Some 0.5 ms for a megabyte, at once.
ledger::file_digest digest_of_file(std::string_view bytes) {
    ledger::file_digest digest{};
    auto* const out = reinterpret_cast<unsigned char*>(digest.data());
    ENSURES(EVP_Digest(bytes.data(), bytes.size(), out, nullptr, EVP_sha256(), nullptr) == 1);
    return digest;
}

namespace {

// The accepted file that the path names: staff do not learn of another municipality's that it exists.
tl::expected<actors::read_campaigns, problem> file_in_path(const call& from) {
    const auto acceptance = from.id(storage::id_kind::recipients);
    if (!acceptance) return tl::unexpected{problem{problem_code::not_found}};
    const auto found = from.ledger.entry_at(*acceptance);
    if (!found) return tl::unexpected{problem{problem_code::read_failed}};
    const auto* const accepted = *found ? std::get_if<ledger::recipients_accepted>(&(*found)->what) : nullptr;
    if (accepted == nullptr || (from.is_staff() && accepted->program != from.by.municipality))
        return tl::unexpected{problem{problem_code::not_found}};
    actors::read_campaigns wanted{accepted->program, accepted->campaign};
    wanted.file = *acceptance;
    return wanted;
}

const ledger::recipient_file* file_seen(const rendering& to) noexcept {
    const auto& seen = to.done.campaigns_seen;
    return seen.empty() ? nullptr : seen.front().file(std::get<actors::read_campaigns>(to.done.asked).file);
}

problem_or_none write_file(json_writer& json, const ledger::recipient_file& file, rendering& to) {
    const auto accepted = to.ledger.entry_at(file.position);
    if (!accepted || !*accepted) return problem{problem_code::read_failed};
    json.begin_object();
    write_recipients(json, to.done.campaigns_seen.front(), file, (*accepted)->decided_at, to.ids);
    json.end_object();
    return std::nullopt;
}

} // namespace

asked accept_recipients(call& from) {
    const auto campaign = campaign_in_path(from);
    if (!campaign) return tl::unexpected{campaign.error()};
    request_fault fault;
    query_parameters query{from.request.query, fault};
    const bool as_csv = query.one_of_or("report", report_forms, 0) == 1;
    query.finish();
    if (fault) return tl::unexpected{std::move(*fault)};
    const std::string_view file = from.request.body;
    return ledger::command{
        ledger::accept_recipients{campaign->program, campaign->proposal, digest_of_file(file),
                                  std::make_shared<recipients_csv>(std::string{file}, from.keys, as_csv)}};
}

asked read_recipient_files(call& from) {
    const auto campaign = campaign_in_path(from);
    if (!campaign) return tl::unexpected{campaign.error()};
    request_fault fault;
    query_parameters query{from.request.query, fault};
    const page wanted = query.read_page(from.keys);
    query.finish();
    if (fault) return tl::unexpected{std::move(*fault)};
    actors::read_campaigns read{campaign->program, campaign->proposal};
    read.files_limit = wanted.limit;
    read.file = wanted.before.value_or(0);
    return read;
}

// Newest first.
problem_or_none render_recipient_files_read(rendering& to) {
    if (to.done.campaigns_seen.empty()) return problem{problem_code::not_found};
    const auto& wanted = std::get<actors::read_campaigns>(to.done.asked);
    const auto& files = to.done.campaigns_seen.front().files;
    const auto end = wanted.file == 0
                       ? files.end()
                       : std::ranges::lower_bound(files, wanted.file, {}, &ledger::recipient_file::position);
    const auto count = std::min<std::ptrdiff_t>(end - files.begin(), wanted.files_limit);
    json_writer json{to.body};
    json.begin_object().begin_array("data");
    for (auto one = end; one != end - count;)
        if (auto wrong = write_file(json, *--one, to)) return wrong;
    json.end_array();
    const bool goes_on = end - count != files.begin();
    goes_on ? json.plain("next", to.keys.encode_id(storage::id_kind::cursor, (end - count)->position).view())
            : json.null("next");
    json.end_object();
    return std::nullopt;
}

asked read_recipients(call& from) {
    auto wanted = file_in_path(from);
    if (!wanted) return tl::unexpected{wanted.error()};
    request_fault fault;
    query_parameters{from.request.query, fault}.finish();
    if (fault) return tl::unexpected{std::move(*fault)};
    return *wanted;
}

problem_or_none render_recipients_read(rendering& to) {
    const auto* const file = file_seen(to);
    if (file == nullptr) return problem{problem_code::not_found};
    json_writer json{to.body};
    return write_file(json, *file, to);
}

asked read_recipients_report(call& from) {
    auto wanted = file_in_path(from);
    if (!wanted) return tl::unexpected{wanted.error()};
    request_fault fault;
    query_parameters query{from.request.query, fault};
    wanted->report_as_csv = query.one_of_or("format", report_forms, 0) == 1;
    query.finish();
    if (fault) return tl::unexpected{std::move(*fault)};
    return *wanted;
}

void write_row_report(rendering& to, std::vector<ledger::left_out_row> rows) {
    std::ranges::sort(rows, {}, &ledger::left_out_row::row);
    line_report report{std::get<actors::read_campaigns>(to.done.asked).report_as_csv};
    for (const auto& one : rows) report.add(one);
    if (report.is_csv()) {
        to.body = report.text();
        to.content_type = csv_content_type;
        return;
    }
    json_writer json{to.body};
    json.begin_object();
    json.array_of("data", report.text());
    json.end_object();
}

// What was left out, in the order of the lines: forty entries of the journal at most.
problem_or_none render_recipients_report(rendering& to) {
    const auto* const file = file_seen(to);
    if (file == nullptr) return problem{problem_code::not_found};
    std::vector<ledger::left_out_row> rows;
    for (auto at = file->last_left_out; at != 0;) {
        const auto entry = to.ledger.entry_at(at);
        if (!entry || !*entry) return problem{problem_code::read_failed};
        const auto& told = std::get<ledger::recipients_left_out>((*entry)->what);
        rows.insert(rows.end(), told.rows.begin(), told.rows.end());
        at = told.previous;
    }
    write_row_report(to, std::move(rows));
    return std::nullopt;
}

} // namespace meguri::net
