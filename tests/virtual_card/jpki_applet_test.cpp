#include "tests/virtual_card/jpki_applet.hpp"

#include "tests/virtual_card/sample_card.hpp"

#include <gtest/gtest.h>
#include <string_view>
#include <vector>

namespace meguri::virtual_card {
namespace {

// "00 A4" -> its bytes.
bytes from_hex(std::string_view text) {
    bytes made;
    for (std::size_t at = 0; at + 1 < text.size(); at += 3)
        made.push_back(static_cast<std::uint8_t>(std::stoul(std::string{text.substr(at, 2)}, nullptr, 16)));
    return made;
}

std::uint16_t status_of(const bytes& answer) {
    EXPECT_GE(answer.size(), 2U);
    return static_cast<std::uint16_t>(answer[answer.size() - 2] << 8 | answer.back());
}

constexpr std::string_view select_applet = "00 A4 04 0C 0A D3 92 F0 00 26 01 00 00 00 01";
constexpr std::string_view select_pin = "00 A4 02 0C 02 00 18";
constexpr std::string_view select_key = "00 A4 02 0C 02 00 17";
constexpr std::string_view select_signing_pin = "00 A4 02 0C 02 00 1B";
constexpr std::string_view select_signing_certificate = "00 A4 02 0C 02 00 01";
constexpr std::string_view select_certificate = "00 A4 02 0C 02 00 0A";
constexpr std::string_view read_all = "00 B0 00 00 00";
constexpr std::string_view ask_tries = "00 20 00 80";
constexpr std::string_view try_right = "00 20 00 80 04 31 32 33 34";
constexpr std::string_view try_wrong = "00 20 00 80 04 39 39 39 39";
constexpr std::string_view try_signing = "00 20 00 80 06 41 42 43 31 32 33";
constexpr std::string_view sign = "80 2A 00 80 03 01 02 03 00";

struct scene {
    explicit scene(card_contents contents = sample_contents())
        : card{std::move(contents), [this](card_use, const card_pin& pin) { kept.push_back(pin.tries_left); }} {}

    std::uint16_t say(std::string_view hex) { return status_of(card.answer(from_hex(hex))); }

    std::vector<unsigned> kept; // the tries left, as often as they were to be kept
    jpki_applet card;
};

struct row {
    const char* why;
    std::vector<std::string_view> before;
    std::string_view command;
    std::uint16_t status;
};

TEST(jpki_applet, answers_as_the_card_does) {
    const std::vector<row> rows{
        {"its application", {}, select_applet, 0x9000},
        {"another application", {}, "00 A4 04 0C 02 D3 92", 0x6A82},
        {"a file before the application", {}, select_certificate, 0x6A82},
        {"a file", {select_applet}, select_certificate, 0x9000},
        {"a file that is not there", {select_applet}, "00 A4 02 0C 02 00 FF", 0x6A82},
        {"half a file's name", {select_applet}, "00 A4 02 0C 01 0A", 0x6700},
        {"a form of selecting that is not known", {select_applet}, "00 A4 00 00 02 00 0A", 0x6A86},
        {"Lc that says more than there is", {}, "00 A4 04 0C 0A D3", 0x6700},
        {"a command that is not known", {select_applet}, "00 84 00 00 08", 0x6D00},
        {"a class that is not known", {select_applet}, "90 A4 00 00 00", 0x6E00},
        {"signing has a class of its own", {select_applet, select_key}, "00 2A 00 80 01 01 00", 0x6D00},
        {"that class has nothing else", {select_applet}, "80 20 00 80", 0x6D00},

        {"reading without a file", {select_applet}, read_all, 0x6986},
        {"reading a PIN", {select_applet, select_pin}, read_all, 0x6986},
        {"reading a key", {select_applet, select_key}, read_all, 0x6986},
        {"reading a certificate", {select_applet, select_certificate}, read_all, 0x9000},
        {"reading behind its end", {select_applet, select_certificate}, "00 B0 02 58 04", 0x6B00},
        {"reading by a short file name", {select_applet, select_certificate}, "00 B0 8A 00 04", 0x6A86},
        {"reading without saying how much", {select_applet, select_certificate}, "00 B0 00 00", 0x6700},
        {"the signing certificate is private", {select_applet, select_signing_certificate}, read_all, 0x6982},
        {"the other PIN does not open it",
         {select_applet, select_pin, try_right, select_signing_certificate},
         read_all,
         0x6982},
        {"its own does",
         {select_applet, select_signing_pin, try_signing, select_signing_certificate},
         read_all,
         0x9000},
        {"its authority's is not", {select_applet, "00 A4 02 0C 02 00 02"}, read_all, 0x9000},

        {"tries of the PIN", {select_applet, select_pin}, ask_tries, 0x63C3},
        {"the same with Le", {select_applet, select_pin}, "00 20 00 80 00", 0x63C3},
        {"tries of the signing PIN", {select_applet, select_signing_pin}, ask_tries, 0x63C5},
        {"asked after the right PIN", {select_applet, select_pin, try_right}, ask_tries, 0x63C3},
        {"another P2", {select_applet, select_pin}, "00 20 00 81", 0x6A86},
        {"a PIN where none is selected", {select_applet, select_certificate}, try_right, 0x6986},
        {"the right PIN", {select_applet, select_pin}, try_right, 0x9000},
        {"a wrong PIN", {select_applet, select_pin}, try_wrong, 0x63C2},
        {"a PIN that begins right", {select_applet, select_pin}, "00 20 00 80 03 31 32 33", 0x63C2},
        {"a second wrong PIN", {select_applet, select_pin, try_wrong}, try_wrong, 0x63C1},
        {"a third wrong PIN", {select_applet, select_pin, try_wrong, try_wrong}, try_wrong, 0x63C0},
        {"the right one after two", {select_applet, select_pin, try_wrong, try_wrong}, try_right, 0x9000},
        {"it gives the tries back", {select_applet, select_pin, try_wrong, try_wrong, try_right}, try_wrong, 0x63C2},
        {"locked", {select_applet, select_pin, try_wrong, try_wrong, try_wrong}, try_right, 0x6984},
        {"asked when locked", {select_applet, select_pin, try_wrong, try_wrong, try_wrong}, ask_tries, 0x63C0},
        {"one PIN's lock is not the other's",
         {select_applet, select_pin, try_wrong, try_wrong, try_wrong, select_signing_pin},
         try_signing,
         0x9000},

        {"signing without a key", {select_applet}, sign, 0x6985},
        {"signing without a PIN", {select_applet, select_key}, sign, 0x6982},
        {"signing after a wrong PIN", {select_applet, select_pin, try_wrong, select_key}, sign, 0x6982},
        {"signing after the other PIN", {select_applet, select_signing_pin, try_signing, select_key}, sign, 0x6982},
        {"signing", {select_applet, select_pin, try_right, select_key}, sign, 0x9000},
        {"a wrong PIN takes the right one back",
         {select_applet, select_pin, try_right, try_wrong, select_key},
         sign,
         0x6982},
        {"so does selecting the application again",
         {select_applet, select_pin, try_right, select_applet, select_key},
         sign,
         0x6982},
        {"signing nothing", {select_applet, select_pin, try_right, select_key}, "80 2A 00 80", 0x6700},
        {"signing with another P2", {select_applet, select_pin, try_right, select_key}, "80 2A 00 9A 01 01", 0x6A86},
    };
    const auto contents = sample_contents();
    for (const auto& one : rows) {
        scene here{contents};
        for (const auto command : one.before) here.say(command);
        EXPECT_EQ(here.say(one.command), one.status) << one.why;
    }
}

TEST(jpki_applet, reads_a_file_in_pieces) {
    scene here;
    here.say(select_applet);
    here.say(select_certificate);
    const auto whole = counting(600, 0);
    auto piece = here.card.answer(from_hex("00 B0 00 00 04"));
    EXPECT_EQ(piece, (bytes{0, 1, 2, 3, 0x90, 0x00}));
    piece = here.card.answer(from_hex("00 B0 01 00 00"));
    EXPECT_EQ(bytes(piece.begin(), piece.end() - 2), bytes(whole.begin() + 256, whole.begin() + 512));
    piece = here.card.answer(from_hex("00 B0 02 00 00"));
    EXPECT_EQ(bytes(piece.begin(), piece.end() - 2), bytes(whole.begin() + 512, whole.end())) << "what is left";
}

TEST(jpki_applet, signs_what_it_is_given_with_the_key_of_the_file) {
    const auto contents = sample_contents();
    scene here{contents};
    for (const auto command : {select_applet, select_pin, try_right, select_key}) here.say(command);
    auto signature = here.card.answer(from_hex(sign));
    ASSERT_EQ(signature.size(), 256U + 2U);
    signature.resize(256);
    const std::unique_ptr<EVP_PKEY_CTX, decltype(&EVP_PKEY_CTX_free)> check{
        EVP_PKEY_CTX_new(contents.of(card_use::authentication).key.get(), nullptr), EVP_PKEY_CTX_free};
    ASSERT_EQ(EVP_PKEY_verify_init(check.get()), 1);
    ASSERT_EQ(EVP_PKEY_CTX_set_rsa_padding(check.get(), RSA_PKCS1_PADDING), 1);
    const bytes signed_text{1, 2, 3};
    EXPECT_EQ(EVP_PKEY_verify(check.get(), signature.data(), signature.size(), signed_text.data(), signed_text.size()),
              1);
}

TEST(jpki_applet, a_try_is_kept_as_used_before_it_is_made) {
    scene here;
    here.say(select_applet);
    here.say(select_pin);
    here.say(try_wrong);
    EXPECT_EQ(here.kept, (std::vector<unsigned>{2}));
    here.say(try_right);
    EXPECT_EQ(here.kept, (std::vector<unsigned>{2, 1, 3})) << "gone first, then given back";
    here.say(ask_tries);
    EXPECT_EQ(here.kept.size(), 3U) << "asking costs nothing";
}

TEST(jpki_applet, a_reset_forgets_the_pin_but_not_the_tries) {
    scene here;
    for (const auto command : {select_applet, select_pin, try_right, try_wrong}) here.say(command);
    here.card.reset();
    EXPECT_EQ(here.say(select_key), 0x6A82) << "nothing is selected";
    here.say(select_applet);
    here.say(select_pin);
    EXPECT_EQ(here.say(ask_tries), 0x63C2);
    EXPECT_EQ(here.say(try_right), 0x9000);
    here.card.reset();
    here.say(select_applet);
    here.say(select_key);
    EXPECT_EQ(here.say(sign), 0x6982);
}

} // namespace
} // namespace meguri::virtual_card
