// The middleware of real cards, Debian's OpenSC, on the virtual one.
#include "tests/reader/reader_scene.hpp"

#include "tests/support/source_tree.hpp"

#include <fstream>

#include <openssl/evp.h>

namespace meguri::test {
namespace {

const std::string authentication_token = "JPKI (User Authentication PIN)";
const std::string signing_token = "JPKI (Digital Signature PIN)";

bool signed_by(const issued_certificate& signer, const std::string& text, const std::string& signature) {
    const auto bytes = [](const std::string& from) { return reinterpret_cast<const unsigned char*>(from.data()); };
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> check{EVP_MD_CTX_new(), EVP_MD_CTX_free};
    return EVP_DigestVerifyInit(check.get(), nullptr, EVP_sha256(), nullptr,
                                X509_get0_pubkey(signer.certificate.get())) == 1 &&
           EVP_DigestVerify(check.get(), bytes(signature), signature.size(), bytes(text), text.size()) == 1;
}

class middleware : public reader_scene {
protected:
    tool_result log_in(const std::string& token, const std::string& pin) {
        return pkcs11_tool({"--token-label", token, "--login", "--pin", pin, "--list-objects"});
    }
    // What it says of the token that the user authentication PIN opens.
    std::string flags() {
        const auto listed = pkcs11_tool({"--list-slots"}).output;
        const auto from = listed.find("token flags", listed.find(authentication_token));
        return from == std::string::npos ? listed : listed.substr(from, listed.find('\n', from) - from);
    }
};

bool says(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

TEST_F(middleware, lists_what_is_on_the_card) {
    const auto listed = pkcs11_tool({"--list-objects"});
    EXPECT_EQ(listed.status, 0);
    for (const auto* part : {"label:      User Authentication Certificate\n", "subject:    DN: C=JP, CN=",
                             "label:      User Authentication Certificate CA\n", "O=JPKI-TEST",
                             "label:      User Authentication Public Key\n", "Public Key Object; RSA 2048 bits"})
        EXPECT_TRUE(says(listed.output, part)) << part << " is not in:\n" << listed.output;
    EXPECT_FALSE(says(listed.output, "label:      Digital Signature Certificate\n")) << "it needs the other PIN";
}

TEST_F(middleware, reads_the_certificate_without_a_pin) {
    const auto file = folder / "read.der";
    const auto read = pkcs11_tool({"--read-object", "--type", "cert", "--id", "01", "--output-file", file.string()});
    EXPECT_EQ(read.status, 0) << read.output;
    EXPECT_EQ(text_of(file), certificate.der());
}

TEST_F(middleware, signs_after_a_login_with_the_pin) {
    const std::string text = "what the switch asks\n";
    std::ofstream{folder / "text"} << text;
    const auto sign = [this](const std::vector<std::string>& more) {
        std::vector<std::string> arguments{"--token-label",
                                           authentication_token,
                                           "--sign",
                                           "--mechanism",
                                           "SHA256-RSA-PKCS",
                                           "--id",
                                           "01",
                                           "--input-file",
                                           (folder / "text").string(),
                                           "--output-file",
                                           (folder / "signature").string()};
        arguments.insert(arguments.end(), more.begin(), more.end());
        return pkcs11_tool(arguments);
    };
    const auto signed_text = sign({"--login", "--pin", card_pin});
    ASSERT_EQ(signed_text.status, 0) << signed_text.output;
    const auto signature = text_of(folder / "signature");
    EXPECT_EQ(signature.size(), 256U);
    EXPECT_TRUE(signed_by(certificate, text, signature));
    EXPECT_FALSE(signed_by(certificate, text + " ", signature));
}

TEST_F(middleware, shows_the_signing_certificate_to_its_own_pin_alone) {
    const auto wrong = log_in(authentication_token, card_pin);
    EXPECT_EQ(wrong.status, 0) << wrong.output;
    EXPECT_FALSE(says(wrong.output, "label:      Digital Signature Certificate\n"));
    const auto right = log_in(signing_token, card_signing_pin);
    EXPECT_EQ(right.status, 0) << right.output;
    EXPECT_TRUE(says(right.output, "label:      Digital Signature Certificate\n")) << right.output;
}

TEST_F(middleware, locks_after_three_wrong_pins_and_stays_locked_when_put_in_again) {
    EXPECT_FALSE(says(flags(), "user PIN count low")) << flags();
    for (const auto* said : {"user PIN count low", "final user PIN try", "user PIN locked"}) {
        const auto wrong = log_in(authentication_token, "9999");
        EXPECT_TRUE(says(wrong.output, "CKR_PIN_INCORRECT")) << wrong.output;
        EXPECT_TRUE(says(flags(), said)) << flags();
    }
    EXPECT_NE(log_in(authentication_token, card_pin).status, 0) << "the right one is too late";

    take_out();
    put_in(card);
    EXPECT_TRUE(says(flags(), "user PIN locked")) << flags();
    EXPECT_NE(log_in(authentication_token, card_pin).status, 0);
    EXPECT_EQ(log_in(signing_token, card_signing_pin).status, 0) << "the other PIN has tries of its own";
}

TEST_F(middleware, a_right_pin_gives_the_tries_back) {
    (void)log_in(authentication_token, "9999");
    (void)log_in(authentication_token, "9999");
    EXPECT_TRUE(says(flags(), "final user PIN try")) << flags();
    EXPECT_EQ(log_in(authentication_token, card_pin).status, 0);
    EXPECT_FALSE(says(flags(), "final user PIN try")) << flags();
}

TEST_F(middleware, reads_the_card_that_is_in_the_slot_and_no_earlier_one) {
    const auto renewed = issue_card(cards.first, folder / "renewed");
    take_out();
    put_in(folder / "renewed");
    const auto file = folder / "read.der";
    (void)pkcs11_tool({"--read-object", "--type", "cert", "--id", "01", "--output-file", file.string()});
    EXPECT_EQ(text_of(file), renewed.der());
    EXPECT_NE(renewed.der(), certificate.der());
}

} // namespace
} // namespace meguri::test
