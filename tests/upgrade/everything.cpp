#include "tests/upgrade/everything.hpp"

#include "ledger/calendar.hpp"
#include "tests/support/bank_of_debits.hpp"

#include <chrono>
#include <fstream>
#include <stdexcept>
#include <thread>

namespace meguri::test {
namespace {

namespace json = boost::json;

constexpr const char* ishinomaki = "042021";
constexpr const char* aso = "432148";
constexpr const char* miyagi = "040002"; // online only
constexpr const char* other = "011002";
constexpr const char* nobodys = "131016"; // never opened
constexpr std::int64_t day_s = 86'400;

} // namespace

ledger_of_everything::ledger_of_everything(const std::filesystem::path& folder)
    : folder_{folder},
      operator_key_{init_ledger(folder / "ledger", true)} {
    start(0);
}

void ledger_of_everything::start(std::int64_t clock_turned_s) {
    turned_s_ = clock_turned_s;
    std::ofstream{folder_ / "clock"} << turned_s_ << '\n';
    std::ofstream{folder_ / "banks.tsv"} << "meguri-banks 1\tzengin-code 1.0.0-p20260824\t2026-11-26\n"
                                            "bank\t0125\t七十七\tシチジユウシチ\n"
                                            "branch\t0125\t404\t石巻\tイシノマキ\n";
    std::ofstream{folder_ / "meguri.toml"} << cards_.settings() << "\n[banks]\ntable = \""
                                           << (folder_ / "banks.tsv").string() << "\"\n";
    process_.emplace(folder_ / "ledger", std::vector<std::string>{"--test-clock", (folder_ / "clock").string(),
                                                                  "--config", (folder_ / "meguri.toml").string()});
    http_.emplace(process_->port());
}

void ledger_of_everything::stop() {
    http_.reset();
    if (process_->terminate() != 0) throw std::runtime_error{"it did not end cleanly: " + process_->log()};
}

void ledger_of_everything::kill() {
    http_.reset();
    process_->kill();
}

std::int64_t ledger_of_everything::now_s() const {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::seconds>(now).count() + turned_s_;
}

json::value ledger_of_everything::make(const std::string& bearer, const std::string& path, const json::value& body,
                                       const std::string& idempotency_key) {
    return make_of_text(bearer, path, json::serialize(body), idempotency_key);
}

json::value ledger_of_everything::make_of_text(const std::string& bearer, const std::string& path,
                                               const std::string& body, const std::string& idempotency_key) {
    const auto key = idempotency_key.empty() ? "e" + std::to_string(++made_) : idempotency_key;
    const asked question{"POST", path, bearer, key, body};
    const auto got = ask(*http_, question);
    if (got.status / 100 != 2)
        throw std::runtime_error{path + ' ' + question.body + ": " + std::to_string(got.status) + ' ' + got.body};
    questions_.push_back(question);
    return json::parse(got.body);
}

void ledger_of_everything::see(const std::string& bearer, const std::string& path) {
    questions_.push_back({"GET", path, bearer, {}, {}});
}

recorded_ledger ledger_of_everything::record() {
    recorded_ledger all{run_meguri({"--version"}).output, now_s(), market_.till_key, resident_.card, {}};
    while (all.version.ends_with('\n')) all.version.pop_back();
    for (const auto& one : questions_) {
        all.answers.push_back(ask(*http_, one));
        const auto& got = all.answers.back();
        if (got.status / 100 != 2 || got.replayed != (one.method == "POST"))
            throw std::runtime_error{one.method + ' ' + one.path + ": " + std::to_string(got.status) + ' ' + got.body};
    }
    return all;
}

// --- parties and points ---

ledger_of_everything::shop_front ledger_of_everything::join(const char* name) {
    const json::array programs{ishinomaki, aso, miyagi};
    shop_front made;
    made.id = text_at(by_operator("/v1/merchants", {{"name", name}, {"programs", programs}}), "id");
    made.path = "/v1/merchants/" + made.id;
    const auto terminal = by_operator(made.path + "/terminals", {{"name", "レジ1"}});
    made.terminal = "/v1/terminals/" + text_at(terminal, "id");
    made.till_key = text_at(terminal, "key");
    const auto shop = by_operator(made.path + "/shops", {{"name", "通販"}});
    made.shop = "/v1/shops/" + text_at(shop, "id");
    made.shop_key = text_at(shop, "key");
    return made;
}

ledger_of_everything::purse ledger_of_everything::open_wallet() {
    purse made;
    made.id = text_at(by_operator("/v1/wallets", json::object{}), "id");
    made.path = "/v1/wallets/" + made.id;
    made.card = issue(made, "card");
    return made;
}

std::string ledger_of_everything::issue(const purse& to, const char* kind) {
    return text_at(by_operator(to.path + "/codes", {{"kind", kind}}), "value");
}

void ledger_of_everything::make_parties() {
    struct opened {
        const char* code;
        const char* issuer;
        bool online_only;
        int hold_days; // 7 is not stored
    };
    for (const auto& one : {opened{ishinomaki, "municipality", false, 7}, opened{aso, "municipality", false, 3},
                            opened{miyagi, "prefecture", true, 7}, opened{other, "other", false, 7}})
        by_operator("/v1/programs", {{"code", one.code},
                                     {"name", "ポイント"},
                                     {"expiry_days", 180},
                                     {"online_only", one.online_only},
                                     {"issuer_kind", one.issuer},
                                     {"hold_days", one.hold_days}});
    checker_key_ = text_at(by_operator("/v1/operators", {{"name", "確認者"}}), "key");
    staff_key_ =
        text_at(by_operator(std::string{"/v1/municipalities/"} + ishinomaki + "/staff", {{"name", "係"}}), "key");
    partner_ = text_at(by_operator("/v1/partners", {{"name", "東北カード"}}), "id");
    market_ = join("市場");
    kiosk_ = join("売店");
    resident_ = open_wallet();
    neighbour_ = open_wallet();
}

void ledger_of_everything::grant(const purse& to, const char* source, std::int64_t amount, std::int64_t days) {
    json::object body{{"wallet", to.id}, {"program", ishinomaki}, {"amount", amount}, {"source", source}};
    if (days != 0)
        body["expires_on"] = ledger::to_date(ledger::jst_day::of(ledger::instant{(now_s() + days * day_s) * 1'000}));
    make(operator_key_, "/v1/grants", body);
}

void ledger_of_everything::grant_from_every_source() {
    grant(resident_, "national:042021:stimulus", 1'000, 5); // spent first, expired 20 days later
    grant(resident_, "budget:042021:health", 20'000);
    grant(resident_, "purchase:042021:card", 2'000, 300);
    grant(resident_, "donation:042021:fund", 500);
    grant(neighbour_, "budget:042021:health", 5'000);
    grant(neighbour_, "national:042021:stimulus", 200, 5); // of which something is left to expire
    make(staff_key_, "/v1/grants",
         {{"wallet", resident_.id}, {"program", ishinomaki}, {"amount", 100}, {"source", "budget:042021:health"}});
}

// --- payments ---

json::object ledger_of_everything::paying(const std::string& code, std::int64_t amount) const {
    return {{"amount", amount}, {"program", ishinomaki}, {"credential", {{"type", "code"}, {"value", code}}}};
}

std::string ledger_of_everything::pay(const std::string& bearer, const json::object& body, const char* expected,
                                      const std::string& idempotency_key) {
    const auto made = make(bearer, "/v1/authorizations", body, idempotency_key);
    const auto& declined = made.at("decline_code");
    const auto outcome = declined.is_null() ? text_at(made, "status") : std::string{declined.as_string()};
    if (outcome != expected) throw std::runtime_error{"a payment is " + outcome + ", not " + expected};
    auto path = "/v1/authorizations/" + text_at(made, "id");
    see(bearer, path);
    return path;
}

std::string ledger_of_everything::hold(std::int64_t amount) {
    auto body = paying(resident_.card, amount);
    body["capture"] = false;
    return pay(market_.till_key, body, "authorized");
}

void ledger_of_everything::follow_up_payments() {
    const auto& till = market_.till_key;
    paid_from_the_short_lot_ = pay(till, paying(resident_.card, 400), "captured");
    auto with_reference = paying(resident_.card, 1'200);
    with_reference["reference"] = "R-000123";
    const auto paid = pay(till, with_reference, "captured");
    see(till, "/v1/authorizations?reference=R-000123");
    make(till, paid + "/refunds", {{"amount", 300}});
    make(till, paid + "/refunds", json::object{});
    make(till, hold(900) + "/captures", {{"amount", 700}});
    make(till, hold(800) + "/captures", json::object{});
    make(till, hold(600) + "/voids", json::object{});
    hold(500); // ends by itself
    pay(till, paying(resident_.card, 350), "captured", "lost");
    make(till, "/v1/reversals", {{"idempotency_key", "lost"}});
    auto held = paying(resident_.card, 250);
    held["capture"] = false;
    pay(till, held, "authorized", "lost-hold");
    make(till, "/v1/reversals", {{"idempotency_key", "lost-hold"}});
    make(till, "/v1/reversals", {{"idempotency_key", "never-seen"}});
    pay(till, paying(resident_.card, 1), "reversed_before_arrival", "never-seen");
    pay(market_.shop_key, paying(resident_.card, 150), "captured");
}

void ledger_of_everything::be_declined() {
    const auto& till = market_.till_key;
    const auto used = issue(resident_, "once");
    code_not_used_ = issue(resident_, "once");
    pay(till, paying(used, 10), "captured");
    pay(till, paying(used, 10), "credential_used");
    pay(till, paying("NOBODYSCODE", 10), "credential_unknown");
    pay(till, paying(resident_.card, 1'000'000), "insufficient_points");
    for (const char* const program : {nobodys, miyagi}) {
        auto body = paying(resident_.card, 10);
        body["program"] = program;
        pay(till, body, "program_not_accepted");
    }
}

void ledger_of_everything::pay_by_card() {
    const auto card = cards_.issue();
    const auto made = by_operator(resident_.path + "/cards", {{"certificate", to_base64(card.der())}});
    const auto terminal = market_.terminal.substr(market_.terminal.rfind('/') + 1);
    const auto pays = [&](const char* key, const char* expected, const std::string& signed_key) {
        signed_by_card payment{market_.id, terminal, signed_key, 20};
        pay(market_.till_key, payment.by(card).as_object(), expected, key);
    };
    pays("card-1", "captured", "card-1");
    pays("card-2", "credential_invalid", "another");
    by_operator("/v1/cards/" + text_at(made, "id") + "/retire", {{"reason", "紛失"}});
    pays("card-3", "credential_revoked", "card-3");
}

// A challenge is good once and a session ends with the process: neither can be asked for again.
void ledger_of_everything::enroll() {
    const auto posted = [this](const char* path, const json::object& body) {
        const auto got = ask(*http_, {"POST", path, {}, {}, json::serialize(body)});
        if (got.status != 201) throw std::runtime_error{std::string{path} + ": " + got.body};
        return json::parse(got.body);
    };
    const auto challenge = text_at(posted("/v1/challenges", {{"purpose", "login"}}), "challenge");
    const auto neighbours_card = cards_.issue();
    const auto session = posted("/v1/sessions", shown_card(neighbours_card, challenge));
    see(operator_key_, "/v1/wallets/" + text_at(session, "wallet") + "/entries");
    see(operator_key_, "/v1/mykey_ids/" + text_at(session, "mykey_id"));
    const auto at_desk = text_at(posted("/v1/challenges", {{"purpose", "support"}}), "challenge");
    const auto body = json::serialize(shown_card(neighbours_card, at_desk, "support"));
    if (ask(*http_, {"POST", "/v1/support_sessions", staff_key_, {}, body}).status != 201)
        throw std::runtime_error{"no session at a desk"};
    const asked password{"POST", "/v1/wallets/" + text_at(session, "wallet") + "/password", text_at(session, "token"),
                         "password", json::serialize(json::object{{"password", "海の見える町 2026"}})};
    const auto set = ask(*http_, password);
    if (set.status != 200) throw std::runtime_error{"no password is set: " + set.body};
    const auto rebinding = text_at(posted("/v1/challenges", {{"purpose", "rebind"}}), "challenge");
    const asked renewal{"POST", "/v1/wallets/" + text_at(session, "wallet") + "/card_renewals",
                        text_at(session, "token"), "renewal",
                        json::serialize(shown_card(cards_.issue(), rebinding, "rebind"))};
    if (ask(*http_, renewal).status != 201) throw std::runtime_error{"no card is renewed"};
}

void ledger_of_everything::freeze_everything() {
    struct frozen {
        std::string path;
        std::string bearer; // who then pays in vain
        const char* outcome;
    };
    const std::string program = std::string{"/v1/programs/"} + ishinomaki;
    for (const auto& one : {frozen{kiosk_.terminal, kiosk_.till_key, "terminal_inactive"},
                            frozen{kiosk_.shop, kiosk_.shop_key, "terminal_inactive"},
                            frozen{kiosk_.path, kiosk_.till_key, "merchant_inactive"},
                            frozen{neighbour_.path, kiosk_.till_key, "wallet_frozen"},
                            frozen{program, kiosk_.till_key, "program_frozen"}}) {
        by_operator(one.path + "/freeze", {{"reason", "試験"}});
        pay(one.bearer, paying(neighbour_.card, 1), one.outcome);
        by_operator(one.path + "/unfreeze", {{"reason", "試験の終わり"}});
    }
    // These stay so.
    by_operator(std::string{"/v1/programs/"} + other + "/freeze", {{"reason", "準備中"}});
    by_operator(open_wallet().path + "/freeze", {{"reason", "紛失"}});
}

void ledger_of_everything::limit_everything() {
    const std::string program = std::string{"/v1/programs/"} + ishinomaki;
    const std::string wallet = neighbour_.path;
    struct limited {
        std::string path;
        json::object limits;
        std::string bearer;
        bool after_one; // which is counted from then on
    };
    const json::object one_payment{{"per_payment", 5}};
    const json::object once{{"count", 1}};
    const json::object five{{"amount", 5}};
    for (auto one :
         {limited{wallet, one_payment, kiosk_.till_key, false}, limited{program, one_payment, kiosk_.till_key, false},
          limited{kiosk_.path, one_payment, kiosk_.till_key, false},
          limited{kiosk_.terminal, one_payment, kiosk_.till_key, false},
          limited{kiosk_.shop, one_payment, kiosk_.shop_key, false},
          limited{wallet, {{"per_day", five}}, kiosk_.till_key, false},
          limited{wallet, {{"per_hour", five}}, kiosk_.till_key, false},
          limited{wallet, {{"per_hour", once}}, kiosk_.till_key, true},
          limited{wallet, {{"per_day", once}}, kiosk_.till_key, false}}) {
        one.limits["reason"] = "不正利用の防止";
        by_operator(one.path + "/limits", one.limits);
        if (one.after_one) pay(one.bearer, paying(neighbour_.card, 1), "captured");
        pay(one.bearer, paying(neighbour_.card, 6), "limit_exceeded");
        // None is left that would stop what follows; those that stay are counted.
        by_operator(one.path + "/limits", {{"per_day", {{"amount", 100'000}, {"count", 1'000}}}, {"reason", "緩和"}});
    }
    pay(kiosk_.till_key, paying(neighbour_.card, 20), "captured");
    pay(kiosk_.shop_key, paying(neighbour_.card, 30), "captured");
}

// And frees it again: over plain HTTP its key would open nothing.
void ledger_of_everything::bind_a_terminal() {
    const json::array both{std::string(64, 'a'), std::string(64, 'b')};
    const auto path = kiosk_.terminal + "/certificates";
    by_operator(path, {{"certificates", both}, {"reason", "初回"}});
    by_operator(path, {{"certificates", json::array{}}, {"reason", "保守"}});
    by_operator(join("倉庫").terminal + "/certificates", {{"certificates", both}, {"reason", "初回"}}); // stays bound
    see(operator_key_, path);
}

void ledger_of_everything::correct() {
    const auto propose = [this](const char* kind, std::int64_t amount) {
        const auto made = by_operator("/v1/corrections", {{"wallet", neighbour_.id},
                                                          {"program", ishinomaki},
                                                          {"kind", kind},
                                                          {"amount", amount},
                                                          {"source", "budget:042021:health"},
                                                          {"reason", "二重付与の訂正"}});
        return "/v1/corrections/" + text_at(made, "id");
    };
    make(checker_key_, propose("credit", 70) + "/approvals", {{"reason", "確認済"}});
    make(checker_key_, propose("debit", 40) + "/approvals", json::object{});
    make(checker_key_, propose("debit", 30) + "/rejections", {{"reason", "付与は正しい"}});
    propose("credit", 20); // stays open
}

// One that grants and is closed, one that is rejected, and one whose increase stays open.
void ledger_of_everything::grant_from_campaigns() {
    const auto propose = [this](const char* rule) {
        const auto made =
            by_operator(std::string{"/v1/programs/"} + ishinomaki + "/campaigns", {{"name", "歩いて健康"},
                                                                                   {"budget", 1'000},
                                                                                   {"source", "budget:042021:health"},
                                                                                   {"first_day", "2026-01-01"},
                                                                                   {"last_day", "2099-12-31"},
                                                                                   {"amount_rule", rule},
                                                                                   {"amount", 50}});
        return "/v1/campaigns/" + text_at(made, "id");
    };
    const auto walked = propose("fixed");
    make(checker_key_, walked + "/approvals", json::object{});
    by_operator(walked + "/grants", {{"wallet", neighbour_.id}, {"occasion", "健康ウォーク"}});
    by_operator(walked + "/closing", {{"reason", "目標達成"}});
    make(checker_key_, propose("fixed") + "/rejections", {{"reason", "予算なし"}});
    const auto helped = propose("up_to");
    make(checker_key_, helped + "/approvals", json::object{});
    by_operator(helped + "/grants", {{"wallet", neighbour_.id}, {"occasion", "清掃"}, {"amount", 30}});
    by_operator(helped + "/increases", {{"amount", 500}, {"reason", "参加者増"}});
    make(checker_key_, helped + "/increases/1/approvals", json::object{});
    by_operator(helped + "/increases", {{"amount", 500}, {"reason", "参加者増"}});
    make(checker_key_, helped + "/increases/2/rejections", {{"reason", "予算なし"}});
    by_operator(helped + "/increases", {{"amount", 500}, {"reason", "参加者増"}}); // stays open
    const auto file =
        make_of_text(operator_key_, helped + "/recipients",
                     "wallet,occasion,amount\n" + neighbour_.id + ",花植え,20\n" + resident_.id + ",花植え,10\n");
    const auto followed = "/v1/recipients/" + text_at(file, "id");
    const http_fields by_operator_key{{"Authorization", "Bearer " + operator_key_}};
    while (text_at(json::parse(http_->ask("GET", followed, by_operator_key, {}).body), "status") != "finished")
        std::this_thread::sleep_for(std::chrono::milliseconds{10});
    for (const auto& path : {walked, helped, followed}) see(operator_key_, path);
    see(operator_key_, std::string{"/v1/programs/"} + ishinomaki + "/campaigns");
}

// Of a list by steps, which another one replaces; by a percentage; and at an event that is closed.
void ledger_of_everything::grant_benefits() {
    const auto approved = [this](json::object more) {
        json::object asked{{"name", "子育て応援"},
                           {"budget", 1'000},
                           {"source", "budget:042021:child"},
                           {"first_day", "2026-01-01"},
                           {"last_day", "2099-12-31"}};
        for (auto& [name, value] : more) asked[name] = value;
        const auto path = "/v1/campaigns/" +
                          text_at(by_operator(std::string{"/v1/programs/"} + ishinomaki + "/campaigns", asked), "id");
        make(checker_key_, path + "/approvals", json::object{});
        return path;
    };
    const auto listed = approved({{"amount_rule", "steps"},
                                  {"steps", {{{"from", 1}, {"amount", 10}}, {{"from", 100}, {"amount", 20}}}},
                                  {"eligible_only", true},
                                  {"per_person", true}});
    const auto list = std::string{"mykey_id,measured\nABCD1234,150\n"};
    make_of_text(operator_key_, listed + "/eligibility", list);
    by_operator(listed + "/grants", {{"wallet", resident_.id}});
    make_of_text(operator_key_, listed + "/eligibility", list + '\n');
    make(checker_key_, listed + "/eligibility/rejections", {{"reason", "同じ内容"}});
    make_of_text(operator_key_, listed + "/eligibility", "digest\n" + std::string(64, '7') + '\n');
    make(checker_key_, listed + "/eligibility/approvals", json::object{});
    const auto bought = approved({{"amount_rule", "percentage"}, {"basis_points", 250}, {"amount", 30}});
    by_operator(bought + "/grants", {{"wallet", resident_.id}, {"occasion", "買い物"}, {"measured", 400}});
    const auto fed = approved({{"amount_rule", "fixed"}, {"amount", 7}, {"earmark", json::array{"food"}}});
    by_operator(fed + "/grants", {{"wallet", neighbour_.id}, {"occasion", "食費応援"}});
    by_operator(kiosk_.path + "/categories", {{"categories", json::array{"food", "gifts"}}, {"reason", "申告"}});
    pay(kiosk_.till_key, paying(neighbour_.card, 3), "captured");
    for (const auto& path : {fed, kiosk_.path + "/categories"}) see(operator_key_, path);
    const auto walked = approved({{"amount_rule", "fixed"}, {"amount", 5}});
    const auto event = by_operator(walked + "/events", {{"occasion", "健康ウォーク"},
                                                        {"begins_at", "2026-01-01T00:00:00Z"},
                                                        {"ends_at", "2026-12-31T00:00:00Z"},
                                                        {"rotates_every_s", 30}});
    by_operator("/v1/events/" + text_at(event, "id") + "/closing", {{"reason", "雨天"}});
    for (const auto& path : {listed, bought, walked, walked + "/events"}) see(operator_key_, path);
    claw_back(bought);
}

// One that is rejected, one that takes what there is, one that finds nothing left.
void ledger_of_everything::claw_back(const std::string& campaign) {
    const http_fields by_operator_key{{"Authorization", "Bearer " + operator_key_}};
    for (const bool approves : {false, true, true}) {
        const auto path = "/v1/clawbacks/" + text_at(by_operator(campaign + "/clawbacks", {{"reason", "終了"}}), "id");
        make(checker_key_, path + (approves ? "/approvals" : "/rejections"), {{"reason", "確認"}});
        while (approves &&
               text_at(json::parse(http_->ask("GET", path, by_operator_key, {}).body), "status") != "finished")
            std::this_thread::sleep_for(std::chrono::milliseconds{10});
        for (const char* const rest : {"", "/report"}) see(operator_key_, path + rest);
    }
    see(operator_key_, campaign + "/clawbacks");
}

std::string ledger_of_everything::told_by_the_bank(std::int64_t amount, const std::string& reference) {
    const auto today = ledger::to_date(ledger::jst_day::of(ledger::instant{now_s() * 1'000}));
    const auto line =
        today + ',' + std::to_string(amount) + ",ﾔﾏﾀﾞ ﾊﾅｺ," + reference + ',' + std::to_string(++lines_of_the_bank_);
    const auto got = http_->ask("POST", std::string{"/v1/bank_statements?program="} + ishinomaki,
                                {{"Authorization", "Bearer " + operator_key_}, {"Content-Type", "text/csv"}},
                                "date,amount,remitter,reference,line_number\n" + line + '\n');
    if (got.status != 200) throw std::runtime_error{line + ": " + got.body};
    return "/v1/unmatched_transfers/" + text_at(json::parse(got.body).at("data").as_array().at(0), "transfer");
}

void ledger_of_everything::buy_points() {
    by_operator(std::string{"/v1/programs/"} + ishinomaki + "/purchase_settings", {{"minimum", 100},
                                                                                   {"maximum", 1'000},
                                                                                   {"per_day", 5'000},
                                                                                   {"per_month", 9'000},
                                                                                   {"days_to_pay", 7},
                                                                                   {"refund_days", 30},
                                                                                   {"reason", "発売"}});
    const auto buy = [this](std::int64_t amount) {
        return by_operator(
            "/v1/purchases",
            {{"wallet", neighbour_.id}, {"program", ishinomaki}, {"amount", amount}, {"method", "counter"}});
    };
    const auto paid = buy(500);
    const auto reference = text_at(paid, "reference");
    told_by_the_bank(500, reference);
    const auto refund = "/v1/purchases/" + text_at(paid, "id") + "/refund";
    by_operator(refund, {{"reason", "転出"}});
    make(checker_key_, refund + "/rejections", {{"reason", "再確認"}});
    by_operator(refund, {{"reason", "転出"}});
    make(checker_key_, refund + "/approvals", json::object{});
    const auto doubled = told_by_the_bank(500, reference);
    const auto given_up = buy(300);
    by_operator("/v1/purchases/" + text_at(given_up, "id") + "/cancellation", {{"reason", "取りやめ"}});
    told_by_the_bank(300, text_at(given_up, "reference"));
    const auto assigned = buy(400);
    const auto differing = told_by_the_bank(401, text_at(assigned, "reference"));
    by_operator(differing + "/assignment", {{"purchase", text_at(assigned, "id")}, {"reason", "電話で確認"}});
    make(checker_key_, differing + "/approvals", json::object{});
    by_operator(doubled + "/return", {{"reason", "二重払い"}});
    make(checker_key_, doubled + "/rejections", {{"reason", "再確認"}});
    by_operator(doubled + "/return", {{"reason", "二重払い"}});
    make(checker_key_, doubled + "/approvals", json::object{});
    told_by_the_bank(10, {});
    told_by_the_bank(10, "000000000000");
    const auto proposed = told_by_the_bank(10, "999999999951");
    by_operator(proposed + "/return", {{"reason", "不明"}}); // stays open
    never_paid_ = text_at(buy(100), "reference");
    for (const auto& path : {doubled, differing, proposed, "/v1/purchases/" + text_at(assigned, "id")})
        see(operator_key_, path);
}

// After the municipality has its account.
void ledger_of_everything::buy_by_debit() {
    const auto today = ledger::jst_day::of(ledger::instant{now_s() * 1'000});
    const auto debit_day = ledger::to_date(today.plus_days(1));
    by_operator(std::string{"/v1/programs/"} + ishinomaki + "/purchase_settings",
                {{"minimum", 100},
                 {"maximum", 1'000},
                 {"per_day", 5'000},
                 {"per_month", 9'000},
                 {"days_to_pay", 7},
                 {"refund_days", 30},
                 {"card", true},
                 {"account_transfer",
                  {{"consignor_code", "0012345678"}, {"debit_day", std::stoi(debit_day.substr(8))}, {"lead_days", 0}}},
                 {"reason", "口座振替を開始"}});
    const auto account = by_operator(
        std::string{"/v1/municipalities/"} + ishinomaki + "/account_changes",
        {{"account",
          {{"bank", "0125"}, {"branch", "404"}, {"type", "ordinary"}, {"number", "7654321"}, {"holder", "ｲｼﾉﾏｷｼ"}}},
         {"effective_from", ledger::to_date(today)},
         {"reason", "登録"}});
    make(checker_key_, "/v1/account_changes/" + text_at(account, "id") + "/approvals", json::object{});
    const auto ask_for_mandate = [this](const purse& of) {
        const auto made = by_operator("/v1/mandates", {{"wallet", of.id},
                                                       {"program", ishinomaki},
                                                       {"account",
                                                        {{"bank", "0125"},
                                                         {"branch", "404"},
                                                         {"type", "ordinary"},
                                                         {"number", "1234567"},
                                                         {"holder", "ﾔﾏﾀﾞ ﾊﾅｺ"}}}});
        return "/v1/mandates/" + text_at(made, "id");
    };
    const auto refused = ask_for_mandate(neighbour_);
    by_operator(refused + "/refusal", {{"reason", "印鑑相違"}});
    const auto mandate = ask_for_mandate(neighbour_);
    by_operator(mandate + "/confirmation", json::object{});
    const auto buy = [this](std::int64_t amount) {
        return by_operator(
            "/v1/purchases",
            {{"wallet", neighbour_.id}, {"program", ishinomaki}, {"amount", amount}, {"method", "account_transfer"}});
    };
    const auto good = buy(200);
    const auto bad = buy(300);
    told_by_the_bank(200, text_at(good, "reference")); // of another method: waits
    const auto order =
        "/v1/debit_orders/" +
        text_at(by_operator("/v1/debit_orders", {{"program", ishinomaki}, {"debit_day", debit_day}}), "id");
    const auto file = http_->ask("GET", order + "/file", {{"Authorization", "Bearer " + operator_key_}}, {}).body;
    const auto results =
        http_->ask("POST", order + "/results",
                   {{"Authorization", "Bearer " + operator_key_}, {"Content-Type", "application/octet-stream"}},
                   answered_by_bank(file, {'0', '1'}));
    if (results.status != 200) throw std::runtime_error{results.body};
    by_operator(mandate + "/end", {{"reason", "本人申出"}});
    for (const auto& path :
         {refused, mandate, "/v1/purchases/" + text_at(good, "id"), "/v1/purchases/" + text_at(bad, "id"), order})
        see(operator_key_, path);
}

// Of every kind of holder; those that the rest of the story is told with go on.
void ledger_of_everything::change_keys() {
    const auto id_of = [this](const char* path, const char* name) {
        return text_at(by_operator(path, {{"name", name}}), "id");
    };
    const std::string staff_path = std::string{"/v1/municipalities/"} + ishinomaki + "/staff";
    for (const auto& holder :
         {"/v1/operators/" + id_of("/v1/operators", "交代"), "/v1/staff/" + id_of(staff_path.c_str(), "交代"),
          "/v1/partners/" + partner_, kiosk_.terminal, kiosk_.shop}) {
        by_operator(holder + "/keys", json::object{});
        by_operator(holder + "/keys", {{"scopes", {"payments", "payments:read"}}, {"overlap_seconds", 40 * day_s}});
        by_operator(holder + "/keys/2/revoke", {{"reason", "交代"}});
        see(operator_key_, holder + "/keys");
    }
    see(operator_key_, "/v1/audit?limit=100");
}

void ledger_of_everything::convert() {
    by_operator(resident_.path + "/home_municipality", {{"municipality", aso}});
    for (const auto* const to : {&resident_, &neighbour_}) // whose stay, for it has no home
        by_operator("/v1/conversions", {{"wallet", to->id}, {"partner", partner_}, {"amount", 800}});
    by_operator(resident_.path + "/transfers", {{"program", miyagi}, {"amount", 300}});
    auto online = paying(resident_.card, 60);
    online["program"] = miyagi;
    pay(market_.shop_key, online, "captured");
}

// The resident has one by wish, the neighbour tries in vain until one is drawn instead and revokes it.
void ledger_of_everything::give_my_keys() {
    for (const auto* const to : {&resident_, &neighbour_}) by_operator(to->path + "/mykey_id", json::object{});
    by_operator(resident_.path + "/mykey_id", {{"wish", "ABCD1234"}});
    for (int tries = 0; tries < 3; ++tries) by_operator(neighbour_.path + "/mykey_id", {{"wish", "ABCD1234"}});
    by_operator(neighbour_.path + "/mykey_id/revoke", {{"reason", "紛失"}});
    see(operator_key_, resident_.path + "/mykey_id");
    see(operator_key_, "/v1/mykey_ids/ABCD1234");
}

// Terms that are approved and others that are rejected; a conversion, and three coupons: one redeemed, one blocked.
void ledger_of_everything::convert_by_terms() {
    const auto made = by_operator("/v1/partners", {{"name", "交換航空"}});
    const auto key = text_at(made, "key");
    const auto terms = "/v1/partners/" + text_at(made, "id") + "/conversion_terms";
    const json::object wanted{{"unit", "マイル"},
                              {"rate", {{"points", 1}, {"units", 2}}},
                              {"minimum_units", 10},
                              {"step_units", 1},
                              {"per_person_day", 10'000}};
    by_operator(terms, wanted);
    make(checker_key_, terms + "/1/approvals", json::object{});
    by_operator(terms, wanted);
    make(checker_key_, terms + "/2/rejections", {{"reason", "率の誤り"}});
    by_operator(terms, wanted); // stays open
    const auto converted =
        make(key, "/v1/conversions", {{"reference", "M-1"}, {"units", 1'001}, {"mykey_id", "ABCD1234"}});
    make(key, "/v1/conversions",
         {{"reference", "M-2"}, {"units", 20}, {"wallet", neighbour_.id}, {"program", ishinomaki}});
    std::vector<json::value> coupons;
    for (const char* const reference : {"C-1", "C-2", "C-3"})
        coupons.push_back(
            make(key, "/v1/coupons", {{"reference", reference}, {"amount", 30}, {"last_day", "2035-12-31"}}));
    by_operator("/v1/coupons/redemptions", {{"code", text_at(coupons[0], "code")}, {"wallet", neighbour_.id}});
    make(key, "/v1/coupons/" + text_at(coupons[1], "id") + "/blocks", {{"reason", "誤発行"}});
    see(key, "/v1/conversion_terms");
    see(key, "/v1/conversions/" + text_at(converted, "id"));
    see(key, "/v1/coupons");
}

// A day on which nothing was converted, and the file of a partner who says otherwise.
void ledger_of_everything::reconcile() {
    const auto made = by_operator("/v1/partners", {{"name", "照合航空"}});
    const auto path = "/v1/partners/" + text_at(made, "id") + "/reconciliations";
    const auto reply = http_->ask("POST", path + "?date=2026-01-01",
                                  {{"Authorization", "Bearer " + operator_key_}, {"Content-Type", "text/csv"}},
                                  "reference,units,amount\nM-9,100,50\n");
    if (reply.status != 201) throw std::runtime_error{"not reconciled: " + reply.body};
    see(operator_key_, path);
}

// A municipality and a merchant join, another one is refused; and accounts change, or do not.
void ledger_of_everything::join_by_application() {
    const auto account = [](const char* number, const char* type) {
        return json::object{
            {"bank", "0125"}, {"branch", "404"}, {"type", type}, {"number", number}, {"holder", "ｶ)ｲｼﾉﾏｷｾﾝｷﾞﾖ"}};
    };
    const auto apply = [&](const char* of, json::object body) {
        body["account"] = account("1234567", "ordinary");
        body["contact"] = {{"name", "阿部"}, {"email", "abe@example.jp"}};
        const auto made = by_operator(std::string{"/v1/applications/"} + of, body);
        return "/v1/applications/" + text_at(made, "id");
    };
    const auto merchant = [](const char* name) {
        return json::object{{"name", name}, {"programs", {ishinomaki}}, {"categories", {"food"}}};
    };
    const auto town =
        apply("municipalities",
              {{"code", "430005"}, {"name", "熊本県"}, {"program", {{"name", "熊本県ポイント"}, {"expiry_days", 90}}}});
    make(checker_key_, town + "/approvals", json::object{});
    const auto approved =
        make(checker_key_, apply("merchants", merchant("鮮魚")) + "/approvals", {{"reason", "確認済"}});
    make(checker_key_, apply("merchants", merchant("青果")) + "/refusals", {{"reason", "名義が異なる"}});
    apply("merchants", merchant("精肉")); // stays open
    const auto shop = "/v1/merchants/" + text_at(approved, "merchant");
    const auto change = [&](const std::string& of, const char* number, const char* type) {
        const auto made =
            by_operator(of + "/account_changes",
                        {{"account", account(number, type)}, {"effective_from", "2099-12-01"}, {"reason", "変更"}});
        return "/v1/account_changes/" + text_at(made, "id");
    };
    make(checker_key_, change(shop, "0000001", "current") + "/approvals", json::object{});
    make(checker_key_, change(shop, "0000002", "savings") + "/refusals", {{"reason", "不鮮明"}});
    change("/v1/municipalities/430005", "0000003", "ordinary"); // stays open
    for (const auto& path : {town, shop + "/accounts", std::string{"/v1/municipalities/430005/accounts"},
                             std::string{"/v1/applications?limit=100"}})
        see(operator_key_, path);
}

// --- the days ---

void ledger_of_everything::one_day() {
    make_parties();
    grant_from_every_source();
    follow_up_payments();
    be_declined();
    pay_by_card();
    enroll();
    freeze_everything();
    limit_everything();
    bind_a_terminal();
    correct();
    grant_from_campaigns();
    buy_points();
    change_keys();
    convert();
    give_my_keys();
    grant_benefits();
    convert_by_terms();
    reconcile();
    join_by_application();
    buy_by_debit();
}

void ledger_of_everything::twenty_days_later() {
    const auto before = now_s();
    stop();
    restore_from_backup();
    start(20 * day_s);
    told_by_the_bank(100, never_paid_); // too late
    // Whoever asks a wallet finds that what was due is booked.
    for (const auto* const one : {&resident_, &neighbour_})
        if (ask(*http_, {"GET", one->path + "/balances", operator_key_, {}, {}}).status != 200)
            throw std::runtime_error{"a wallet's balances are not told"};
    make(market_.till_key, paid_from_the_short_lot_ + "/refunds", {{"amount", 150}});
    pay(market_.till_key, paying(code_not_used_, 10), "credential_expired");
    auto at_home = paying(resident_.card, 90);
    at_home["program"] = aso;
    pay(market_.till_key, at_home, "captured");
    hold(450); // stays open
    add_to_the_epoch();
    look_at_everything();
    const auto then = "?at=" + ledger::to_rfc3339(ledger::instant{before * 1'000});
    for (const auto* const one : {&resident_, &neighbour_}) see(operator_key_, one->path + "/balances" + then);
    see(operator_key_, "/v1/ledger/trial_balance" + then);
}

// With all that it had, and in a new epoch.
void ledger_of_everything::restore_from_backup() const {
    const auto ledger = (folder_ / "ledger").string();
    const auto backup = (folder_ / "backup").string();
    const auto taken = run_meguri({"backup", "--data", ledger, "--to", backup});
    if (taken.status != 0) throw std::runtime_error{"no backup: " + taken.errors};
    std::filesystem::remove_all(ledger);
    const auto made = run_meguri({"restore", "--from", backup, "--data", ledger});
    if (made.status != 0) throw std::runtime_error{"not restored: " + made.errors};
}

// Everything that takes in the epoch's mark.
void ledger_of_everything::add_to_the_epoch() {
    by_operator("/v1/operators", {{"name", "新任"}});
    by_operator(std::string{"/v1/municipalities/"} + aso + "/staff", {{"name", "新任"}});
    by_operator("/v1/partners", {{"name", "新航空"}});
    by_operator(market_.path + "/terminals", {{"name", "レジ2"}});
    const auto stall = join("朝市");
    const auto newcomer = open_wallet();
    grant(newcomer, "budget:042021:health", 700);
    pay(stall.till_key, paying(newcomer.card, 200), "captured");
    pay(stall.shop_key, paying(issue(resident_, "once"), 30), "captured");
    activate_a_terminal();
    block_codes();
    see(operator_key_, newcomer.path + "/entries?limit=100");
    see(operator_key_, stall.path + "/balances");
}

// On the day on which it is recorded: the answer is not repeated for longer than the code would have lasted.
void ledger_of_everything::activate_a_terminal() {
    const auto path = market_.path + "/activation_codes";
    const auto used = by_operator(path, {{"valid_hours", 168}});
    make({}, "/v1/terminals/activations", {{"code", used.at("code")}, {"name", "新しいレジ"}});
    by_operator(path, json::object{});
    by_operator(path + "/2/revoke", {{"reason", "誤り"}});
    by_operator(path, json::object{}); // stays open
    see(operator_key_, path);
}

void ledger_of_everything::block_codes() {
    const auto lost = open_wallet();
    const auto entries = json::parse(ask(*http_, {"GET", lost.path + "/entries", operator_key_, {}, {}}).body);
    const auto printed = "/v1/codes/" + text_at(entries.at("data").as_array().front(), "id");
    const auto second = by_operator(printed + "/reissue", {{"reason", "汚損"}});
    by_operator("/v1/codes/" + text_at(second, "id") + "/block", {{"reason", "紛失"}});
    pay(market_.till_key, paying(lost.card, 1), "credential_blocked");
    see(operator_key_, lost.path + "/entries?limit=100");
}

void ledger_of_everything::go_on() {
    start(turned_s_);
    const auto customer = open_wallet();
    grant(customer, "budget:042021:health", 3'000);
    pay(market_.till_key, paying(customer.card, 1'000), "captured");
    pay(market_.till_key, paying(issue(customer, "once"), 2'001), "insufficient_points");
    const auto held = hold(120);
    make(market_.till_key, held + "/captures", {{"amount", 100}});
    make(market_.till_key, held + "/refunds", {{"amount", 60}});
    pay(market_.till_key, paying(customer.card, 50), "captured", "lost-later");
    make(market_.till_key, "/v1/reversals", {{"idempotency_key", "lost-later"}});
    by_operator(customer.path + "/limits", {{"per_payment", 500}, {"reason", "本人の希望"}});
    see(operator_key_, customer.path + "/balances");
    see(operator_key_, customer.path + "/entries?limit=100");
}

void ledger_of_everything::look_at_everything() {
    const auto first = ledger::to_date(ledger::jst_day::of(ledger::instant{(now_s() - 20 * day_s) * 1'000}));
    const auto month = first.substr(0, 7);
    for (const auto& [bearer, one] : {std::pair{&operator_key_, &resident_}, std::pair{&operator_key_, &neighbour_},
                                      std::pair{&staff_key_, &resident_}}) {
        for (const char* const what :
             {"/balances", "/entries?limit=100", "/entries?limit=7", "/expiry_notices", "/corrections"})
            see(*bearer, one->path + what);
        for (const char* const format : {"json", "csv"})
            see(*bearer, one->path + "/statements/" + month + "?format=" + format);
    }
    for (const auto* const one : {&market_, &kiosk_}) {
        see(operator_key_, one->path + "/balances");
        see(operator_key_, one->path + "/statements/" + month);
    }
    for (const auto* const bearer : {&operator_key_, &staff_key_}) see(*bearer, "/v1/ledger/trial_balance");
}

} // namespace meguri::test
