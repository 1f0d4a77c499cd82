// A bulk request on its way: a place for the answer to each of its lines, which come in any order and leave in the
// order of the lines, all at once. Made by the API, given up by it when the last line has ended; on that io thread
// alone.
//
//   request body:  one JSON object a line (NDJSON), 1 to lines_max of them
//   answer:        {"idempotency_key": "..."|null, "status": 201, "replayed": false, "authorization": {...}|null,
//                   "problem": null|{...}}  a line
#pragma once

#include "actors/operation.hpp"
#include "net/asker.hpp"
#include "net/problem.hpp"
#include "net/render_ids.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace meguri::net {

class bulk_request;

class bulk_owner {
public:
    virtual ~bulk_owner() = default;
    // Of every operation that came back.
    virtual void line_ended(const actors::operation& done) = 0;
    // All lines have their answers. The request may be destroyed.
    virtual void bulk_ended(bulk_request& done) = 0;
};

struct bulk_line {
    std::string idempotency_key; // empty: could not be read
    actors::operation_ptr done;  // decided or replayed
    std::optional<problem> wrong = {};
};

class bulk_request final : public actors::reply_sink {
public:
    static constexpr std::size_t lines_max = 1'000;

    // `owner` outlives it.
    bulk_request(bulk_owner& owner, const asker& from, std::size_t lines, bool as_csv = false)
        : owner_{owner},
          from_{from},
          lines_(lines),
          as_csv_{as_csv} {}

    [[nodiscard]] const asker& from() const noexcept { return from_; }
    [[nodiscard]] bulk_line& line(std::size_t number) { return lines_.at(number); }
    [[nodiscard]] const std::vector<bulk_line>& lines() const noexcept { return lines_; }
    [[nodiscard]] bool as_csv() const noexcept { return as_csv_; } // wants its answer so

    // An operation of this line is under way; its ticket's sequence is the line's number.
    void expect() noexcept { ++awaited_; }
    // Every line has been begun: it ends as soon as none is under way. The request may be destroyed.
    void all_begun() { end_one(); }

    void finished(actors::operation& done) noexcept override;

private:
    void end_one();

    bulk_owner& owner_;
    asker from_;
    std::vector<bulk_line> lines_;
    bool as_csv_;
    std::size_t awaited_ = 1; // and one until all are begun
};

// The lines of an NDJSON text. A line end behind the last one begins no further line.
[[nodiscard]] std::vector<std::string_view> lines_of(std::string_view text);

// Appends the line's answer and a line end.
void render_bulk_line(std::string& body, const bulk_line& one, std::uint64_t request_id, id_texts& ids);

} // namespace meguri::net
