#include "bench/report/sections.hpp"

#include <algorithm>

namespace meguri::bench {
namespace {

struct condition_value {
    std::string value;
    std::vector<std::string> files;
};

std::vector<condition_value> values_of(const std::string& name, const std::vector<record>& records) {
    std::vector<condition_value> all;
    for (const auto& one : records)
        for (const auto& [asked, value] : one.environment) {
            if (asked != name) continue;
            auto known = std::ranges::find(all, value, &condition_value::value);
            if (known == all.end()) known = all.insert(known, {value, {}});
            known->files.push_back(one.file);
        }
    return all;
}

std::vector<std::string> names_of(const std::vector<record>& records) {
    std::vector<std::string> names;
    for (const auto& one : records)
        for (const auto& [name, value] : one.environment)
            if (std::ranges::find(names, name) == names.end()) names.push_back(name);
    return names;
}

} // namespace

void write_conditions(markup& out, const std::vector<record>& records) {
    out.open("section").element("h2", {}, "Conditions");
    out.element("p", {}, "Of all records; where they differ, each with the file that it is of.");
    out.open("dl", {{"class", "conditions"}});
    for (const auto& name : names_of(records)) {
        out.element("dt", {}, name);
        const auto values = values_of(name, records);
        for (const auto& [value, files] : values) {
            out.open("dd").text(value);
            if (files.size() < records.size()) {
                std::string list;
                for (const auto& file : files) list += (list.empty() ? "" : ", ") + file;
                out.element("small", {}, " " + list);
            }
            out.close();
        }
    }
    out.close().close();
}

} // namespace meguri::bench
