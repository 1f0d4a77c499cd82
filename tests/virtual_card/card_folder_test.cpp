#include "tests/virtual_card/card_folder.hpp"

#include "tests/support/temporary_folder.hpp"
#include "tests/virtual_card/sample_card.hpp"

#include <fstream>
#include <gtest/gtest.h>
#include <stdexcept>

namespace meguri::virtual_card {
namespace {

struct kept_card {
    kept_card() { folder.write(contents); }

    test::temporary_folder path;
    card_folder folder{path / "card"};
    card_contents contents = sample_contents();
};

TEST(card_folder, gives_a_card_back_as_it_was) {
    const kept_card kept;
    const auto read = kept.folder.read();
    EXPECT_EQ(read.authority, kept.contents.authority);
    for (const auto use : card_uses) {
        EXPECT_EQ(read.of(use).certificate, kept.contents.of(use).certificate);
        EXPECT_EQ(read.of(use).pin, kept.contents.of(use).pin);
        EXPECT_EQ(EVP_PKEY_eq(read.of(use).key.get(), kept.contents.of(use).key.get()), 1);
    }
}

TEST(card_folder, keeps_the_tries_that_are_left) {
    const kept_card kept;
    auto pin = kept.contents.of(card_use::authentication).pin;
    pin.tries_left = 0;
    kept.folder.keep(card_use::authentication, pin);
    EXPECT_TRUE(kept.folder.read().of(card_use::authentication).pin.locked());
    EXPECT_FALSE(kept.folder.read().of(card_use::signing).pin.locked());
}

TEST(card_folder, holds_no_pin_and_is_its_owners_alone) {
    const kept_card kept;
    const auto file = kept.path / "card" / "user_authentication.pin";
    std::ifstream opened{file};
    const std::string text{std::istreambuf_iterator<char>{opened}, {}};
    EXPECT_EQ(text.find(right_pin), std::string::npos) << text;
    EXPECT_EQ(std::filesystem::status(file).permissions(),
              std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
    EXPECT_EQ(std::filesystem::status(kept.path / "card").permissions(), std::filesystem::perms::owner_all);
}

TEST(card_folder, says_which_file_is_no_good) {
    for (const auto* name : {"authority.der", "user_authentication.der", "user_authentication.key", "signing.key",
                             "user_authentication.pin", "signing.pin"}) {
        const kept_card kept;
        std::filesystem::remove(kept.path / "card" / name);
        std::ofstream{kept.path / "card" / name}.flush();
        try {
            (void)kept.folder.read();
            FAIL() << name << " is empty and was read";
        } catch (const std::runtime_error& why) {
            EXPECT_NE(std::string{why.what()}.find(name), std::string::npos) << why.what();
        }
    }
}

TEST(card_folder, refuses_more_tries_than_there_are) {
    const kept_card kept;
    std::ofstream{kept.path / "card" / "signing.pin"} << "6 5 hash\n";
    EXPECT_THROW((void)kept.folder.read(), std::runtime_error);
}

} // namespace
} // namespace meguri::virtual_card
