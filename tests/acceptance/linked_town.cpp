#include "tests/acceptance/linked_town.hpp"

#include "tests/support/source_tree.hpp"

#include <chrono>
#include <csignal>
#include <stdexcept>
#include <thread>

#include <unistd.h>

namespace meguri::test {

namespace json = boost::json;

namespace {

constexpr std::chrono::seconds linked_patience{20};
constexpr std::chrono::milliseconds linked_step{20};

// The value of a parameter in a query of which no value is encoded.
std::string parameter(const std::string& url, const std::string& name) {
    const auto at = url.find(name + '=');
    if (at == std::string::npos) throw std::runtime_error{"no " + name + " in " + url};
    const auto begin = at + name.size() + 1;
    return url.substr(begin, url.find('&', begin) - begin);
}

template <class Reached>
void wait_until(const std::string& what, Reached reached) {
    const auto until = std::chrono::steady_clock::now() + linked_patience;
    while (!reached()) {
        if (std::chrono::steady_clock::now() > until) throw std::runtime_error{"waited in vain for " + what};
        std::this_thread::sleep_for(linked_step);
    }
}

} // namespace

partner_process::partner_process(std::filesystem::path folder, std::string token_seconds)
    : folder_{std::move(folder)},
      token_seconds_{std::move(token_seconds)} {
    start();
}

void partner_process::start() {
    const auto script = source_folder() / "tests/partner_simulator/partner.mjs";
    const auto child = start_program("/usr/bin/env",
                                     {"node", script.string(), "--redirect-uri", linked_redirect_uri, "--client-secret",
                                      secret(), "--state", (folder_ / "partner.json").string(), "--port",
                                      std::to_string(port_), "--token-seconds", token_seconds_},
                                     (folder_ / "partner.log").string());
    pid_ = child.pid;
    std::string line;
    for (char one = 0; ::read(child.output, &one, 1) == 1 && one != '\n';) line += one;
    ::close(child.output);
    const auto at = line.find("port=");
    if (at == std::string::npos) throw std::runtime_error{"the partner does not start: " + line};
    port_ = static_cast<std::uint16_t>(std::stoul(line.substr(at + 5)));
}

void partner_process::kill() {
    if (pid_ < 0) return;
    ::kill(pid_, SIGKILL);
    (void)wait_for_end(pid_);
    pid_ = -1;
}

void partner_process::fault(const std::string& call, const std::string& kind, int times) {
    http_client http{port_};
    const auto body = json::serialize(json::object{{"call", call}, {"kind", kind}, {"times", times}});
    EXPECT_EQ(http.ask("POST", "/faults", {{"Content-Type", "application/json"}}, body).status, 200);
}

json::value partner_process::books() const {
    http_client http{port_};
    return json::parse(http.ask("GET", "/books", {}, {}).body);
}

std::int64_t partner_process::points_of(const std::string& account) const {
    return books().at("accounts").at(account).at("points").as_int64();
}

std::int64_t partner_process::calls(const std::string& call) const {
    const auto seen = books();
    const auto* const count = seen.at("calls").as_object().if_contains(call);
    return count == nullptr ? 0 : count->as_int64();
}

std::int64_t partner_process::conversions(const std::string& status) const {
    std::int64_t count = 0;
    const auto seen = books();
    for (const auto& one : seen.at("conversions").as_object()) count += text_at(one.value(), "status") == status;
    return count;
}

partner_process::consent partner_process::approve(const std::string& url, const std::string& account) const {
    http_client http{port_};
    const auto target = url.substr(url.find('/', 8)) + "&account=" + account + "&decision=approve";
    const auto reply = http.ask("GET", target, {}, {});
    if (reply.status != 302) throw std::runtime_error{"no consent: " + reply.body};
    const auto back = reply.field("location");
    if (!back.starts_with(linked_redirect_uri)) throw std::runtime_error{"sent elsewhere: " + back};
    return {parameter(back, "state"), parameter(back, "code")};
}

void partner_process::write_file(const std::filesystem::path& file, const std::string& partner) const {
    const auto secret_file = folder_ / "partner.secret";
    std::ofstream{secret_file} << secret() << '\n';
    const auto base = "http://127.0.0.1:" + std::to_string(port_);
    std::ofstream{file} << "[[partner]]\nid = \"" << partner << "\"\nclient_id = \"meguri\"\nclient_secret_file = \""
                        << secret_file.string() << "\"\nauthorization_endpoint = \"" << base
                        << "/oauth/authorize\"\ntoken_endpoint = \"" << base
                        << "/oauth/token\"\nrevocation_endpoint = \"" << base
                        << "/oauth/revoke\"\naccount_endpoint = \"" << base
                        << "/v1/account\"\nconversions_endpoint = \"" << base
                        << "/v1/conversions\"\nscope = \"points\"\n";
}

std::string with_partner::settings() const {
    const std::ofstream nobody_yet{partner_file()};
    return cards.settings() + "[partners]\nconnections = \"" + partner_file().string() + "\"\nredirect_uri = \"" +
           linked_redirect_uri + "\"\ntimeout_ms = 1000\n";
}

linked_town::linked_town(const std::string& token_seconds) : with_partner{token_seconds}, payments_scene{settings()} {
    const auto made = as_operator->made("/v1/partners", {{"name", "航空"}});
    partner = text_at(made, "id");
    as_operator->made("/v1/partners/" + partner + "/conversion_terms", {{"unit", "マイル"},
                                                                        {"rate", {{"points", 1}, {"units", 2}}},
                                                                        {"minimum_units", 100},
                                                                        {"step_units", 10},
                                                                        {"per_person_day", 20'000}});
    api_client second{process->port(), text_at(as_operator->made("/v1/operators", {{"name", "確認者"}}), "key")};
    second.made("/v1/partners/" + partner + "/conversion_terms/1/approvals", json::object{});
    company.write_file(partner_file(), partner);
    restart();
}

linked_town::person linked_town::log_in(const issued_certificate& card) const {
    api_client nobody{process->port(), {}};
    const auto challenge = text_at(nobody.made("/v1/challenges", {{"purpose", "login"}}), "challenge");
    const auto session = nobody.made("/v1/sessions", shown_card(card, challenge));
    return {card, text_at(session, "wallet"), text_at(session, "token")};
}

json::value linked_town::begin(const person& one) const {
    return as(one).made("/v1/wallets/" + one.wallet + "/link_requests", {{"partner", partner}});
}

http_reply linked_town::finish(const person& one, const partner_process::consent& given) const {
    return as(one).post("/v1/wallets/" + one.wallet + "/links", {{"state", given.state}, {"code", given.code}});
}

json::value linked_town::link(const person& one, const std::string& account) const {
    const auto reply = finish(one, company.approve(text_at(begin(one), "authorization_url"), account));
    if (reply.status != 201) throw std::runtime_error{"not linked: " + reply.body};
    return json::parse(reply.body);
}

http_reply linked_town::convert(const person& one, std::int64_t units, const std::string& key,
                                const json::object& more) const {
    json::object body{{"partner", partner}, {"units", units}};
    for (const auto& member : more) body[member.key()] = member.value();
    return as(one).post("/v1/wallets/" + one.wallet + "/linked_conversions", body, key);
}

json::value linked_town::wait_for(const std::string& conversion, const std::string& status) {
    json::value seen;
    wait_until(status + " of " + conversion, [&] {
        seen = as_operator->read("/v1/linked_conversions/" + conversion);
        return text_at(seen, "status") == status;
    });
    return seen;
}

void linked_town::wait_for_calls(const std::string& call, std::int64_t count) const {
    wait_until(std::to_string(count) + " calls of " + call, [&] { return company.calls(call) >= count; });
}

std::int64_t linked_town::credited(const std::string& wallet) {
    std::int64_t sum = 0;
    const auto seen = as_operator->read("/v1/wallets/" + wallet + "/balances");
    for (const auto& row : seen.at("data").as_array()) sum += row.at("available").as_int64();
    for (const auto& row : seen.at("undecided").as_array()) sum += row.at("amount").as_int64();
    return sum;
}

void linked_town::kill_and_log_in_again(person& one) {
    kill_and_restart();
    one = log_in(one.card);
}

} // namespace meguri::test
