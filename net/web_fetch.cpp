#include "net/web_fetch.hpp"

#include "net/web_client.hpp"

#include <utility>

namespace meguri::net {

tl::expected<web_answer, std::string> fetch(const web_question& asked, const std::atomic<bool>& ending) {
    web_request request;
    request.url = asked.url;
    request.authorities = asked.authorities;
    request.plain_anywhere = true;
    request.bytes_max = asked.bytes_max;
    request.time_max_ms = asked.time_max_ms;
    request.connect_time_max_ms = asked.time_max_ms;
    if (!asked.etag.empty()) request.fields.push_back({"If-None-Match", asked.etag});
    if (!asked.last_modified.empty()) request.fields.push_back({"If-Modified-Since", asked.last_modified});
    auto response = send_and_wait(std::move(request), ending);
    if (!response) return tl::unexpected{std::move(response.error().words)};
    if (response->status != 200 && response->status != 304)
        return tl::unexpected{"it is answered " + std::to_string(response->status)};
    return web_answer{response->status == 304, std::move(response->body), std::string{response->field("etag")},
                      std::string{response->field("last-modified")}};
}

} // namespace meguri::net
