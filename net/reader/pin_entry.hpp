// The PIN between the keys and the card. It lies in one place, in memory that is not swapped out, and is wiped there.
#pragma once

#include <array>
#include <cstddef>

namespace meguri::net::reader {

class pin_entry {
public:
    pin_entry() noexcept;
    ~pin_entry();
    pin_entry(const pin_entry&) = delete;
    pin_entry& operator=(const pin_entry&) = delete;

    // Asks at the process's terminal, whatever its standard input is, and shows nothing of what is typed. Throws
    // reader_error where there is no terminal, or where what was typed is no four digits.
    void ask();
    // Ended by a NUL, as PKCS#11 libraries take it.
    [[nodiscard]] const char* digits() const noexcept { return digits_.data(); }

private:
    static constexpr std::size_t length = 4;

    std::array<char, length + 1> digits_{};
};

} // namespace meguri::net::reader
