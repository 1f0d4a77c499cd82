#include "net/json_fields.hpp"

#include <gtest/gtest.h>

#include <array>
#include <functional>
#include <string>

namespace meguri::net {
namespace {

constexpr std::array<std::string_view, 2> kinds{"card", "once"};

// Reads one of everything.
request_fault read_all(std::string_view text) {
    json_document document;
    request_fault fault;
    json_fields body{document, text, fault};
    static_cast<void>(body.amount("amount"));
    static_cast<void>(body.text("name", {1, 5}));
    static_cast<void>(body.program("program"));
    static_cast<void>(body.programs("programs"));
    static_cast<void>(body.integer("days", 1, 10));
    static_cast<void>(body.one_of("kind", kinds));
    static_cast<void>(body.one_of_or("other_kind", kinds, 1));
    static_cast<void>(body.optional_program("other_program"));
    static_cast<void>(body.optional_date("on"));
    static_cast<void>(body.boolean_or("flag", false));
    static_cast<void>(body.text_or("note", "none", {1, 3}));
    json_fields inner = body.object("inner");
    static_cast<void>(inner.text("value"));
    inner.finish();
    body.finish();
    return fault;
}

constexpr std::string_view good =
    R"({"amount":1,"name":"五文字まで","program":"042021","programs":["042021","432148"],"days":10,"kind":"once",)"
    R"("on":"2028-02-29","flag":true,"note":"あ","other_kind":"card","other_program":"000000","inner":{"value":"x"}})";

// The good body with the value of one member exchanged, or the member left out, or text put behind another.
std::string with(std::string_view from, std::string_view to) {
    std::string body{good};
    const auto at = body.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return body.replace(at, from.size(), to);
}

TEST(json_fields, takes_what_is_within_the_rules) { EXPECT_FALSE(read_all(good).has_value()); }

TEST(json_fields, refuses_by_rule_with_a_pointer) {
    using enum problem_code;
    struct row {
        std::string body;
        problem_code code;
        std::string_view pointer;
    };
    const row rows[] = {
        {"", malformed_request, ""},
        {"[]", malformed_request, ""},
        {"\"x\"", malformed_request, ""},
        {std::string{good} + "{}", malformed_request, ""},
        {with(R"("amount":1)", R"("amount":"1")"), malformed_request, "/amount"},
        {with(R"("amount":1)", R"("amount":1.0)"), malformed_request, "/amount"},
        {with(R"("amount":1)", R"("amount":1e0)"), malformed_request, "/amount"},
        {with(R"("amount":1)", R"("amount":null)"), malformed_request, "/amount"},
        {with(R"("amount":1)", R"("amount":true)"), malformed_request, "/amount"},
        {with(R"("amount":1)", R"("amount":[1])"), malformed_request, "/amount"},
        {with(R"("amount":1,)", ""), malformed_request, "/amount"},
        {with(R"("amount":1)", R"("amount":0)"), amount_out_of_range, "/amount"},
        {with(R"("amount":1)", R"("amount":-1)"), amount_out_of_range, "/amount"},
        {with(R"("amount":1)", R"("amount":100000001)"), amount_out_of_range, "/amount"},
        {with(R"("amount":1)", R"("amount":18446744073709551615)"), amount_out_of_range, "/amount"},
        {with(R"("amount":1)", R"("amount":1,"amount":1)"), malformed_request, "/amount"},
        {with(R"("amount":1)", R"("amount":1,"x/y~z":1)"), malformed_request, "/x~1y~0z"},
        {with(R"("amount":1)", R"("amount":1,"Amount":1)"), malformed_request, "/Amount"},
        {with(R"("name":"五文字まで")", R"("name":"六文字は長い")"), invalid_value, "/name"},
        {with(R"("name":"五文字まで")", R"("name":"")"), invalid_value, "/name"},
        {with(R"("name":"五文字まで")", R"("name":"a\nb")"), invalid_value, "/name"},
        {with(R"("name":"五文字まで")", R"("name":"a\u007f")"), invalid_value, "/name"},
        {with(R"("name":"五文字まで")", R"("name":7)"), malformed_request, "/name"},
        {with(R"("program":"042021")", R"("program":"42021")"), invalid_value, "/program"},
        {with(R"("program":"042021")", R"("program":"04202１")"), invalid_value, "/program"},
        {with(R"("program":"042021")", R"("program":42021)"), malformed_request, "/program"},
        {with(R"("programs":["042021","432148"])", R"("programs":[])"), invalid_value, "/programs"},
        {with(R"("programs":["042021","432148"])", R"("programs":["042021","x"])"), invalid_value, "/programs/1"},
        {with(R"("programs":["042021","432148"])", R"("programs":["042021",1])"), malformed_request, "/programs/1"},
        {with(R"("programs":["042021","432148"])", R"("programs":["042021","042021"])"), invalid_value, "/programs"},
        {with(R"("programs":["042021","432148"])", R"("programs":"042021")"), malformed_request, "/programs"},
        {with(R"("days":10)", R"("days":11)"), invalid_value, "/days"},
        {with(R"("days":10)", R"("days":0)"), invalid_value, "/days"},
        {with(R"("kind":"once")", R"("kind":"twice")"), invalid_value, "/kind"},
        {with(R"("other_kind":"card")", R"("other_kind":"")"), invalid_value, "/other_kind"},
        {with(R"("other_program":"000000")", R"("other_program":"")"), invalid_value, "/other_program"},
        {with(R"("other_program":"000000")", R"("other_program":null)"), malformed_request, "/other_program"},
        {with(R"("on":"2028-02-29")", R"("on":"2027-02-29")"), invalid_value, "/on"},
        {with(R"("on":"2028-02-29")", R"("on":"2028-2-29")"), invalid_value, "/on"},
        {with(R"("flag":true)", R"("flag":"true")"), malformed_request, "/flag"},
        {with(R"("flag":true)", R"("flag":1)"), malformed_request, "/flag"},
        {with(R"("note":"あ")", R"("note":"")"), invalid_value, "/note"},
        {with(R"("inner":{"value":"x"})", R"("inner":"x")"), malformed_request, "/inner"},
        {with(R"("inner":{"value":"x"})", R"("inner":{})"), malformed_request, "/inner/value"},
        {with(R"("inner":{"value":"x"})", R"("inner":{"value":"x","value":"x"})"), malformed_request, "/inner/value"},
        {with(R"("inner":{"value":"x"})", R"("inner":{"value":"x","more":1})"), malformed_request, "/inner/more"},
        {with(R"(,"inner":{"value":"x"})", ""), malformed_request, "/inner"},
    };
    for (const auto& one : rows) {
        const auto fault = read_all(one.body);
        ASSERT_TRUE(fault.has_value()) << one.body;
        EXPECT_EQ(text_of(fault->code).name, text_of(one.code).name) << one.body << ' ' << fault->detail;
        EXPECT_EQ(fault->pointer, one.pointer) << one.body;
        EXPECT_FALSE(fault->detail.empty()) << one.body;
    }
}

TEST(json_fields, gives_the_values) {
    json_document document;
    request_fault fault;
    json_fields body{document, good, fault};
    EXPECT_EQ(body.amount("amount").value(), 1);
    EXPECT_EQ(body.text("name"), "五文字まで");
    EXPECT_EQ(body.program("program").text(), "042021");
    EXPECT_EQ(body.programs("programs").size(), 2U);
    EXPECT_EQ(body.one_of("kind", kinds), 1U);
    EXPECT_EQ(body.one_of_or("no_kind", kinds, 1), 1U);
    EXPECT_EQ(body.text_or("no_note", "none", {1, 3}), "none");
    EXPECT_TRUE(body.boolean_or("no_flag", true));
    EXPECT_EQ(body.optional_program("no_program"), std::nullopt);
    EXPECT_EQ(body.optional_date("on"), ledger::parse_date("2028-02-29"));
    EXPECT_FALSE(fault.has_value());
}

TEST(json_fields, refuses_an_object_of_too_many_members) {
    std::string body = "{";
    for (int i = 0; i < 40; ++i) body += "\"m" + std::to_string(i) + "\":1,";
    body.back() = '}';
    const auto fault = read_all(body);
    ASSERT_TRUE(fault.has_value());
    EXPECT_EQ(fault->pointer, "/m32");
}

TEST(within, counts_characters_not_bytes) {
    EXPECT_TRUE(within("石巻", {2, 2}));
    EXPECT_FALSE(within("石巻", {3, 9}));
    EXPECT_TRUE(within("", {0, 0}));
    EXPECT_FALSE(within(std::string_view{"\0", 1}, {0, 9}));
}

} // namespace
} // namespace meguri::net
