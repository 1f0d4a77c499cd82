#include "net/bulk_request.hpp"

#include "net/json_writer.hpp"
#include "net/render_entry.hpp"

#include <algorithm>

namespace meguri::net {

void bulk_request::finished(actors::operation& done) noexcept {
    bulk_line& line = lines_[done.ticket.sequence];
    // One that was lost is about to be destroyed: it must not be held on to.
    if (done.end == actors::ending::decided || done.end == actors::ending::replayed)
        line.done = actors::operation_ptr{&done};
    else
        line.wrong = problem_of(done);
    owner_.line_ended(done);
    end_one();
}

void bulk_request::end_one() {
    if (--awaited_ == 0) owner_.bulk_ended(*this);
}

std::vector<std::string_view> lines_of(std::string_view text) {
    std::vector<std::string_view> lines;
    lines.reserve(static_cast<std::size_t>(std::ranges::count(text, '\n')) + 1);
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        lines.push_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return lines;
}

void render_bulk_line(std::string& body, const bulk_line& one, std::uint64_t request_id, id_texts& ids) {
    json_writer json{body};
    json.begin_object();
    one.idempotency_key.empty() ? json.null("idempotency_key") : json.text("idempotency_key", one.idempotency_key);
    json.number("status", one.wrong ? text_of(one.wrong->code).status : status_of(one.done->record));
    json.boolean("replayed", !one.wrong && one.done->end == actors::ending::replayed);
    if (one.wrong) {
        json.null("authorization").begin_object("problem");
        write_problem_members(json, *one.wrong, request_id);
        json.end_object();
    } else {
        write_authorization(json, "authorization", one.done->record, ids);
        json.null("problem");
    }
    json.end_object();
    body.push_back('\n');
}

} // namespace meguri::net
