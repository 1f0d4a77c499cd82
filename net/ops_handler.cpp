#include "net/ops_handler.hpp"

namespace meguri::net {
namespace {

constexpr std::string_view plain_text = "text/plain; charset=utf-8";

http_response text(int status, std::string body) {
    http_response one;
    one.status = status;
    one.content_type = plain_text;
    one.body = std::move(body);
    return one;
}

http_response readiness(const service_state& service) {
    switch (service.phase.load(std::memory_order_acquire)) {
    case service_phase::starting: return text(503, "starting\n");
    case service_phase::draining: return text(503, "draining\n");
    case service_phase::stopped: return text(503, "ledger_stopped: a write failed, restart the process\n");
    case service_phase::serving: break;
    }
    return text(200, "ready\n");
}

} // namespace

void ops_handler::handle(const http_request& request) { responder_->respond(request.reply_to, answer(request)); }

http_response ops_handler::answer(const http_request& request) const {
    if (request.method != http_method::get && request.method != http_method::head) {
        auto refused = text(405, "GET or HEAD\n");
        refused.allow = "GET, HEAD";
        return refused;
    }
    if (request.path == "/livez") return text(200, "alive\n");
    if (request.path == "/readyz") return readiness(service_);
    if (request.path == "/metrics") {
        auto shown = text(200, metrics_());
        shown.content_type = "text/plain; version=0.0.4; charset=utf-8";
        return shown;
    }
    return text(404, "there are /livez, /readyz and /metrics\n");
}

http_response ops_handler::refusal(int status, std::string_view, std::string_view detail, std::uint64_t) {
    return text(status, std::string{detail} + '\n');
}

} // namespace meguri::net
