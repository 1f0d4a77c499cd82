// The way back for answers, as the resources see it: the HTTP front end of their io thread, or a test.
#pragma once

#include "net/http_front.hpp"
#include "net/http_types.hpp"

#include <string>

namespace meguri::net {

class responder {
public:
    virtual ~responder() = default;
    virtual void respond(reply_address to, http_response&& answer) = 0;
    // An empty string for the next body, with room where one is left over.
    [[nodiscard]] virtual std::string take_body() = 0;
};

class front_responder final : public responder {
public:
    explicit front_responder(http_front& front) noexcept : front_{front} {}
    void respond(reply_address to, http_response&& answer) override { front_.respond(to, std::move(answer)); }
    [[nodiscard]] std::string take_body() override { return front_.take_body(); }

private:
    http_front& front_;
};

} // namespace meguri::net
