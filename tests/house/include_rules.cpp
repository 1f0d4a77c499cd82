#include "tests/house/include_rules.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace meguri::house {
namespace {

// The folders that each folder may include from, besides itself. main.cpp, tests/ and bench/ may include them all.
struct layer {
    std::string_view folder;
    std::vector<std::string_view> may_use;
};

const std::array<layer, 6> layers{{
    {"ledger", {}},
    {"config", {}},
    {"metrics", {}},
    {"storage", {"ledger", "metrics"}},
    {"actors", {"storage", "ledger", "metrics"}},
    {"net", {"actors", "storage", "ledger", "metrics", "config"}},
}};

// Headers of others that only some of our folders may see. tests/ and bench/ may see all of them.
struct territory {
    std::string_view header_begins;
    std::vector<std::string_view> paths_begin;
};

const std::array<territory, 9> territories{{
    {"lmdb.h", {"storage/"}},
    {"boost/beast", {"net/"}},
    {"boost/asio", {"net/"}},
    {"prometheus/", {"metrics/"}},
    {"caf/", {"actors/", "net/bridge"}},
    {"toml++/", {"config/"}},
    {"simdjson.h", {"net/"}},
    {"libp11.h", {"net/reader/"}},
    {"winscard.h", {"net/reader/"}},
}};

// The rules know no clock, thread, log or file, and of other people's code only tl::expected. <chrono> is there for
// its calendar; the clocks in it are looked for by name.
const std::array<std::string_view, 27> strange_to_ledger{"atomic",       "condition_variable",
                                                         "csignal",      "ctime",
                                                         "filesystem",   "fstream",
                                                         "future",       "iostream",
                                                         "latch",        "mutex",
                                                         "random",       "semaphore",
                                                         "shared_mutex", "stop_token",
                                                         "thread",       "barrier",
                                                         "syncstream",   "cstdio",
                                                         "stdio.h",      "time.h",
                                                         "unistd.h",     "fcntl.h",
                                                         "signal.h",     "pthread.h",
                                                         "istream",      "ostream",
                                                         "coroutine"};

bool begins_with_any(std::string_view text, const std::vector<std::string_view>& beginnings) {
    return std::ranges::any_of(beginnings, [text](std::string_view one) { return text.starts_with(one); });
}

bool is_test_or_bench(std::string_view path) { return path.starts_with("tests/") || path.starts_with("bench/"); }

std::string_view folder_of(std::string_view path) {
    const auto slash = path.find('/');
    return slash == std::string_view::npos ? std::string_view{} : path.substr(0, slash);
}

struct included {
    std::string_view header;
    bool quoted;
};

std::optional<included> include_in(std::string_view line) {
    const auto skip_blanks = [&line] { line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size())); };
    skip_blanks();
    if (!line.starts_with('#')) return std::nullopt;
    line.remove_prefix(1);
    skip_blanks();
    if (!line.starts_with("include")) return std::nullopt;
    line.remove_prefix(std::string_view{"include"}.size());
    skip_blanks();
    if (line.empty() || (line.front() != '<' && line.front() != '"')) return std::nullopt;
    const bool quoted = line.front() == '"';
    line.remove_prefix(1);
    return included{line.substr(0, line.find(quoted ? '"' : '>')), quoted};
}

// Ours are written in quotes and from the project's folder; what they may be depends on the layer.
std::optional<std::string> broken_by_own(std::string_view path, std::string_view header) {
    const auto from = folder_of(path);
    const auto to = folder_of(header);
    const auto is = [](std::string_view folder) { return [folder](const layer& one) { return one.folder == folder; }; };
    if (is_test_or_bench(path)) {
        const bool known = std::ranges::any_of(layers, is(to)) || to == "tests" || to == "bench";
        return known ? std::nullopt : std::optional<std::string>{"write the path from the project's folder"};
    }
    if (std::ranges::none_of(layers, is(to)))
        return "write the path from the project's folder, and nothing of tests or bench";
    if (from.empty() || from == to) return std::nullopt; // main.cpp composes everything
    const auto own = std::ranges::find_if(layers, is(from));
    if (own == layers.end() || std::ranges::find(own->may_use, to) == own->may_use.end())
        return std::string{from} + "/ may not use " + std::string{to} + "/";
    return std::nullopt;
}

std::optional<std::string> broken_by_foreign(std::string_view path, std::string_view header) {
    if (is_test_or_bench(path)) return std::nullopt;
    for (const auto& one : territories)
        if (header.starts_with(one.header_begins) && !begins_with_any(path, one.paths_begin))
            return "only " + std::string{one.paths_begin.front()} + " includes it";
    const bool has_folder = header.find('/') != std::string_view::npos;
    if (path.starts_with("ledger/") && header != "tl/expected.hpp" && path != "ledger/contract.cpp" &&
        (has_folder || std::ranges::find(strange_to_ledger, header) != strange_to_ledger.end()))
        return "ledger/ knows no clock, thread, log, file or library";
    return std::nullopt;
}

} // namespace

std::vector<std::string> broken_include_rules(std::string_view path, std::string_view source) {
    std::vector<std::string> broken;
    for (std::size_t number = 1; !source.empty(); ++number) {
        const auto end = std::min(source.find('\n'), source.size());
        const auto line = source.substr(0, end);
        source.remove_prefix(std::min(end + 1, source.size()));

        const auto report = [&](std::string_view what, const std::string& why) {
            broken.push_back(std::string{path} + ":" + std::to_string(number) + ": " + std::string{what} + ": " + why);
        };
        if (path.starts_with("ledger/") && line.find("_clock::") != std::string_view::npos)
            report("a clock", "time is an argument in ledger/");
        const auto found = include_in(line);
        if (!found) continue;
        const auto why = found->quoted ? broken_by_own(path, found->header) : broken_by_foreign(path, found->header);
        if (why) report(found->header, *why);
    }
    return broken;
}

} // namespace meguri::house
