#include "bench/demo_town.hpp"

#include <boost/json.hpp>

#include <array>
#include <chrono>
#include <stdexcept>

namespace meguri::bench {
namespace {

namespace json = boost::json;

constexpr std::string_view ishinomaki = "042021";
constexpr std::string_view aso = "432148";

struct shop {
    std::string_view name;
    std::string_view product;
    std::vector<std::string_view> programs;
};

std::vector<shop> shops() {
    return {
        {"石巻 浜の直売所", "金華さば味噌煮缶", {ishinomaki}},
        {"石巻 ひたかみ米店", "ひとめぼれ 5kg", {ishinomaki}},
        {"石巻 雄勝硯工房", "雄勝硯", {ishinomaki}},
        {"阿蘇 あか牛精肉店", "あか牛 切り落とし", {aso}},
        {"阿蘇 高菜漬本舗", "阿蘇高菜漬", {aso}},
        {"被災地応援アンテナショップ", "東北・熊本 詰め合わせ", {ishinomaki, aso}},
    };
}

// `YYYY-MM-DD`, so many days from today in Japan.
std::string day_from_now(int days) {
    using namespace std::chrono;
    const auto jst = floor<std::chrono::days>(system_clock::now() + hours{9}) + std::chrono::days{days};
    const year_month_day date{jst};
    std::array<char, 16> text{};
    std::snprintf(text.data(), text.size(), "%04d-%02u-%02u", static_cast<int>(date.year()),
                  static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
    return text.data();
}

std::string text(const json::value& from, std::string_view name) {
    return std::string{from.as_object().at(name).as_string()};
}

struct town_maker {
    api_session& api;
    std::string tag;
    std::uint32_t grants = 0;

    void open_program(std::string_view code, std::string_view name, int expiry_days) {
        api.post("/v1/programs", {{"code", code},
                                  {"name", name},
                                  {"expiry_days", expiry_days},
                                  {"online_only", false},
                                  {"issuer_kind", "municipality"}});
    }

    demo_till open_shop(const shop& one) {
        json::array programs;
        for (const auto code : one.programs) programs.emplace_back(code);
        const auto merchant = text(api.post("/v1/merchants", {{"name", one.name}, {"programs", programs}}), "id");
        const auto terminal = api.post("/v1/merchants/" + merchant + "/terminals", {{"name", "レジ1"}});
        demo_till till{std::string{one.name}, std::string{one.product}, "レジ1", text(terminal, "key"), {}};
        for (const auto code : one.programs) till.programs.emplace_back(code);
        return till;
    }

    demo_resident move_in(std::string_view program) {
        const auto wallet = text(api.post("/v1/wallets", json::object{}), "id");
        const auto code = text(api.post("/v1/wallets/" + wallet + "/codes", {{"kind", "card"}}), "value");
        return {wallet, code, std::string{program}};
    }

    void grant(const demo_resident& to, std::int64_t amount, int days, const std::string& source) {
        api.post("/v1/grants",
                 {{"wallet", to.wallet},
                  {"program", to.program},
                  {"amount", amount},
                  {"expires_on", day_from_now(days)},
                  {"source", source}},
                 "demo-" + tag + "-grant-" + std::to_string(++grants));
    }
};

} // namespace

json::value api_session::answer_of(std::string_view method, const std::string& path, const test::http_fields& fields,
                                   const std::string& body) {
    const auto reply = client_.ask(method, path, fields, body);
    if (reply.status / 100 != 2)
        throw std::runtime_error{path + " answered " + std::to_string(reply.status) + ": " + reply.body};
    return json::parse(reply.body);
}

json::value api_session::post(const std::string& path, const json::value& body, const std::string& idempotency_key) {
    test::http_fields fields{{"Authorization", "Bearer " + key_}, {"Content-Type", "application/json"}};
    if (!idempotency_key.empty()) fields.emplace_back("Idempotency-Key", idempotency_key);
    return answer_of("POST", path, fields, json::serialize(body));
}

json::value api_session::get(const std::string& path) {
    return answer_of("GET", path, {{"Authorization", "Bearer " + key_}}, {});
}

demo_town make_demo_town(api_session& as_operator, std::uint32_t residents, const std::string& tag) {
    town_maker make{as_operator, tag};
    make.open_program(ishinomaki, "石巻市アイポイント", 180);
    make.open_program(aso, "阿蘇市ポイント", 365);
    demo_town town;
    for (const auto& one : shops()) town.tills.push_back(make.open_shop(one));
    for (std::uint32_t i = 0; i < residents; ++i) {
        const bool of_ishinomaki = i % 3 != 2;
        const std::string code{of_ishinomaki ? ishinomaki : aso};
        town.residents.push_back(make.move_in(code));
        make.grant(town.residents.back(), 20'000, 90, "budget:" + code + ":health");
        make.grant(town.residents.back(), 50'000, 365, "partner:airline");
        if (i % 2 == 0) make.grant(town.residents.back(), 10'000, 30, "national:recovery");
    }
    town.poor = make.move_in(ishinomaki);
    make.grant(town.poor, 80, 90, "donation:company");
    town.frozen = make.move_in(ishinomaki);
    make.grant(town.frozen, 5'000, 180, "purchase:card");
    as_operator.post("/v1/wallets/" + town.frozen.wallet + "/freeze", {{"reason", "紛失の届出"}});
    return town;
}

} // namespace meguri::bench
