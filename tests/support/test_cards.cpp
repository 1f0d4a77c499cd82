#include "tests/support/test_cards.hpp"

#include "ledger/calendar.hpp"

#include <openssl/evp.h>

#include <fstream>

namespace meguri::test {
namespace {

namespace json = boost::json;

void write_file(const std::filesystem::path& file, const std::string& text) {
    std::ofstream to{file, std::ios::binary | std::ios::trunc};
    must((to << text).flush().good(), "a file of cards cannot be written");
}

} // namespace

test_cards::test_cards(const std::filesystem::path& folder)
    : authorities_{folder / "card_authorities.pem"},
      lists_{folder / "card_crl.pem"} {
    write_file(authorities_, first.self().pem() + second.self().pem());
    revoke({});
}

std::string test_cards::settings() const {
    return "[card]\nauthorities = \"" + authorities_.string() + "\"\ncrl = \"" + lists_.string() + "\"\n";
}

std::string test_cards::settings_asking(const std::string& responder) const {
    return "[card]\nauthorities = \"" + authorities_.string() + "\"\nocsp_url = \"" + responder + "\"\n";
}

void test_cards::revoke(const std::vector<issued_certificate>& all) const {
    write_lists(first.revoked(all) + second.revoked({}));
}

// Put in place at once: a file that is half written would be read as one that is broken.
void test_cards::write_lists(const std::string& text) const {
    auto fresh = lists_;
    fresh += ".new";
    write_file(fresh, text);
    std::filesystem::rename(fresh, lists_);
}

void test_cards::age_lists(std::chrono::seconds by) const {
    std::filesystem::last_write_time(lists_, std::filesystem::file_time_type::clock::now() - by);
}

std::string to_base64(std::string_view bytes) {
    std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0');
    const int size =
        EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                        reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
    text.resize(static_cast<std::size_t>(size));
    return text;
}

std::int64_t signed_by_card::now_ms() {
    const auto wall = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::milliseconds>(wall).count();
}

json::value signed_by_card::by(const issued_certificate& card) const {
    const std::string signed_at = ledger::to_rfc3339(ledger::instant{signed_at_ms});
    std::string text;
    for (const auto& line : {std::string{"MEGURI-PAY-1"}, merchant, terminal, program.value_or(""),
                             std::to_string(amount), std::string{capture ? "true" : "false"}, key, signed_at})
        text += line + "\n";
    json::object body{{"amount", amount},
                      {"capture", capture},
                      {"credential",
                       {{"type", "card"},
                        {"certificate", to_base64(card.der())},
                        {"signature", to_base64(sign_as_card(card, text))},
                        {"signed_at", signed_at}}}};
    if (program) body["program"] = *program;
    return body;
}

json::object shown_card(const issued_certificate& card, const std::string& challenge, const std::string& purpose,
                        const std::string& audience) {
    const std::string text = "MEGURI-LOGIN-1\n" + audience + "\n" + purpose + "\n" + challenge + "\n";
    return {{"challenge", challenge},
            {"certificate", to_base64(card.der())},
            {"signature", to_base64(sign_as_card(card, text))}};
}

} // namespace meguri::test
