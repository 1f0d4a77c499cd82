// meguri-reader with OpenSC, pcscd and a virtual card: what a till gets of it.
#include "net/card_certificate.hpp"
#include "net/card_payment_text.hpp"
#include "tests/reader/reader_program.hpp"
#include "tests/reader/reader_scene.hpp"
#include "tests/support/child_process.hpp"

#include <algorithm>
#include <array>
#include <csignal>

#include <boost/json.hpp>
#include <openssl/evp.h>
#include <unistd.h>

namespace meguri::test {
namespace {

std::string from_base64(const boost::json::value& text) {
    const std::string_view coded = text.as_string();
    std::string bytes(coded.size() / 4 * 3, '\0');
    const int size =
        EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()),
                        reinterpret_cast<const unsigned char*>(coded.data()), static_cast<int>(coded.size()));
    EXPECT_EQ(size, static_cast<int>(bytes.size()));
    bytes.resize(bytes.size() - static_cast<std::size_t>(std::ranges::count(coded, '=')));
    return bytes;
}

net::card_payment as_the_switch_reads_it(const payment_to_sign& payment, std::string_view signed_at) {
    return {payment.merchant,
            payment.outlet,
            payment.program.empty() ? std::nullopt : ledger::local_gov_code::parse(payment.program),
            *ledger::points::from(payment.amount),
            true,
            payment.idempotency_key,
            *ledger::parse_rfc3339(signed_at)};
}

using reader = reader_scene;

TEST_F(reader, prints_the_credential_of_the_payment) {
    for (const auto* program : {"042021", ""}) {
        const payment_to_sign payment{.program = program};
        const auto done = sign_payment(payment, card_pin);
        ASSERT_EQ(done.status, 0) << done.errors << done.screen;
        const auto credential = boost::json::parse(done.output);
        EXPECT_EQ(credential.as_object().size(), 4U);
        EXPECT_EQ(credential.at("type"), "card");
        const auto der = from_base64(credential.at("certificate"));
        EXPECT_EQ(der, certificate.der());

        const auto as_read = net::read_card_certificate(der, {});
        ASSERT_TRUE(as_read);
        const auto signature = from_base64(credential.at("signature"));
        auto text = net::text_to_sign(as_the_switch_reads_it(payment, credential.at("signed_at").as_string()));
        EXPECT_TRUE(as_read->signed_text(text, signature));
        text[text.find("1200")] = '2';
        EXPECT_FALSE(as_read->signed_text(text, signature)) << "for another amount";
    }
}

TEST_F(reader, shows_the_pin_nowhere) {
    const auto done = sign_payment({}, card_pin);
    EXPECT_EQ(done.status, 0);
    for (const auto& seen : {done.screen, done.errors}) EXPECT_EQ(seen.find(card_pin), std::string::npos) << seen;
}

TEST_F(reader, leaves_no_card_behind_that_signs_without_a_pin) {
    ASSERT_EQ(sign_payment({}, card_pin).status, 0);
    // What any other program may say to a card that lies there: select the key, sign three bytes.
    const auto other = run_tool("/usr/bin/opensc-tool",
                                {"--send-apdu", "00:A4:02:0C:02:00:17", "--send-apdu", "80:2A:00:80:03:01:02:03:00"});
    EXPECT_NE(other.output.find("Received (SW1="), std::string::npos) << other.output;
    EXPECT_EQ(other.output.find("Received (SW1=0x90, SW2=0x00)"), std::string::npos) << other.output;
}

TEST_F(reader, says_how_many_tries_are_left_until_the_pin_is_locked) {
    const std::array<std::pair<int, const char*>, 4> steps{{
        {4, "the PIN is wrong; two tries are left\n"},
        {4, "the PIN is wrong; one try is left\n"},
        {5, "the PIN is locked"},
        {5, "the PIN is locked"},
    }};
    for (const auto& [status, says] : steps) {
        const auto done = sign_payment({}, "9999");
        EXPECT_EQ(done.status, status) << says;
        EXPECT_NE(done.errors.find(says), std::string::npos) << done.errors;
        EXPECT_TRUE(done.output.empty()) << done.output;
    }
    take_out();
    put_in(card);
    const auto again = sign_payment({}, card_pin);
    EXPECT_EQ(again.status, 5) << again.errors;
    EXPECT_TRUE(again.screen.empty()) << "who has a locked card is not asked for its PIN: " << again.screen;
}

TEST_F(reader, asks_the_card_only_about_four_digits) {
    for (const auto* typed : {"123", "12345", "12a4", ""}) {
        const auto done = sign_payment({}, typed);
        EXPECT_EQ(done.status, 4) << typed;
        EXPECT_NE(done.errors.find("the card was not asked"), std::string::npos) << done.errors;
    }
    EXPECT_EQ(pkcs11_tool({"--list-slots"}).output.find("count low"), std::string::npos) << "no try is gone";
}

TEST_F(reader, ends_by_ctrl_c_and_leaves_the_pin_untried) {
    const auto done = sign_payment({}, "12\x03");
    EXPECT_EQ(done.status, 128 + SIGINT) << done.errors;
    EXPECT_EQ(pkcs11_tool({"--list-slots"}).output.find("count low"), std::string::npos);
}

TEST_F(reader, says_that_there_is_no_card_or_no_reader) {
    take_out();
    auto done = sign_payment({}, card_pin);
    EXPECT_EQ(done.status, 3);
    EXPECT_NE(done.errors.find("there is no card on the reader"), std::string::npos) << done.errors;
    pcscd.reset();
    done = sign_payment({}, card_pin);
    EXPECT_EQ(done.status, 3);
    EXPECT_NE(done.errors.find("there is no card reader"), std::string::npos) << done.errors;
}

TEST_F(reader, waits_for_the_card) {
    take_out();
    const auto resident = start_program(
        "/bin/sh", {"-c", "sleep 1; exec " MEGURI_CARD " insert --card " + card.string()}, (folder / "log").string());
    const auto done = sign_payment({.wait_s = 30}, card_pin);
    ::kill(resident.pid, SIGTERM);
    (void)wait_for_end(resident.pid);
    ::close(resident.output);
    EXPECT_EQ(done.status, 0) << done.errors;
}

TEST_F(reader, refuses_a_card_without_a_certificate_for_user_authentication) {
    take_out();
    (void)issue_card(cards.first, folder / "other", signing_wish());
    put_in(folder / "other");
    const auto done = sign_payment({}, card_pin);
    EXPECT_EQ(done.status, 3);
    EXPECT_NE(done.errors.find("is no My Number card"), std::string::npos) << done.errors;
}

TEST_F(reader, says_which_module_it_cannot_load) {
    const auto done = sign_payment({}, card_pin, {"--module", "/nowhere.so"});
    EXPECT_EQ(done.status, 1);
    EXPECT_NE(done.errors.find("/nowhere.so"), std::string::npos) << done.errors;
}

TEST_F(reader, refuses_a_payment_that_has_no_form_before_it_asks_for_a_pin) {
    for (const auto& payment :
         {payment_to_sign{.amount = 0}, payment_to_sign{.program = "042020"}, payment_to_sign{.merchant = "mer 1"},
          payment_to_sign{.idempotency_key = std::string(65, 'k')}}) {
        const auto done = sign_payment(payment, card_pin);
        EXPECT_EQ(done.status, 2);
        EXPECT_TRUE(done.screen.empty()) << done.screen;
    }
}

TEST_F(reader, signs_with_the_renewed_card_of_another_generation) {
    take_out();
    const auto renewed = issue_card(cards.second, folder / "renewed");
    put_in(folder / "renewed");
    const auto done = sign_payment({}, card_pin);
    ASSERT_EQ(done.status, 0) << done.errors;
    EXPECT_EQ(from_base64(boost::json::parse(done.output).at("certificate")), renewed.der());
}

} // namespace
} // namespace meguri::test
