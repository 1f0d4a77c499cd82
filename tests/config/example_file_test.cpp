// config/meguri.toml is what people read first: it must name every setting, each default must be the real one, and it
// must say which of them a reload changes.
#include "config/load_settings.hpp"
#include "config/schema.hpp"

#include <cstdlib>
#include <fstream>
#include <gtest/gtest.h>
#include <map>
#include <string>

namespace meguri::config {
namespace {

std::string example_file() {
    const char* const source = std::getenv("MEGURI_SOURCE");
    EXPECT_NE(source, nullptr) << "ctest sets MEGURI_SOURCE to the project's folder";
    return std::string{source != nullptr ? source : "."} + "/config/meguri.toml";
}

constexpr std::string_view reload_mark = " # reload";

// Every setting's value as TOML would write it, and the mark of those that a reload changes.
struct as_toml {
    std::map<std::string, std::string> values;

    void operator()(std::string_view key, effect takes, bool value) { put(key, takes, value ? "true" : "false"); }
    void operator()(std::string_view key, effect takes, const std::string& value) {
        put(key, takes, '"' + value + '"');
    }
    void operator()(std::string_view key, effect takes, const listen_address& value) {
        put(key, takes, '"' + to_string(value) + '"');
    }
    void operator()(std::string_view key, effect takes, std::uint64_t value, bounds admitted) {
        EXPECT_TRUE(admitted.least <= value && value <= admitted.most) << key << ": the default is out of its bounds";
        put(key, takes, std::to_string(value));
    }
    template <class Choice, std::size_t N>
    void operator()(std::string_view key, effect takes, Choice value, const std::array<std::string_view, N>& names) {
        put(key, takes, '"' + std::string{names.at(static_cast<std::size_t>(value))} + '"');
    }

private:
    void put(std::string_view key, effect takes, std::string value) {
        if (takes == effect::on_reload) value += reload_mark;
        values.emplace(key, std::move(value));
    }
};

// The file's own lines, read without the loader.
std::map<std::string, std::string> written_in(const std::string& file) {
    std::map<std::string, std::string> found;
    std::ifstream lines{file};
    EXPECT_TRUE(lines) << file;
    std::string section;
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with('[')) section = line.substr(1, line.find(']') - 1);
        const auto equals = line.find(" = ");
        if (line.starts_with('#') || equals == std::string::npos) continue;
        found.emplace(section + "." + line.substr(0, equals), line.substr(equals + 3));
    }
    return found;
}

TEST(example_file, names_every_setting_with_its_default) {
    const settings defaults;
    as_toml expected;
    for_each_setting(defaults, expected);
    EXPECT_FALSE(expected.values.empty());
    EXPECT_EQ(written_in(example_file()), expected.values);
}

TEST(example_file, loads_to_the_defaults) {
    const auto loaded = load_settings(example_file());
    ASSERT_TRUE(loaded) << loaded.error().message();
    const settings defaults;
    as_toml expected;
    as_toml read;
    for_each_setting(defaults, expected);
    for_each_setting(*loaded, read);
    EXPECT_EQ(read.values, expected.values);
}

} // namespace
} // namespace meguri::config
