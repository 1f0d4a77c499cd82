#include "bench/report/markup.hpp"

#include "ledger/contract.hpp"

#include <utility>

namespace meguri::bench {
namespace {

void append_escaped(std::string& out, std::string_view content) {
    for (const char c : content) {
        switch (c) {
        case '&': out += "&amp;"; break;
        case '<': out += "&lt;"; break;
        case '>': out += "&gt;"; break;
        case '"': out += "&quot;"; break;
        case '\'': out += "&#39;"; break;
        case '\n':
        case '\t': out += c; break;
        default:
            // No XML may hold the other control characters, not even escaped.
            if (static_cast<unsigned char>(c) < 0x20)
                out += "\xef\xbf\xbd";
            else
                out += c;
        }
    }
}

} // namespace

void markup::begin(std::string_view tag, attributes with) {
    out_ += '<';
    out_ += tag;
    for (const auto& [name, value] : with) {
        out_ += ' ';
        out_ += name;
        out_ += "=\"";
        append_escaped(out_, value);
        out_ += '"';
    }
}

markup& markup::open(std::string_view tag, attributes with) {
    begin(tag, with);
    out_ += '>';
    opened_.emplace_back(tag);
    return *this;
}

markup& markup::close() {
    EXPECTS(!opened_.empty());
    out_ += "</" + opened_.back() + ">\n";
    opened_.pop_back();
    return *this;
}

markup& markup::text(std::string_view content) {
    append_escaped(out_, content);
    return *this;
}

markup& markup::element(std::string_view tag, attributes with, std::string_view content) {
    return open(tag, with).text(content).close();
}

markup& markup::empty(std::string_view tag, attributes with) {
    begin(tag, with);
    out_ += "/>";
    return *this;
}

markup& markup::verbatim(std::string_view content) {
    EXPECTS(content.find_first_of("<&") == std::string_view::npos);
    out_ += content;
    return *this;
}

std::string markup::finish() {
    while (!opened_.empty()) close();
    return std::move(out_);
}

} // namespace meguri::bench
