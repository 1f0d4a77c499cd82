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
    authentication opening{test::scene_keys(), scene.ledger, scene.service, scene.people.sessions, {}};

private:
    connection_memory memory_;
};

// Connections from one shop's address, under a limit of three failures at once and one a second.
class a_shop {
public:
    struct connection {
        a_shop& shop;
        connection_memory memory = {};

        // "in", or the problem's code.
        std::string_view ask(std::string_view key) {
            http_request request;
            const std::string authorization = "Bearer " + std::string{key};
            request.authorization = key.empty() ? key : authorization;
            request.from = shop.from;
            request.received_steady_ns = shop.now_ns;
            request.memory = &memory;
            const auto found = shop.opening.principal_of(request);
            return found ? "in" : text_of(found.error().code).name;
        }
    };
    connection connect() { return {*this}; }
    [[nodiscard]] int lookups() const { return scene.ledger.bearer_reads; }

    client_network from = client_network::of_ipv4(0xCB007107);
    std::int64_t now_ns = 1'000'000'000'000;
    test::api_scene scene;
    authentication opening{
        test::scene_keys(), scene.ledger, scene.service, scene.people.sessions, {.per_second = 1, .burst = 3}};
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
    // It is a wrong key from then on: looked up as any, and counted as a failure.
    EXPECT_EQ(one.scene.ledger.bearer_reads, 2);
}

TEST(authentication, a_wrong_key_forgets_the_right_one_before_it) {
    a_connection one;
    ASSERT_TRUE(one.ask("Bearer " + test::api_scene::key_of("op")));
    EXPECT_FALSE(one.ask("Bearer op_nobodys"));
    EXPECT_FALSE(one.ask("Bearer op_nobodys"));
    EXPECT_FALSE(one.ask(""));
}

TEST(authentication, a_resident_s_token_opens_the_request_that_shows_it_alone) {
    a_connection one;
    const auto now = test::scene_now_ms;
    const std::string op = "Bearer " + test::api_scene::key_of("op");
    ASSERT_TRUE(one.ask(op, now));
    ASSERT_EQ((*one.ask("Bearer " + one.scene.session, now))->caller.kind, ledger::caller_kind::resident);
    const auto nobody = one.ask("", now);
    ASSERT_FALSE(nobody) << "on a connection that many share, the next request is somebody else's";
    EXPECT_EQ(nobody.error().code, problem_code::unauthenticated);
    EXPECT_EQ((*one.ask(op, now))->caller.kind, ledger::caller_kind::operator_);
}

TEST(authentication, a_broken_store_is_no_wrong_key) {
    a_connection one;
    one.scene.ledger.broken = true;
    const auto refused = one.ask("Bearer " + test::api_scene::key_of("op"));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, problem_code::read_failed);
}

TEST(authentication, looks_no_key_up_where_one_connection_goes_on_guessing) {
    a_shop shop;
    auto stranger = shop.connect();
    for (int i = 0; i < 3; ++i) EXPECT_EQ(stranger.ask("te_guess" + std::to_string(i)), "unauthenticated");
    EXPECT_EQ(shop.lookups(), 3);
    for (int i = 0; i < 100; ++i) EXPECT_EQ(stranger.ask("te_more" + std::to_string(i)), "too_many_failures");
    EXPECT_EQ(stranger.ask(test::api_scene::key_of("te")), "too_many_failures")
        << "it would tell that this one is right";
    EXPECT_EQ(stranger.ask(""), "too_many_failures");
    EXPECT_EQ(shop.lookups(), 3);
    EXPECT_EQ(shop.opening.failures(authentication_failure::unknown), 3U);
    EXPECT_EQ(shop.opening.failures(authentication_failure::not_looked_up), 102U);

    shop.now_ns += 1'000'000'000;
    EXPECT_EQ(stranger.ask("te_guess"), "unauthenticated");
    EXPECT_EQ(stranger.ask("te_guess"), "too_many_failures");
    EXPECT_EQ(shop.lookups(), 4);
    shop.now_ns += 1'000'000'000;
    EXPECT_EQ(stranger.ask(test::api_scene::key_of("te")), "in");
}

// All tills of a shop have its router's address.
TEST(authentication, lets_right_keys_in_whoever_else_fails_at_their_address) {
    a_shop shop;
    auto before = shop.connect();
    EXPECT_EQ(before.ask(test::api_scene::key_of("te")), "in");
    auto broken = shop.connect();
    for (int i = 0; i < 50; ++i) (void)broken.ask("te_old");
    EXPECT_EQ(broken.ask("te_old"), "too_many_failures");
    EXPECT_EQ(before.ask(test::api_scene::key_of("te")), "in");
    shop.scene.service.keys_version.fetch_add(1);
    EXPECT_EQ(before.ask(test::api_scene::key_of("te")), "in") << "looked up once more";
    EXPECT_EQ(shop.connect().ask(test::api_scene::key_of("sh")), "in") << "a new connection";
    auto shared = shop.connect(); // of a proxy that sends everybody's requests over it
    EXPECT_EQ(shared.ask(test::api_scene::key_of("sh")), "in");
    EXPECT_EQ(shared.ask("te_old"), "too_many_failures") << "looked up, and wrong";
    EXPECT_EQ(shared.ask(test::api_scene::key_of("te")), "in");

    auto once = shop.connect();
    EXPECT_EQ(once.ask("te_guess"), "too_many_failures") << "a new connection for each guess";
    shop.from = client_network::of_ipv4(0xCB007108);
    EXPECT_EQ(shop.connect().ask("te_old"), "unauthenticated") << "another address";
}

TEST(authentication, counts_missing_keys_and_takes_another_limit) {
    a_shop shop;
    auto silent = shop.connect();
    for (int i = 0; i < 3; ++i) EXPECT_EQ(silent.ask(""), "unauthenticated");
    EXPECT_EQ(silent.ask(""), "too_many_failures");
    EXPECT_EQ(shop.opening.failures(authentication_failure::missing), 3U);
    EXPECT_EQ(shop.lookups(), 0);
    shop.opening.set_limit({});
    for (int i = 0; i < 100; ++i) EXPECT_EQ(silent.ask(""), "unauthenticated");
}

// What a connection's client showed, with a clock of its own.
class shown final : public client_identity {
public:
    std::optional<ledger::certificate_digest> digest;
    std::int64_t good_until_ms = 1'000;
    mutable int asked = 0;
    std::optional<shown_certificate> certificate(std::int64_t now_ms) const override {
        ++asked;
        if (!digest || now_ms > good_until_ms) return std::nullopt;
        return shown_certificate{*digest, good_until_ms};
    }
};

class a_till {
public:
    std::string_view ask(std::string_view role = "te") {
        http_request request;
        const std::string authorization = "Bearer " + test::api_scene::key_of(role);
        request.authorization = authorization;
        request.received_at_ms = now_ms;
        request.memory = &memory;
        request.identity = plain ? nullptr : &client;
        const auto found = opening.principal_of(request);
        return found ? "in" : text_of(found.error().code).name;
    }
    void bind(std::vector<ledger::certificate_digest> to) {
        scene.ledger.certificates[ledger::outlet_id{ledger::merchant_id{7}, 1}.value()] = std::move(to);
        scene.service.keys_version.fetch_add(1);
    }

    static constexpr ledger::certificate_digest own{{1}};
    static constexpr ledger::certificate_digest next{{2}};
    static constexpr ledger::certificate_digest neighbours{{3}};
    shown client;
    bool plain = false;
    std::int64_t now_ms = 500;
    connection_memory memory;
    test::api_scene scene;
    authentication opening{test::scene_keys(), scene.ledger, scene.service, scene.people.sessions, {}};
};

TEST(authentication, of_a_bound_terminal_needs_its_certificate) {
    a_till till;
    EXPECT_EQ(till.ask(), "in") << "it is not bound";
    EXPECT_EQ(till.client.asked, 0);
    till.bind({a_till::own});
    EXPECT_EQ(till.ask(), "certificate_required");
    till.client.digest = a_till::neighbours;
    EXPECT_EQ(till.ask(), "certificate_mismatch");
    till.client.digest = a_till::own;
    EXPECT_EQ(till.ask(), "in");
    till.plain = true;
    till.memory = {};
    EXPECT_EQ(till.ask(), "certificate_required") << "plain HTTP";
    EXPECT_EQ(till.ask("op"), "in") << "nobody else needs one";
    EXPECT_EQ(till.ask("sh"), "in");
    EXPECT_EQ(till.opening.failures(authentication_failure::certificate_required), 2U);
    EXPECT_EQ(till.opening.failures(authentication_failure::certificate_mismatch), 1U);

    till.plain = false;
    till.bind({a_till::own, a_till::next});
    EXPECT_EQ(till.ask(), "in") << "while it changes to its next one";
    till.client.digest = a_till::next;
    till.memory = {};
    EXPECT_EQ(till.ask(), "in");
    till.bind({a_till::next});
    EXPECT_EQ(till.ask(), "in");
    till.bind({a_till::own});
    EXPECT_EQ(till.ask(), "certificate_mismatch") << "on this connection too";
    till.bind({});
    EXPECT_EQ(till.ask(), "in");
}

TEST(authentication, asks_for_the_certificate_once_until_it_ends) {
    a_till till;
    till.bind({a_till::own});
    till.client.digest = a_till::own;
    for (int i = 0; i < 10; ++i) EXPECT_EQ(till.ask(), "in");
    EXPECT_EQ(till.client.asked, 1);
    EXPECT_EQ(till.scene.ledger.certificate_reads, 1);
    till.now_ms = 1'000;
    EXPECT_EQ(till.ask(), "in");
    EXPECT_EQ(till.client.asked, 1);
    till.now_ms = 1'001;
    EXPECT_EQ(till.ask(), "certificate_required");
    till.now_ms = 900;
    till.client.digest.reset(); // as after a reload that revoked it
    EXPECT_EQ(till.ask(), "certificate_required");
}

// What cannot be read says nothing of the key.
TEST(authentication, does_not_count_a_broken_store) {
    a_shop shop;
    shop.scene.ledger.broken = true;
    auto till = shop.connect();
    for (int i = 0; i < 20; ++i) EXPECT_EQ(till.ask(test::api_scene::key_of("te")), "read_failed");
    shop.scene.ledger.broken = false;
    EXPECT_EQ(till.ask(test::api_scene::key_of("te")), "in");
}

} // namespace
} // namespace meguri::net
