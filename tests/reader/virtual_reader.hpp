// A card reader without hardware: a pcscd of the test's own with vsmartcard's vpcd in it, for one test process (see
// own_namespaces.hpp). It has two slots; the second stays empty.
#pragma once

#include "tests/support/temporary_folder.hpp"

#include <cstdint>
#include <string>

#include <sys/types.h>

namespace meguri::test {

class virtual_reader {
public:
    // Starts pcscd and waits until both it and the reader take connections; throws std::runtime_error with what pcscd
    // said where that takes more than half a minute.
    virtual_reader();
    ~virtual_reader();
    virtual_reader(const virtual_reader&) = delete;
    virtual_reader& operator=(const virtual_reader&) = delete;

    // Where a card connects to.
    static constexpr std::uint16_t port = 35'963;

private:
    temporary_folder folder_;
    pid_t pcscd_ = -1;
    int output_ = -1;
};

// A card in the reader's slot: `meguri-card insert` as a process. Removed when it is destroyed.
class inserted_card {
public:
    // Returns once pcscd has noticed the card; throws std::runtime_error where it does not within half a minute.
    explicit inserted_card(const std::filesystem::path& card);
    ~inserted_card();
    inserted_card(const inserted_card&) = delete;
    inserted_card& operator=(const inserted_card&) = delete;

private:
    temporary_folder folder_;
    pid_t program_ = -1;
    int output_ = -1;
};

} // namespace meguri::test
