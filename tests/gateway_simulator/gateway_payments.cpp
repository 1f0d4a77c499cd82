#include "tests/gateway_simulator/gateway_payments.hpp"

#include <fstream>
#include <sstream>

namespace meguri::test {
namespace json = boost::json;
namespace {

gateway_answer refused(unsigned status, const char* why) { return {status, {{"error", why}}, false}; }

std::string status_of_payment(const json::value& payment) { return std::string{payment.at("status").as_string()}; }

} // namespace

gateway_payments::gateway_payments(std::filesystem::path file, std::string key, std::string own_url,
                                   std::function<void(std::string)> tell)
    : file_{std::move(file)},
      key_{std::move(key)},
      own_url_{std::move(own_url)},
      tell_{std::move(tell)} {
    std::ifstream from{file_};
    if (!from) return;
    std::ostringstream text;
    text << from.rdbuf();
    const auto kept = json::parse(text.str());
    payments_ = kept.at("payments").as_object();
    for (const auto& one : payments_)
        by_key_[std::string{one.value().at("reference").as_string()}] = std::string{one.key()};
    set(kept.at("faults").as_object());
}

void gateway_payments::save() const {
    const json::value all{{"payments", payments_},
                          {"faults",
                           {{"auto_approve", faults_.auto_approve},
                            {"decline", faults_.decline},
                            {"silent_creations", faults_.silent_creations},
                            {"unavailable", faults_.unavailable},
                            {"webhooks", faults_.webhooks}}}};
    const auto next = file_.string() + ".new";
    std::ofstream{next} << json::serialize(all);
    std::filesystem::rename(next, file_);
}

void gateway_payments::set(const json::object& wanted) {
    const auto flag = [&wanted](const char* name, bool& into) {
        if (const auto* const one = wanted.if_contains(name)) into = one->as_bool();
    };
    const auto number = [&wanted](const char* name, std::int64_t& into) {
        if (const auto* const one = wanted.if_contains(name)) into = one->as_int64();
    };
    flag("auto_approve", faults_.auto_approve);
    flag("decline", faults_.decline);
    number("silent_creations", faults_.silent_creations);
    number("unavailable", faults_.unavailable);
    if (const auto* const one = wanted.if_contains("webhooks")) faults_.webhooks = std::string{one->as_string()};
}

gateway_answer gateway_payments::answer(std::string_view method, std::string_view target, std::string_view bearer,
                                        std::string_view idempotency_key, std::string_view body) {
    const std::lock_guard lock{mutex_};
    constexpr std::string_view of_page = "/3ds/";
    constexpr std::string_view of_player = "/control/";
    constexpr std::string_view of_payments = "/v1/payments";
    if (target.starts_with(of_page)) return page(target.substr(of_page.size()));
    if (target.starts_with(of_player)) return play(method, target.substr(of_player.size()), body);
    if (!target.starts_with(of_payments)) return refused(404, "not found");
    if (bearer != "Bearer " + key_) return refused(401, "wrong key");
    if (faults_.unavailable > 0) {
        --faults_.unavailable;
        save();
        return refused(503, "unavailable");
    }
    if (target == of_payments && method == "POST")
        return create(json::parse(body).as_object(), std::string{idempotency_key});
    return about(method, target.substr(std::min(of_payments.size() + 1, target.size())));
}

gateway_answer gateway_payments::create(const json::object& asked, const std::string& key) {
    if (key.empty()) return refused(400, "Idempotency-Key is missing");
    auto known = by_key_.find(key);
    if (known == by_key_.end()) {
        const std::string id = "pay_" + std::to_string(payments_.size() + 1);
        payments_[id] = {{"id", id},
                         {"reference", asked.at("reference")},
                         {"amount", asked.at("amount")},
                         {"status", "requires_action"},
                         {"redirect_url", own_url_ + "/3ds/" + id}};
        known = by_key_.emplace(key, id).first;
    }
    const auto id = known->second;
    const bool is_silent = faults_.silent_creations > 0;
    if (is_silent) --faults_.silent_creations;
    save();
    if (faults_.auto_approve && status_of_payment(payments_.at(id)) == "requires_action")
        become(id, faults_.decline ? "declined" : "captured");
    return {201, payments_.at(id), is_silent};
}

gateway_answer gateway_payments::about(std::string_view method, std::string_view rest) {
    const std::string id{rest.substr(0, rest.find('/'))};
    const auto what = rest.substr(id.size());
    if (!payments_.contains(id)) return refused(404, "not found");
    const auto status = status_of_payment(payments_.at(id));
    if (method == "GET" && what.empty()) return {200, payments_.at(id), false};
    if (method == "POST" && what == "/cancellation")
        return status == "requires_action" ? become(id, "canceled") : gateway_answer{200, payments_.at(id), false};
    if (method == "POST" && what == "/refunds") {
        if (status == "refunded") return {200, payments_.at(id), false};
        return status == "captured" ? become(id, "refunded") : refused(409, "not captured");
    }
    return refused(404, "not found");
}

// /3ds/{id}?approve=1: what the resident does there.
gateway_answer gateway_payments::page(std::string_view rest) {
    const std::string id{rest.substr(0, rest.find('?'))};
    if (!payments_.contains(id)) return refused(404, "not found");
    if (status_of_payment(payments_.at(id)) != "requires_action") return {200, payments_.at(id), false};
    const bool approves = rest.ends_with("approve=1") && !faults_.decline;
    return become(id, approves ? "captured" : "declined");
}

// For whoever plays: POST /control/faults; /control/payments/{id}/{captured, charged_back, ...}, whatever it was; GET
// /control/payments.
gateway_answer gateway_payments::play(std::string_view method, std::string_view rest, std::string_view body) {
    if (method == "GET" && rest == "payments") return {200, payments_, false};
    if (rest == "faults") {
        set(json::parse(body).as_object());
        save();
        return {200, json::object{}, false};
    }
    constexpr std::string_view of_payments = "payments/";
    if (!rest.starts_with(of_payments)) return refused(404, "not found");
    rest.remove_prefix(of_payments.size());
    const std::string id{rest.substr(0, rest.find('/'))};
    if (!payments_.contains(id) || rest.size() <= id.size() + 1) return refused(404, "not found");
    return become(id, std::string{rest.substr(id.size() + 1)}.c_str());
}

gateway_answer gateway_payments::become(const std::string& id, const char* status) {
    auto& one = payments_.at(id).as_object();
    one["status"] = status;
    save();
    const auto event = json::serialize(json::value{{"type", "payment.updated"}, {"payment", one}});
    const int times = faults_.webhooks == "lost" ? 0 : faults_.webhooks == "doubled" ? 2 : 1;
    for (int i = 0; i < times; ++i) tell_(event);
    return {200, one, false};
}

} // namespace meguri::test
