// The query of a request, read as strictly as a body: known parameters, each once, within their bounds. Like
// json_fields: the first fault stays, the resource asks once at the end.
#pragma once

#include "ledger/calendar.hpp"
#include "ledger/ids.hpp"
#include "net/code_picture.hpp"
#include "net/json_fields.hpp"
#include "storage/key_ring.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace meguri::net {

// One page of a list: what lies before the cursor (lists run from new to old), at most so many.
struct page {
    static constexpr std::uint32_t limit_max = 100;
    static constexpr std::uint32_t limit_default = 20;

    std::uint32_t limit = limit_default;
    std::optional<ledger::journal_position> before;
};

class query_parameters {
public:
    // application/x-www-form-urlencoded, as browsers and curl write it.
    query_parameters(std::string_view query, request_fault& fault);

    // A parameter that must be there. `name` is static text.
    [[nodiscard]] std::string text(std::string_view name, text_bounds bounds);
    // `at`: an instant that lies not behind `now`; nullopt where it is left out.
    [[nodiscard]] std::optional<ledger::instant> past_instant(std::string_view name, ledger::instant now);
    // May be left out.
    [[nodiscard]] std::uint32_t number_or(std::string_view name, std::uint32_t otherwise, std::uint32_t min,
                                          std::uint32_t max);
    [[nodiscard]] std::size_t one_of_or(std::string_view name, std::span<const std::string_view> choices,
                                        std::size_t otherwise);
    // One that exists, as YYYY-MM-DD; must be there.
    [[nodiscard]] ledger::jst_day date(std::string_view name);
    // `picture`: none where it is left out.
    [[nodiscard]] symbology picture();
    // `limit` and `after`.
    [[nodiscard]] page read_page(const storage::key_ring& keys);
    // Faults the first parameter that nobody asked for.
    void finish();
    // Faults the parameter, for what only the resource can know.
    void refuse(std::string_view name, std::string detail);

private:
    struct parameter {
        std::string name;
        std::string value;
        bool asked_for = false;
    };

    [[nodiscard]] const std::string* find(std::string_view name);

    std::vector<parameter> parameters_;
    request_fault& fault_;
};

} // namespace meguri::net
