#include "net/authentication.hpp"

#include "tests/net/api_scene.hpp"

#include <gtest/gtest.h>

namespace meguri::net {
namespace {

TEST(bearer_key_in, takes_bearer_keys_alone) {
    struct row {
        std::string_view header;
        std::string_view key;
    };
    const std::string too_long = "Bearer " + std::string(129, 'a');
    const row rows[] = {
        {"Bearer te_Ab-_9", "te_Ab-_9"},
        {"bearer te_x", "te_x"},
        {"BEARER   te_x", "te_x"},
        {"", ""},
        {"Bearer", ""},
        {"Bearer ", ""},
        {"Basic te_x", ""},
        {"te_x", ""},
        {"Bearer te x", ""},
        {"Bearer te_x ", ""},
        {"Bearer te=x", ""},
        {"Bearer te_x,", ""},
        {"Bearer \xe3\x81\x82", ""},
        {too_long, ""},
    };
    for (const auto& one : rows) EXPECT_EQ(bearer_key_in(one.header), one.key) << one.header;
}

class a_connection {
public:
    tl::expected<const actors::principal*, problem> ask(std::string_view authorization, std::int64_t at_ms = 0) {
        http_request request;
        request.received_at_ms = at_ms;
        request.authorization = authorization;
        request.memory = &memory_;
        return opening.principal_of(request);
    }

    test::api_scene scene;
    authentication opening{test::scene_keys(), scene.ledger, scene.service};

private:
    connection_memory memory_;
};

TEST(authentication, remembers_the_last_key_of_a_connection) {
    a_connection one;
    const std::string op = "Bearer " + test::api_scene::key_of("op");
    const std::string te = "Bearer " + test::api_scene::key_of("te");
    for (int i = 0; i < 3; ++i) EXPECT_EQ((*one.ask(op))->caller.kind, ledger::caller_kind::operator_);
    EXPECT_EQ(one.scene.ledger.bearer_reads, 1);
    EXPECT_EQ((*one.ask(te))->caller.kind, ledger::caller_kind::terminal);
    EXPECT_EQ((*one.ask(op))->caller.kind, ledger::caller_kind::operator_);
    EXPECT_EQ(one.scene.ledger.bearer_reads, 3);
}

TEST(authentication, looks_again_when_keys_changed) {
    a_connection one;
    const std::string op = "Bearer " + test::api_scene::key_of("op");
    ASSERT_TRUE(one.ask(op));
    one.scene.ledger.bearers.erase(test::api_scene::key_of("op"));
    EXPECT_TRUE(one.ask(op)); // nobody has said so yet
    one.scene.service.keys_version.fetch_add(1);
    const auto refused = one.ask(op);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, problem_code::unauthenticated);
}

TEST(authentication, a_key_ends_at_its_time_where_it_is_remembered_too) {
    a_connection one;
    const std::string op = "Bearer " + test::api_scene::key_of("op");
    one.scene.ledger.bearers[test::api_scene::key_of("op")].ends_at = ledger::instant{5'000};
    EXPECT_TRUE(one.ask(op, 4'999));
    EXPECT_EQ(one.ask(op, 5'000).error().code, problem_code::unauthenticated);
    EXPECT_EQ(one.ask(op, 6'000).error().code, problem_code::unauthenticated);
    EXPECT_EQ(one.scene.ledger.bearer_reads, 1);
}

TEST(authentication, a_wrong_key_forgets_the_right_one_before_it) {
    a_connection one;
    ASSERT_TRUE(one.ask("Bearer " + test::api_scene::key_of("op")));
    EXPECT_FALSE(one.ask("Bearer op_nobodys"));
    EXPECT_FALSE(one.ask("Bearer op_nobodys"));
    EXPECT_FALSE(one.ask(""));
}

TEST(authentication, a_broken_store_is_no_wrong_key) {
    a_connection one;
    one.scene.ledger.broken = true;
    const auto refused = one.ask("Bearer " + test::api_scene::key_of("op"));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, problem_code::read_failed);
}

} // namespace
} // namespace meguri::net
