// make_test_cards FOLDER: an authority of cards for tests and demos in two generations of one name, two cards of it,
// and its empty lists of what is revoked. Never for anything that is worth something: the private keys lie beside.
#include "tests/support/card_authority.hpp"

#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>

namespace {

using namespace meguri::test;

void write(const std::filesystem::path& file, const std::string& bytes) {
    std::ofstream to{file, std::ios::binary};
    must((to << bytes).flush().good(), "a file cannot be written");
}

void write_certificate(const std::filesystem::path& stem, const issued_certificate& one) {
    write(stem.string() + ".der", one.der());
    write(stem.string() + ".pem", one.pem());
    write(stem.string() + ".key", one.key_pem());
}

void write_card(const std::filesystem::path& folder, card_authority& by) {
    std::filesystem::create_directories(folder);
    write_certificate(folder / "user_authentication", by.issue());
    write_certificate(folder / "signing", by.issue(signing_wish()));
    write(folder / "authority.der", by.self().der());
}

int make(const std::filesystem::path& folder) {
    card_authority first;
    card_authority second;
    write_card(folder / "card_1", first);
    write_card(folder / "card_2", second);
    write_certificate(folder / "generation_1", first.self());
    write_certificate(folder / "generation_2", second.self());
    write(folder / "authorities.pem", first.self().pem() + second.self().pem());
    const list_dates ten_years{.ends_s = 10L * 365 * 86'400};
    write(folder / "crl.pem", first.revoked({}, ten_years) + second.revoked({}, ten_years));
    return 0;
}

} // namespace

int main(int count, char** words) {
    if (count != 2) {
        std::fputs("usage: make_test_cards FOLDER\n", stderr);
        return 2;
    }
    try {
        return make(words[1]);
    } catch (const std::exception& thrown) {
        std::fprintf(stderr, "make_test_cards: %s\n", thrown.what());
        return 1;
    }
}
