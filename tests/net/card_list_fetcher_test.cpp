// Revocation lists that are fetched: what takes the place of the file, what does not, and how old it then is.
#include "net/card_list_fetcher.hpp"

#include "tests/net/card_scene.hpp"
#include "tests/support/small_web_server.hpp"

#include <gtest/gtest.h>

#include <openssl/pem.h>

#include <chrono>
#include <sstream>
#include <thread>

namespace meguri::net {
namespace {

using namespace std::chrono_literals;

class card_list_fetching : public test::card_scene, public testing::Test {
protected:
    card_list_fetching() {
        std::filesystem::remove(files.crl);
        set_first(first_list);
        server.set("/second", {200, second_list, "\"s\""});
        by = trust();
        fetcher.emplace(*by);
        fetcher->use(sources());
    }
    [[nodiscard]] card_list_sources sources() const {
        return {{server.url("/first"), server.url("/second")}, files.crl, {}, 1};
    }
    void set_first(const std::string& body) {
        server.set("/first", {200, body, '"' + std::to_string(++versions) + '"'});
    }
    std::string fetch_again() {
        std::this_thread::sleep_for(2ms); // it is due every millisecond
        return fetcher->fetch_when_due();
    }
    [[nodiscard]] std::string file() const {
        std::ifstream from{files.crl, std::ios::binary};
        std::ostringstream text;
        text << from.rdbuf();
        return text.str();
    }
    [[nodiscard]] std::chrono::milliseconds age_of_file() const {
        const auto age = std::filesystem::file_time_type::clock::now() - std::filesystem::last_write_time(files.crl);
        return std::chrono::duration_cast<std::chrono::milliseconds>(age);
    }
    static std::string as_der(const std::string& pem) {
        const std::unique_ptr<BIO, decltype(&BIO_free)> in{BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())),
                                                           BIO_free};
        const std::unique_ptr<X509_CRL, decltype(&X509_CRL_free)> list{
            PEM_read_bio_X509_CRL(in.get(), nullptr, nullptr, nullptr), X509_CRL_free};
        unsigned char* bytes = nullptr;
        const int size = i2d_X509_CRL(list.get(), &bytes);
        std::string der{reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size)};
        OPENSSL_free(bytes);
        return der;
    }

    // Made once: another one a second later has other dates.
    const std::string first_list = first.revoked({});
    const std::string second_list = second.revoked({});
    test::small_web_server server;
    int versions = 0;
    std::shared_ptr<card_trust> by;
    std::optional<card_list_fetcher> fetcher;
    test::issued_certificate card = first.issue();
};

TEST_F(card_list_fetching, brings_all_lists_into_the_file) {
    EXPECT_EQ(fetcher->fetch_when_due(), "");
    EXPECT_EQ(file(), first_list + second_list);
    EXPECT_TRUE(by->refresh());
    EXPECT_EQ(by->lists_in_use().size(), 2U);
    EXPECT_LT(age_of_file(), 10s);
    EXPECT_EQ(fetcher->probes().fresh.value(), 2U);
}

TEST_F(card_list_fetching, takes_der_as_authorities_publish_it) {
    const auto revoked = first.revoked({card});
    set_first(as_der(revoked));
    EXPECT_EQ(fetcher->fetch_when_due(), "");
    EXPECT_EQ(file(), revoked + second_list);
}

TEST_F(card_list_fetching, makes_the_file_as_new_as_an_answer_that_nothing_has_changed) {
    EXPECT_EQ(fetcher->fetch_when_due(), "");
    std::filesystem::last_write_time(files.crl, std::filesystem::file_time_type::clock::now() - 50min);
    EXPECT_EQ(fetch_again(), "");
    EXPECT_LT(age_of_file(), 10s);
    EXPECT_EQ(fetcher->probes().unchanged.value(), 2U);
    EXPECT_NE(server.asked().back().find("If-None-Match: \"s\""), std::string::npos);
}

TEST_F(card_list_fetching, leaves_the_file_as_old_as_the_oldest_list) {
    EXPECT_EQ(fetcher->fetch_when_due(), "");
    std::this_thread::sleep_for(300ms);
    server.set("/second", {500, {}, {}});
    EXPECT_EQ(fetch_again(), server.url("/second") + ": it is answered 500");
    EXPECT_GE(age_of_file(), 300ms) << "the second list is that old";
    EXPECT_EQ(file(), first_list + second_list) << "and stays";
    EXPECT_EQ(fetcher->probes().failed.value(), 1U);
}

TEST_F(card_list_fetching, keeps_what_there_is_when_worse_comes) {
    EXPECT_EQ(fetcher->fetch_when_due(), "");
    EXPECT_TRUE(by->refresh());
    const auto before = file();
    for (const auto& [worse, says] : {std::pair<std::string, std::string>{"no list", "it is no revocation list"},
                                      {test::card_authority{}.revoked({}), "none of the authorities"},
                                      {first.revoked({}, {-90'000, 3'600}), "older than the one in use"}}) {
        set_first(worse);
        EXPECT_NE(fetch_again().find(says), std::string::npos) << says;
        EXPECT_EQ(file(), before);
    }
    const auto newer = first.revoked({card}, {-60, 3'600});
    set_first(newer);
    EXPECT_EQ(fetch_again(), "");
    EXPECT_TRUE(by->refresh());
    EXPECT_EQ(file(), newer + second_list);
}

// A start while one of the authorities is down: the file of before goes on until it is too old.
TEST_F(card_list_fetching, does_not_replace_a_file_before_it_has_every_list) {
    write(files.crl, first_list + second_list);
    const auto before = file();
    server.set("/second", {503, {}, {}});
    const auto revoked = first.revoked({card});
    set_first(revoked);
    EXPECT_NE(fetcher->fetch_when_due(), "");
    EXPECT_EQ(file(), before);
    server.set("/second", {200, second_list, {}});
    fetcher->use({});
    EXPECT_EQ(fetcher->fetch_when_due(), "") << "nothing is to be fetched";
    fetcher->use(sources());
    EXPECT_EQ(fetcher->fetch_when_due(), "");
    EXPECT_EQ(file(), revoked + second_list);
}

} // namespace
} // namespace meguri::net
