// A ledger that some version of the program wrote, packed, and beside it what that version answered: so that a later
// one can be asked the same. How they are made: tests/data/upgrade/README.md.
#pragma once

#include "tests/support/http_client.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace meguri::test {

struct asked {
    std::string method;
    std::string path;
    std::string bearer;
    std::string idempotency_key; // of a POST
    std::string body;
};

struct answered {
    asked question;
    int status = 0;
    bool replayed = false; // Idempotent-Replayed
    std::string body;
};

[[nodiscard]] answered ask(http_client& over, const asked& question);

struct recorded_ledger {
    std::string version;       // of the program
    std::int64_t stood_at = 0; // Unix seconds by the switch's clock; from then on nothing was decided
    // Somebody who can still pay, and where.
    std::string till_key;
    std::string card;
    std::vector<answered> answers; // given while it stood so
};

void write_answers(const recorded_ledger& from, const std::filesystem::path& file);
[[nodiscard]] recorded_ledger read_answers(const std::filesystem::path& file);

// A data folder as one file and back. What is zero, which is most of a journal's room, takes no place.
void pack(const std::filesystem::path& folder, const std::filesystem::path& file);
void unpack(const std::filesystem::path& file, const std::filesystem::path& folder);

} // namespace meguri::test
