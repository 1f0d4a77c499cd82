// The slot of a virtual reader, vsmartcard's vpcd: the card connects to it, and is in it for as long as the connection
// lasts. Each message, both ways, is
//
//     | length, 2 bytes, big endian | that many bytes |
//
// One byte from the reader is a control (0 power off, 1 power on, 2 reset, 4 tell the ATR), more are a command. The
// card answers commands and the question for its ATR, nothing else. One thread.
#pragma once

#include "tests/virtual_card/jpki_applet.hpp"

#include <cstdint>
#include <string>

namespace meguri::virtual_card {

// How a My Number card announces itself; OpenSC knows it by this.
constexpr std::array<std::uint8_t, 9> answer_to_reset{0x3B, 0xE0, 0x00, 0xFF, 0x81, 0x31, 0xFE, 0x45, 0x14};

class reader_slot {
public:
    // Connects to the reader at an IPv4 address; throws std::runtime_error where none listens.
    reader_slot(const std::string& address, std::uint16_t port);
    // Takes an open socket over.
    explicit reader_slot(int socket) noexcept : socket_{socket} {}
    ~reader_slot();
    reader_slot(const reader_slot&) = delete;
    reader_slot& operator=(const reader_slot&) = delete;

    // Answers the reader until it lets go of the card (or the card's slot is shut down from outside).
    void serve(jpki_applet& card);

private:
    [[nodiscard]] bool receive(std::uint8_t* to, std::size_t size) const;
    [[nodiscard]] bool send(byte_view message) const;

    int socket_ = -1;
};

} // namespace meguri::virtual_card
