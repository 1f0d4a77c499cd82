// A request that is served again later: what its views point to is kept with it. What belongs to its connection is not,
// because that may be gone by then; whose request it is must be known already. On one io thread.
#pragma once

#include "net/http_types.hpp"

#include <string>

namespace meguri::net {

class kept_request {
public:
    explicit kept_request(const http_request& of)
        : path_{of.path},
          query_{of.query},
          idempotency_key_{of.idempotency_key},
          gateway_signature_{of.gateway_signature},
          body_{of.body},
          request_{of} {
        request_.path = path_;
        request_.query = query_;
        request_.idempotency_key = idempotency_key_;
        request_.gateway_signature = gateway_signature_;
        request_.body = body_;
        request_.method_name = request_.authorization = request_.content_type = request_.traceparent = {};
        request_.identity = nullptr;
        request_.memory = nullptr;
    }
    kept_request(const kept_request&) = delete;
    kept_request& operator=(const kept_request&) = delete;

    [[nodiscard]] const http_request& request() const noexcept { return request_; }

private:
    std::string path_;
    std::string query_;
    std::string idempotency_key_;
    std::string gateway_signature_;
    std::string body_;
    http_request request_;
};

} // namespace meguri::net
