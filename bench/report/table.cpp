#include "bench/report/table.hpp"

#include "ledger/contract.hpp"

namespace meguri::bench {
namespace {

void write_row(markup& out, const table_row& row) {
    if (row.why_invalid.empty())
        out.open("tr");
    else
        out.open("tr", {{"class", "invalid"}});
    for (std::size_t i = 0; i < row.cells.size(); ++i) {
        if (i > 0) {
            out.element("td", {}, row.cells[i]);
            continue;
        }
        out.open("th", {{"scope", "row"}}).text(row.cells[i]);
        if (!row.why_invalid.empty()) out.element("em", {}, " invalid: " + row.why_invalid);
        out.close();
    }
    out.close();
}

} // namespace

void write(markup& out, const table& what) {
    out.open("div", {{"class", "table"}, {"tabindex", "0"}, {"role", "region"}, {"aria-label", what.caption}});
    out.open("table").element("caption", {}, what.caption);
    out.open("thead").open("tr");
    for (const auto& name : what.head) out.element("th", {{"scope", "col"}}, name);
    out.close().close().open("tbody");
    for (const auto& row : what.rows) {
        EXPECTS(row.cells.size() == what.head.size());
        write_row(out, row);
    }
    out.close().close().close();
}

} // namespace meguri::bench
