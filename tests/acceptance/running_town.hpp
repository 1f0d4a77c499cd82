// The real program on a ledger of its own with a small town in it, with the settings of a file: for tests that need
// several of them, or one of which nothing is left afterwards.
#pragma once

#include "tests/support/api_client.hpp"
#include "tests/support/switch_process.hpp"
#include "tests/support/temporary_folder.hpp"

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

namespace meguri::test {

struct running_town {
    // `settings` as in config/meguri.toml; none: the defaults.
    explicit running_town(std::string_view settings = {})
        : operator_key{init_ledger(folder / "ledger")},
          process{folder / "ledger", {"--config", written(folder / "meguri.toml", settings).string()}},
          as_operator{process.port(), operator_key},
          town{make_small_town(as_operator, 1, 5000)},
          till{process.port(), town.till_key} {}

    [[nodiscard]] const small_town::purse& resident() const { return town.wallets[0]; }

    temporary_folder folder;
    std::string operator_key;
    switch_process process;
    api_client as_operator;
    small_town town;
    api_client till;

private:
    static std::filesystem::path written(std::filesystem::path file, std::string_view text) {
        std::ofstream{file} << text;
        return file;
    }
};

} // namespace meguri::test
