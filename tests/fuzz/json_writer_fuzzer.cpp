// What json_writer writes, json_document reads back. The input is a list of calls to the writer, one byte each, a text
// with its length and bytes behind it; the nodes that must come back are kept beside.
#include "ledger/contract.hpp"
#include "net/json_document.hpp"
#include "net/json_writer.hpp"
#include "tests/fuzz/fuzzing.hpp"

#include <algorithm>
#include <cstring>
#include <deque>
#include <string>
#include <vector>

namespace meguri::fuzz {
namespace {

using net::json_kind;
using net::json_node;

// Reads as zeros once nothing is left.
class calls {
public:
    explicit calls(input bytes) noexcept : rest_{bytes} {}

    [[nodiscard]] bool more() const noexcept { return !rest_.empty(); }
    [[nodiscard]] unsigned byte() { return rest_.empty() ? 0 : std::to_integer<unsigned>(take(1)[0]); }
    [[nodiscard]] std::int64_t number() {
        std::int64_t value = 0;
        const input some = take(sizeof value);
        if (!some.empty()) std::memcpy(&value, some.data(), some.size());
        return value;
    }
    [[nodiscard]] std::string_view text() { return text_of(take(byte())); }

private:
    input take(std::size_t size) {
        const input taken = rest_.first(std::min(size, rest_.size()));
        rest_ = rest_.subspan(taken.size());
        return taken;
    }
    input rest_;
};

class writing {
public:
    writing() {
        json_.begin_object();
        begin(json_kind::object, "");
    }

    void call(calls& from) {
        const unsigned what = from.byte();
        if (what % 8 != 7)
            in_array() ? element(what, from) : member(what, from);
        else if (open_.size() > 1)
            close();
    }
    const std::string& finish() {
        while (!open_.empty()) close();
        return out_;
    }
    [[nodiscard]] const std::vector<json_node>& expected() const noexcept { return expected_; }

private:
    [[nodiscard]] bool in_array() const { return expected_[open_.back()].kind == json_kind::array; }
    [[nodiscard]] bool may_open() const { return open_.size() < net::json_document::depth_max - 1; }

    // In an array the writer puts texts and objects.
    void element(unsigned what, calls& from) {
        if (what % 2 == 0) {
            const std::string_view text = from.text();
            if (!net::is_utf8(text)) return;
            json_.text(text);
            add(json_kind::text, "").text = text;
        } else if (may_open()) {
            json_.begin_object();
            begin(json_kind::object, "");
        }
    }
    void member(unsigned what, calls& from) {
        const std::string_view name = names_.emplace_back(1 + what / 128, static_cast<char>('a' + what / 8 % 16));
        switch (what % 8) {
        case 0: {
            const std::string_view text = from.text();
            if (!net::is_utf8(text)) return;
            json_.text(name, text);
            add(json_kind::text, name).text = text;
            return;
        }
        case 1: {
            const std::int64_t number = from.number();
            json_.number(name, number);
            add(json_kind::integer, name).integer = number;
            return;
        }
        case 2: json_.boolean(name, what >= 128), add(json_kind::boolean, name).boolean = what >= 128; return;
        case 3: json_.null(name), add(json_kind::null, name); return;
        case 4: json_.plain(name, name), add(json_kind::text, name).text = name; return;
        default: break;
        }
        if (!may_open()) return;
        const bool array = what % 8 == 5;
        array ? json_.begin_array(name) : json_.begin_object(name);
        begin(array ? json_kind::array : json_kind::object, name);
    }
    json_node& add(json_kind kind, std::string_view name) {
        json_node& one = expected_.emplace_back();
        one.kind = kind;
        one.key = name;
        one.end = static_cast<std::uint32_t>(expected_.size());
        return one;
    }
    void begin(json_kind kind, std::string_view name) {
        open_.push_back(expected_.size());
        add(kind, name);
    }
    void close() {
        in_array() ? json_.end_array() : json_.end_object();
        expected_[open_.back()].end = static_cast<std::uint32_t>(expected_.size());
        open_.pop_back();
    }

    std::string out_;
    net::json_writer json_{out_};
    std::deque<std::string> names_;
    std::vector<json_node> expected_;
    std::vector<std::size_t> open_; // places in expected_
};

bool same(const json_node& a, const json_node& b) {
    return a.kind == b.kind && a.boolean == b.boolean && a.end == b.end && a.integer == b.integer && a.key == b.key &&
           a.text == b.text;
}

} // namespace

void try_input(input bytes) {
    static net::json_document document;
    calls from{bytes};
    writing written;
    while (from.more()) written.call(from);
    const auto read = document.parse(written.finish());
    ENSURES(std::ranges::equal(read, written.expected(), same));
}

} // namespace meguri::fuzz
