// The front end alone: answers every POST /v1/authorizations with one constant, so that a benchmark can tell what HTTP
// costs from what actors and journal cost.   http_constant [PORT]
#include "net/http_front.hpp"
#include "net/io_loop.hpp"
#include "net/listener.hpp"
#include "net/router.hpp"

#include <csignal>
#include <cstdio>
#include <cstdlib>

namespace {

using namespace meguri::net;

// As long as a real answer: about 400 bytes.
constexpr std::string_view constant =
    R"({"id":"au_7Zk3mQ0xT1b9Lw5cR8","status":"captured","amount":1200,"captured":1200,"refunded":0,)"
    R"("program":"042021","merchant":"mer_8d1f0a7c22e94b","terminal":"ter_19bb04e3d7c65a","shop":null,)"
    R"("reference":"R-000123-0000000000000000000000000000000000000000000000","approval_number":"304118",)"
    R"("decline_code":null,"balance":3800,"capture_before":null,"created_at":"2026-04-01T03:04:05.678Z"})";

class constant_handler final : public http_handler {
public:
    http_front* front = nullptr;

    void handle(const http_request& request) override {
        const route_match match = router_.match(request.method, request.path);
        http_response response;
        response.body = front->take_body();
        response.status = match.result == routing::found ? 201 : match.result == routing::wrong_method ? 405 : 404;
        response.allow = match.allow;
        response.body = match.result == routing::found ? constant : "{}";
        front->respond(request.reply_to, std::move(response));
    }

    http_response refusal(int status, std::string_view code, std::string_view, std::uint64_t) override {
        http_response response;
        response.status = status;
        response.body = R"({"code":")" + std::string{code} + R"("})";
        return response;
    }

    void end_of_reads() override {}

private:
    static constexpr route routes[] = {{http_method::post, "/v1/authorizations", 1}};
    router router_{routes};
};

} // namespace

int main(int argc, char** argv) {
    const auto port = static_cast<std::uint16_t>(argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 0);
    io_loop loop;
    constant_handler handler;
    http_front front{loop, handler, {}};
    handler.front = &front;
    loop.on_turn([&] {
        front.end_of_reads();
        front.flush();
        return false;
    });
    const auto opened = listener::open(loop, "127.0.0.1", port, {&front});
    if (!opened) {
        std::fprintf(stderr, "%s\n", opened.error().detail.c_str());
        return 1;
    }
    std::signal(SIGTERM, [](int) { std::_Exit(0); });
    std::printf("ready listen=%s\n", (*opened)->address().c_str());
    std::fflush(stdout);
    loop.run();
}
