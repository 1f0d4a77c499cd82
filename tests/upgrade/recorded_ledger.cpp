#include "tests/upgrade/recorded_ledger.hpp"

#include "tests/support/source_tree.hpp"
#include "tests/support/tool.hpp"

#include <boost/json.hpp>

#include <fstream>
#include <stdexcept>

namespace meguri::test {
namespace {

namespace json = boost::json;

json::object to_json(const answered& one) {
    return {{"method", one.question.method}, {"path", one.question.path},
            {"bearer", one.question.bearer}, {"idempotency_key", one.question.idempotency_key},
            {"body", one.question.body},     {"status", one.status},
            {"replayed", one.replayed},      {"answer", one.body}};
}

std::string text_in(const json::object& from, std::string_view name) { return std::string{from.at(name).as_string()}; }

answered read(const json::object& from) {
    return {{text_in(from, "method"), text_in(from, "path"), text_in(from, "bearer"), text_in(from, "idempotency_key"),
             text_in(from, "body")},
            static_cast<int>(from.at("status").as_int64()),
            from.at("replayed").as_bool(),
            text_in(from, "answer")};
}

void run_tar(const std::vector<std::string>& arguments) {
    const auto done = run_tool("/usr/bin/tar", arguments);
    if (done.status != 0) throw std::runtime_error{"tar: " + done.output};
}

} // namespace

answered ask(http_client& over, const asked& question) {
    http_fields fields{{"Authorization", "Bearer " + question.bearer}};
    if (question.method == "POST") {
        fields.emplace_back("Content-Type",
                            question.path.ends_with("/recipients") || question.path.ends_with("/eligibility")
                                ? "text/csv"
                                : "application/json");
        fields.emplace_back("Idempotency-Key", question.idempotency_key);
    }
    const auto reply = over.ask(question.method, question.path, fields, question.body);
    return {question, reply.status, reply.field("idempotent-replayed") == "true", reply.body};
}

void write_answers(const recorded_ledger& from, const std::filesystem::path& file) {
    std::ofstream out{file};
    out << "{\n\"version\": " << json::serialize(json::value(from.version)) << ",\n\"stood_at\": " << from.stood_at
        << ",\n\"till_key\": " << json::serialize(json::value(from.till_key))
        << ",\n\"card\": " << json::serialize(json::value(from.card)) << ",\n\"answers\": [";
    const char* before = "\n";
    for (const auto& one : from.answers) {
        out << before << json::serialize(to_json(one));
        before = ",\n";
    }
    if (!(out << "\n]\n}\n").flush()) throw std::runtime_error{"cannot write " + file.string()};
}

recorded_ledger read_answers(const std::filesystem::path& file) {
    const auto read_file = json::parse(text_of(file));
    const auto& all = read_file.as_object();
    recorded_ledger found{
        text_in(all, "version"), all.at("stood_at").as_int64(), text_in(all, "till_key"), text_in(all, "card"), {}};
    for (const auto& one : all.at("answers").as_array()) found.answers.push_back(read(one.as_object()));
    return found;
}

void pack(const std::filesystem::path& folder, const std::filesystem::path& file) {
    run_tar({"--create", "--gzip", "--file", file.string(), "--sparse", "--hole-detection=raw", "--sort=name",
             "--owner=0", "--group=0", "--numeric-owner", "--directory", folder.string(), "."});
}

void unpack(const std::filesystem::path& file, const std::filesystem::path& folder) {
    std::filesystem::create_directories(folder);
    run_tar({"--extract", "--gzip", "--file", file.string(), "--same-permissions", "--no-same-owner", "--directory",
             folder.string()});
}

} // namespace meguri::test
