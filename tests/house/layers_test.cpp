// Holds every source file to the layers of ARCHITECTURE.md, and the rules themselves to examples of what they forbid.
#include "tests/house/include_rules.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <iterator>
#include <map>
#include <string>
#include <vector>

namespace meguri::house {
namespace {

std::string text_of(const std::filesystem::path& file) {
    std::ifstream opened{file, std::ios::binary};
    EXPECT_TRUE(opened) << file;
    return {std::istreambuf_iterator<char>{opened}, {}};
}

// All C++ files of the project by their path from its folder. Build folders and dotted folders are not ours.
std::map<std::string, std::filesystem::path> sources(const std::filesystem::path& project) {
    std::map<std::string, std::filesystem::path> found;
    const auto note = [&](const std::filesystem::path& file) {
        if (file.extension() == ".cpp" || file.extension() == ".hpp")
            found.emplace(std::filesystem::relative(file, project).generic_string(), file);
    };
    for (const auto& top : std::filesystem::directory_iterator{project}) {
        const auto name = top.path().filename().string();
        if (top.is_regular_file()) note(top.path());
        if (!top.is_directory() || name.starts_with('.') || name == "build" || name == "web") continue;
        for (const auto& below : std::filesystem::recursive_directory_iterator{top.path()})
            if (below.is_regular_file()) note(below.path());
    }
    return found;
}

TEST(layers, hold_in_every_source_file) {
    const char* const project = std::getenv("MEGURI_SOURCE");
    ASSERT_NE(project, nullptr) << "ctest sets MEGURI_SOURCE to the project's folder";
    const auto files = sources(project);
    ASSERT_TRUE(files.contains("tests/house/layers_test.cpp")) << "looked into the wrong folder: " << project;
    ASSERT_TRUE(files.contains("ledger/contract.hpp"));
    for (const auto& [path, file] : files)
        for (const auto& broken : broken_include_rules(path, text_of(file))) ADD_FAILURE() << broken;
}

TEST(layers, includes_that_go_down_are_allowed) {
    const std::vector<std::pair<std::string, std::string>> allowed{
        {"main.cpp", "#include \"net/listener.hpp\"\n#include \"config/settings.hpp\"\n#include <thread>\n"},
        {"net/listener.cpp", "#include \"actors/protocol.hpp\"\n#include <boost/asio.hpp>\n"},
        {"net/bridge.cpp", "#include <caf/send.hpp>\n"},
        {"net/reader/card_token.hpp", "#include \"net/card_certificate.hpp\"\n#include <libp11.h>\n"},
        {"actors/wallet_actor.cpp", "#include \"storage/journal.hpp\"\n#include <caf/all.hpp>\n"},
        {"storage/journal.cpp", "#include \"ledger/points.hpp\"\n#include <lmdb.h>\n#include <thread>\n"},
        {"metrics/exposition.cpp", "#include <prometheus/registry.h>\n"},
        {"ledger/points.hpp", "#include <tl/expected.hpp>\n#include <chrono>\n// no include <thread>\n"},
        {"ledger/contract.cpp", "#include <cstdio>\n"},
        {"tests/storage/torn_test.cpp", "#include <lmdb.h>\n#include \"tests/support/temporary_folder.hpp\"\n"},
        {"bench/load_main.cpp", "#include <boost/asio.hpp>\n#include \"bench/http_load.hpp\"\n"},
    };
    for (const auto& [path, source] : allowed)
        for (const auto& broken : broken_include_rules(path, source)) ADD_FAILURE() << broken;
}

TEST(layers, includes_that_go_up_or_aside_are_found) {
    const std::vector<std::pair<std::string, std::string>> forbidden{
        {"ledger/points.hpp", "#include \"storage/journal.hpp\"\n"},
        {"ledger/points.hpp", "#include \"metrics/probes.hpp\"\n"},
        {"ledger/points.hpp", "#include \"config/settings.hpp\"\n"},
        {"storage/journal.cpp", "#include \"actors/protocol.hpp\"\n"},
        {"storage/journal.cpp", "  #  include\t\"net/listener.hpp\"\n"},
        {"actors/protocol.hpp", "#include \"net/http_types.hpp\"\n"},
        {"metrics/probes.hpp", "#include \"ledger/points.hpp\"\n"},
        {"config/settings.hpp", "#include \"ledger/points.hpp\"\n"},
        {"net/router.cpp", "#include \"bench/http_load.hpp\"\n"},
        {"net/router.cpp", "#include \"tests/support/http_client.hpp\"\n"},
        {"net/router.cpp", "#include \"router.hpp\"\n"},
        {"tests/net/router_test.cpp", "#include \"router.hpp\"\n"},
        {"web/page.cpp", "#include \"net/router.hpp\"\n"},
        {"actors/directory.cpp", "#include <lmdb.h>\n"},
        {"main.cpp", "#include <lmdb.h>\n"},
        {"actors/directory.cpp", "#include <boost/asio/post.hpp>\n"},
        {"main.cpp", "#include <boost/beast.hpp>\n"},
        {"net/ops.cpp", "#include <prometheus/registry.h>\n"},
        {"net/router.cpp", "#include <caf/all.hpp>\n"},
        {"storage/journal.cpp", "#include <caf/all.hpp>\n"},
        {"net/router.cpp", "#include <toml++/toml.h>\n"},
        {"net/router.cpp", "#include <libp11.h>\n"},
        {"ledger/points.hpp", "#include <boost/json.hpp>\n"},
        {"ledger/points.hpp", "#include <thread>\n"},
        {"ledger/points.hpp", "#include <fstream>\n"},
        {"ledger/points.hpp", "#include <sys/time.h>\n"},
        {"ledger/points.hpp", "auto now = std::chrono::system_clock::now();\n"},
    };
    for (const auto& [path, source] : forbidden)
        EXPECT_EQ(broken_include_rules(path, "// A file.\n" + source + "int x;\n").size(), 1U)
            << path << ": " << source;
}

TEST(layers, a_finding_names_file_and_line) {
    const auto broken = broken_include_rules("ledger/points.hpp", "#pragma once\n\n#include <lmdb.h>");
    ASSERT_EQ(broken.size(), 1U);
    EXPECT_EQ(broken.front(), "ledger/points.hpp:3: lmdb.h: only storage/ includes it");
}

} // namespace
} // namespace meguri::house
