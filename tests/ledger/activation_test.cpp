// Activation codes: their form, and what may become of them.
#include "ledger/activation.hpp"

#include "tests/ledger/scene.hpp"
#include "tests/support/seeds.hpp"

#include <cctype>
#include <set>

namespace meguri::ledger {
namespace {

using values = std::array<std::uint8_t, activation_code::random_characters>;

activation_code random_code(test::dice& dice) {
    values all{};
    for (auto& one : all) one = static_cast<std::uint8_t>(dice.below(32));
    return activation_code::of(all);
}

TEST(activation_code, is_read_as_people_type_it) {
    const auto code = activation_code::of({1, 0, 31, 17, 9, 22, 0, 1, 30, 5, 12});
    const std::string shown = code.shown();
    ASSERT_EQ(shown.size(), 14U);
    std::string lower = shown;
    for (auto& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    std::string alike = shown;
    for (auto& c : alike) c = c == '0' ? 'O' : c == '1' ? 'l' : c;
    std::string spaced = shown;
    for (auto& c : spaced) c = c == '-' ? ' ' : c;
    for (const auto& typed : {shown, code.text(), lower, alike, spaced, " " + shown + " "})
        EXPECT_EQ(activation_code::parse(typed), code) << typed;
    EXPECT_EQ(code.text().find_first_of("OILU"), std::string::npos);
    for (const auto& typed : {std::string{}, shown.substr(1), shown + "0", shown + shown, std::string{"UUUU-UUUU-UUUU"},
                              std::string{"あいうえ"}, shown.substr(0, 13) + "*"})
        EXPECT_EQ(activation_code::parse(typed), std::nullopt) << typed;
}

TEST(activation_code, notices_every_wrong_character_and_every_exchange) {
    for (const auto seed : test::seeds(10)) {
        SCOPED_TRACE(seed);
        test::dice dice{seed};
        const auto text = random_code(dice).text();
        constexpr std::string_view all = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
        for (std::size_t i = 0; i < text.size(); ++i) {
            for (const char other : all) {
                auto typed = text;
                typed[i] = other;
                EXPECT_EQ(activation_code::parse(typed).has_value(), other == text[i]) << typed;
            }
            for (std::size_t j = 0; j < i; ++j) {
                auto typed = text;
                std::swap(typed[i], typed[j]);
                EXPECT_EQ(activation_code::parse(typed).has_value(), text[i] == text[j]) << typed;
            }
        }
    }
}

class activations : public testing::Test {
protected:
    activations() { tell(merchant_joined{fishmonger, "魚屋", {ishinomaki}}); }

    void tell(fact what) {
        entry one;
        one.position = ++position;
        one.decided_at = now;
        one.merchant = fishmonger;
        one.what = std::move(what);
        apply(state, one);
    }
    std::uint32_t issue(std::int32_t hours = 24) {
        const auto issued = decide(issue_activation{fishmonger, hours}, state, now);
        EXPECT_TRUE(issued.has_value());
        tell(*issued);
        return issued->number;
    }
    [[nodiscard]] std::optional<refusal> refused_use(std::uint32_t number) const {
        const auto used = decide(activate_terminal{fishmonger, number, "レジ"}, state, 0, now);
        return used ? std::nullopt : std::optional{used.error()};
    }
    [[nodiscard]] std::optional<refusal> refused_revocation(std::uint32_t number) const {
        const auto revoked = decide(revoke_activation{fishmonger, number, ""}, state, now);
        return revoked ? std::nullopt : std::optional{revoked.error()};
    }

    merchant state;
    journal_position position = 0;
    instant now = noon("2026-11-26");
};

TEST_F(activations, open_one_terminal_once) {
    const auto number = issue();
    const auto used = decide(activate_terminal{fishmonger, number, "レジ1"}, state, 0, now);
    ASSERT_TRUE(used.has_value());
    EXPECT_EQ(used->id, till);
    tell(*used);
    ASSERT_NE(state.terms->find(till), nullptr);
    EXPECT_EQ(state.terms->find(till)->name, "レジ1");
    EXPECT_EQ(state.terms->find(till)->kind, outlet_kind::terminal);
    EXPECT_TRUE(state.activations.empty());
    EXPECT_EQ(refused_use(number), refusal::activation_code_used);
    EXPECT_EQ(refused_revocation(number), refusal::invalid_state);
}

TEST_F(activations, end_with_their_hour) {
    const auto number = issue(2);
    now = now.plus_ms(2 * 3'600'000 - 1);
    EXPECT_EQ(refused_use(number), std::nullopt);
    EXPECT_EQ(refused_revocation(number), std::nullopt);
    now = now.plus_ms(1);
    EXPECT_EQ(refused_use(number), refusal::activation_code_expired);
    EXPECT_EQ(refused_revocation(number), refusal::invalid_state);
    issue(); // which forgets the one that is over
    EXPECT_EQ(state.activations.size(), 1U);
    EXPECT_EQ(refused_use(number), refusal::activation_code_used);
}

TEST_F(activations, that_were_revoked_open_nothing) {
    const auto number = issue();
    const auto other = issue();
    tell(*decide(revoke_activation{fishmonger, number, "誤り"}, state, now));
    EXPECT_EQ(refused_use(number), refusal::activation_code_used);
    EXPECT_EQ(refused_revocation(number), refusal::invalid_state);
    EXPECT_EQ(refused_use(other), std::nullopt);
}

TEST_F(activations, that_never_were_are_unknown) {
    for (const std::uint32_t number : {0U, 1U}) {
        EXPECT_EQ(refused_use(number), refusal::activation_code_unknown);
        EXPECT_EQ(refused_revocation(number), refusal::activation_code_unknown);
    }
}

TEST_F(activations, wait_a_hundred_at_a_time) {
    for (std::size_t i = 0; i < activations_max; ++i) issue(1);
    const auto refused = decide(issue_activation{fishmonger, 1}, state, now);
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error(), refusal::activation_codes_exhausted);
    now = now.plus_ms(3'600'000); // all over
    EXPECT_EQ(issue(), activations_max + 1);
}

TEST_F(activations, find_no_room_where_there_is_none) {
    const auto number = issue();
    auto full = std::make_shared<merchant_terms>(*state.terms);
    for (std::uint32_t i = 1; i <= outlet_id::per_merchant_max; ++i)
        full->outlets.push_back({outlet_kind::shop, outlet_id{fishmonger, static_cast<std::uint16_t>(i)}, ""});
    state.terms = std::move(full);
    EXPECT_EQ(refused_use(number), refusal::outlets_exhausted);
}

TEST_F(activations, wrong_entries_abort) {
    EXPECT_DEATH(tell(activation_changed{fishmonger, 2, activation_step::issued, now, {}, ""}), "EXPECTS broken");
    EXPECT_DEATH(tell(activation_changed{fishmonger, 1, activation_step::revoked, {}, {}, ""}), "EXPECTS broken");
    EXPECT_DEATH(tell(terminal_activated{till, "", {}, 1}), "EXPECTS broken");
}

} // namespace
} // namespace meguri::ledger
