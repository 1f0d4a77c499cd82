#include "tests/virtual_card/reader_slot.hpp"

#include "tests/virtual_card/sample_card.hpp"

#include <gtest/gtest.h>
#include <thread>

#include <sys/socket.h>
#include <unistd.h>

namespace meguri::virtual_card {
namespace {

// The reader's end of the connection, and a card in its slot on a thread of its own.
class inserted_card {
public:
    inserted_card() {
        int ends[2];
        if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) throw std::runtime_error{"socketpair"};
        reader_ = ends[0];
        serving_ = std::thread{[socket = ends[1]] {
            jpki_applet card{sample_contents(), [](card_use, const card_pin&) {}};
            reader_slot{socket}.serve(card);
        }};
    }
    ~inserted_card() {
        pull();
        serving_.join();
    }
    inserted_card(const inserted_card&) = delete;
    inserted_card& operator=(const inserted_card&) = delete;

    void send(const bytes& raw) const {
        ASSERT_EQ(::send(reader_, raw.data(), raw.size(), MSG_NOSIGNAL), static_cast<ssize_t>(raw.size()));
    }
    [[nodiscard]] bytes receive(std::size_t size) const {
        bytes got(size);
        EXPECT_EQ(::recv(reader_, got.data(), size, MSG_WAITALL), static_cast<ssize_t>(size));
        return got;
    }
    void pull() {
        if (reader_ >= 0) ::close(reader_);
        reader_ = -1;
    }

private:
    int reader_ = -1;
    std::thread serving_;
};

const bytes framed_select_applet{0,    15,   0x00, 0xA4, 0x04, 0x0C, 0x0A, 0xD3, 0x92,
                                 0xF0, 0x00, 0x26, 0x01, 0,    0,    0,    0x01};
const bytes framed_select_certificate{0, 7, 0x00, 0xA4, 0x02, 0x0C, 0x02, 0x00, 0x0A};

TEST(reader_slot, tells_the_answer_to_reset) {
    const inserted_card card;
    card.send({0, 1, 4});
    EXPECT_EQ(card.receive(11), (bytes{0, 9, 0x3B, 0xE0, 0x00, 0xFF, 0x81, 0x31, 0xFE, 0x45, 0x14}));
}

TEST(reader_slot, answers_commands_and_no_control) {
    const inserted_card card;
    card.send({0, 1, 1}); // power on: what comes back next is the command's answer
    card.send(framed_select_applet);
    EXPECT_EQ(card.receive(4), (bytes{0, 2, 0x90, 0x00}));
    card.send({0, 4, 0x00, 0x84});
    card.send({0x00, 0x00});
    EXPECT_EQ(card.receive(4), (bytes{0, 2, 0x6D, 0x00})) << "a command may come in pieces";
}

TEST(reader_slot, frames_long_answers) {
    const inserted_card card;
    card.send(framed_select_applet);
    card.send(framed_select_certificate);
    (void)card.receive(8);
    card.send({0, 5, 0x00, 0xB0, 0x00, 0x00, 0x00});
    const auto answer = card.receive(2 + 256 + 2);
    EXPECT_EQ(answer[0], 1);
    EXPECT_EQ(answer[1], 2);
}

TEST(reader_slot, a_reset_reaches_the_card) {
    for (const auto control : bytes{0, 1, 2}) {
        const inserted_card card;
        card.send(framed_select_applet);
        EXPECT_EQ(card.receive(4), (bytes{0, 2, 0x90, 0x00}));
        card.send({0, 1, control});
        card.send(framed_select_certificate);
        EXPECT_EQ(card.receive(4), (bytes{0, 2, 0x6A, 0x82})) << unsigned{control};
    }
}

TEST(reader_slot, ends_when_the_reader_goes_in_the_middle_of_a_message) {
    inserted_card card;
    card.send({0, 9, 0x00});
    card.pull(); // the thread is joined at the end
}

TEST(reader_slot, says_where_no_reader_listens) {
    try {
        const reader_slot nowhere{"127.0.0.1", 1};
        FAIL() << "connected to nothing";
    } catch (const std::runtime_error& why) {
        EXPECT_NE(std::string{why.what()}.find("no virtual reader at 127.0.0.1:1: Connection refused"),
                  std::string::npos)
            << why.what();
    }
}

} // namespace
} // namespace meguri::virtual_card
