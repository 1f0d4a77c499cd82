// meguri-bench report: records as one HTML page.
#include "bench/report/page.hpp"
#include "bench/report/read_record.hpp"
#include "bench/suite/command.hpp"
#include "bench/suite/write_file.hpp"

#include <cstdio>
#include <memory>
#include <stdexcept>

namespace meguri::bench {
namespace {

struct report_options {
    std::vector<std::string> files;
    std::string output = "report.html";
};

} // namespace

void write_report(const std::vector<std::string>& files, const std::string& output) {
    std::vector<record> records;
    records.reserve(files.size());
    for (const auto& file : files) records.push_back(read_record(file));
    write_file(output, page_of(records));
    std::printf("%s: %zu records\n", output.c_str(), records.size());
}

command add_report_command(CLI::App& to) {
    auto* const parsed = to.add_subcommand(
        "report", "One HTML page of the records that the other commands wrote with --json: plots, tables, conditions");
    auto options = std::make_shared<report_options>();
    parsed->add_option("files", options->files, "records")->required()->check(CLI::ExistingFile);
    parsed->add_option("--output", options->output)->capture_default_str();
    return {parsed, [options] {
                write_report(options->files, options->output);
                return 0;
            }};
}

} // namespace meguri::bench
