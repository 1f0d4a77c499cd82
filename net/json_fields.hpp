// Reads the members of one JSON object strictly: each known name once, of the right type, within its bounds, and
// nothing else. The first fault stays and every later read gives a default, so a resource reads all members, then asks
// once:
//
//     request_fault fault;
//     json_fields body{document, text, fault};
//     command.amount = body.amount("amount");
//     body.finish();
//     if (fault) return tl::unexpected{std::move(*fault)};
#pragma once

#include "ledger/calendar.hpp"
#include "ledger/funding.hpp"
#include "ledger/local_gov_code.hpp"
#include "ledger/points.hpp"
#include "net/json_document.hpp"
#include "net/problem.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace meguri::net {

// A length in characters (Unicode code points, control characters refused).
struct text_bounds {
    std::size_t min = 1;
    std::size_t max = 200;
};

inline constexpr text_bounds name_bounds{1, 200};
inline constexpr text_bounds reason_bounds{1, 200}; // why somebody did an administrative act
inline constexpr text_bounds id_bounds{1, 64};
inline constexpr std::size_t program_list_max = 2000; // more than there are municipalities

// Whether the text, valid UTF-8, lies within the bounds and has no control characters.
[[nodiscard]] bool within(std::string_view text, text_bounds bounds) noexcept;

using request_fault = std::optional<problem>;

class json_fields {
public:
    // The whole body, which must be an object.
    json_fields(json_document& document, std::string_view body, request_fault& fault);

    // A member that must be there. The views end with the document's next parse.
    [[nodiscard]] std::string_view text(std::string_view name, text_bounds bounds = name_bounds);
    [[nodiscard]] std::int64_t integer(std::string_view name, std::int64_t min, std::int64_t max);
    [[nodiscard]] ledger::points amount(std::string_view name);                      // 1 to points::command_max
    [[nodiscard]] ledger::program_code program(std::string_view name);               // six digits, perhaps nobody's
    [[nodiscard]] std::vector<ledger::program_code> programs(std::string_view name); // 1 or more, each once
    [[nodiscard]] std::vector<std::string_view> texts(std::string_view name,
                                                      std::size_t most);                       // of any length and form
    [[nodiscard]] std::optional<ledger::funding_source> funding_source(std::string_view name); // none: faulted
    [[nodiscard]] ledger::jst_day date(std::string_view name); // one that exists, as YYYY-MM-DD
    [[nodiscard]] std::size_t one_of(std::string_view name, std::span<const std::string_view> choices);
    [[nodiscard]] json_fields object(std::string_view name);

    // Objects of a list, each under its own name with its place: "steps/0". At most as many as there are names; none
    // where it is left out.
    [[nodiscard]] std::vector<json_fields> optional_objects(std::string_view name,
                                                            std::span<const std::string_view> names);

    // A member that may be left out.
    [[nodiscard]] std::vector<std::string_view> optional_texts(std::string_view name, std::size_t most);
    [[nodiscard]] std::optional<json_fields> optional_object(std::string_view name);
    [[nodiscard]] std::string_view text_or(std::string_view name, std::string_view otherwise, text_bounds bounds);
    [[nodiscard]] bool boolean_or(std::string_view name, bool otherwise);
    [[nodiscard]] std::size_t one_of_or(std::string_view name, std::span<const std::string_view> choices,
                                        std::size_t otherwise);
    [[nodiscard]] std::int64_t integer_or(std::string_view name, std::int64_t otherwise, std::int64_t min,
                                          std::int64_t max);
    [[nodiscard]] std::optional<std::int64_t> optional_integer(std::string_view name, std::int64_t min,
                                                               std::int64_t max);
    // Which of the choices a list names: 1 or more, each once.
    [[nodiscard]] std::optional<std::vector<std::size_t>> optional_choices(std::string_view name,
                                                                           std::span<const std::string_view> choices);
    [[nodiscard]] std::optional<ledger::points> optional_amount(std::string_view name);
    [[nodiscard]] std::optional<ledger::program_code> optional_program(std::string_view name);
    [[nodiscard]] std::optional<ledger::jst_day> optional_date(std::string_view name);

    // Faults the first member that nobody asked for.
    void finish();

    // Faults the member, for what only the resource can know.
    void refuse(std::string_view name, problem_code code, std::string detail);

private:
    json_fields(std::span<const json_node> nodes, std::size_t at, std::string_view parent, request_fault& fault);

    static constexpr std::size_t members_max = 32;

    void check_members();
    [[nodiscard]] const json_node* find(std::string_view name, json_kind wanted, bool required);
    [[nodiscard]] std::vector<std::string_view> texts_of(const json_node* list, std::string_view name,
                                                         std::size_t most);
    [[nodiscard]] std::string pointer_to(std::string_view name) const;
    [[nodiscard]] ledger::program_code program_of(const json_node& node, const std::string& pointer);
    [[nodiscard]] std::optional<ledger::jst_day> date_of(std::string_view name, bool required);
    [[nodiscard]] std::string_view bounded(const json_node& node, text_bounds bounds);
    [[nodiscard]] std::int64_t within_range(const json_node& node, std::int64_t min, std::int64_t max);
    [[nodiscard]] ledger::points amount_of(const json_node& node);
    [[nodiscard]] std::size_t choice(const json_node& node, std::span<const std::string_view> choices);
    [[nodiscard]] std::size_t choice(const json_node& node, std::span<const std::string_view> choices,
                                     std::string pointer);
    void fail(problem_code code, std::string pointer, std::string detail);

    std::span<const json_node> nodes_; // of the whole document
    std::size_t at_ = 0;               // this object among them
    std::string_view parent_;          // its own name; empty for the outermost
    std::uint32_t asked_for_ = 0;      // one bit per member, in their order
    request_fault& fault_;
};

} // namespace meguri::net
