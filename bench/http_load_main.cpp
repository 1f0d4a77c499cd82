// The load generator as a program, against http_constant or anything that answers the same request.
//   http_load --port PORT [--connections 64] [--pipeline 1] [--seconds 10]
#include "bench/http_load.hpp"

#include <CLI/CLI.hpp>

#include <cstdio>

namespace {

class constant_source final : public meguri::bench::load_source {
public:
    void next_request(std::uint32_t, std::string& out) override { out += request_; }
    void on_response(std::uint32_t, int status, std::string_view) override { unexpected += status != 201; }

    std::uint64_t unexpected = 0;

private:
    static std::string make_request() {
        const std::string body =
            R"({"amount":1200,"program":"042021","credential":{"type":"code","value":"4B7KQ2M9XT1ZL5C8"},)"
            R"("reference":"R-000123456"})";
        return "POST /v1/authorizations HTTP/1.1\r\n"
               "Host: 127.0.0.1\r\n"
               "Authorization: Bearer te_0123456789abcdefghijklmnopqrstuvwxyzABCDEFG\r\n"
               "Content-Type: application/json\r\n"
               "Idempotency-Key: 2f1c9e0a-7d43-4f0b-9a51-000000000001\r\n"
               "Content-Length: " +
               std::to_string(body.size()) + "\r\n\r\n" + body;
    }

    const std::string request_ = make_request();
};

} // namespace

int main(int argc, char** argv) {
    meguri::bench::load_settings settings;
    CLI::App options{"Loads an HTTP server with one constant payment request"};
    options.add_option("--address", settings.address, "IPv4 address");
    options.add_option("--port", settings.port, "TCP port")->required();
    options.add_option("--connections", settings.connections, "keep-alive connections");
    options.add_option("--pipeline", settings.pipeline, "requests under way per connection");
    options.add_option("--warm-up", settings.warm_up_s, "seconds that are not counted");
    options.add_option("--seconds", settings.duration_s, "seconds that are counted");
    CLI11_PARSE(options, argc, argv);
    constant_source source;
    const auto result = meguri::bench::run_http_load(settings, source);
    std::printf("%s\n", meguri::bench::describe(result).c_str());
    if (source.unexpected != 0 || result.connections_lost != 0) {
        std::printf("%llu answers other than 201, %llu connections lost\n",
                    static_cast<unsigned long long>(source.unexpected),
                    static_cast<unsigned long long>(result.connections_lost));
        return 1;
    }
}
