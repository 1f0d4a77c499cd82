#include "bench/payment_source.hpp"

#include <string_view>

namespace meguri::bench {

void payment_source::next_request(std::uint32_t, std::string& out) {
    ++number_;
    const auto till = random_() % text_.tills();
    const auto code = (in_turn_ ? number_ : random_()) % text_.codes();
    text_.authorization(out, till, {number_, text_.program(), text_.code(code)});
}

void payment_source::on_response(std::uint32_t, const http_answer& answer) {
    ++answers_;
    unexpected_ += answer.status != 201 ? 1U : 0U;
    const bool is_declined =
        answer.status == 201 && answer.body.find(R"("status":"declined")") != std::string_view::npos;
    declined_ += is_declined ? 1U : 0U;
}

} // namespace meguri::bench
