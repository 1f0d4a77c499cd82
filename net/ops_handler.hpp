// The operations listener's answers: is the process alive, does it accept payments, what has it counted. Runs on the
// operations thread; never public.
#pragma once

#include "net/http_types.hpp"
#include "net/responder.hpp"
#include "net/service_state.hpp"

#include <functional>
#include <string>

namespace meguri::net {

class ops_handler final : public http_handler {
public:
    // `metrics` renders Prometheus' text format; called on the operations thread.
    ops_handler(const service_state& service, std::function<std::string()> metrics)
        : service_{service},
          metrics_{std::move(metrics)} {}

    void connect(responder& to) noexcept { responder_ = &to; }

    void handle(const http_request& request) override;
    http_response refusal(int status, std::string_view code, std::string_view detail,
                          std::uint64_t request_id) override;
    void end_of_reads() override {}

private:
    [[nodiscard]] http_response answer(const http_request& request) const;

    const service_state& service_;
    std::function<std::string()> metrics_;
    responder* responder_ = nullptr;
};

} // namespace meguri::net
