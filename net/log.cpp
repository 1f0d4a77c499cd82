#include "net/log.hpp"

#include "net/json_writer.hpp"

#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <memory>
#include <string>

namespace meguri::net {
namespace {

// The message as a member of a JSON object: whatever is in it, the line stays one object.
class json_message final : public spdlog::custom_flag_formatter {
public:
    void format(const spdlog::details::log_msg& event, const std::tm&, spdlog::memory_buf_t& out) override {
        std::string object;
        json_writer json{object};
        json.begin_object();
        json.text("message", {event.payload.data(), event.payload.size()});
        json.end_object();
        const std::string_view member = std::string_view{object}.substr(1, object.size() - 2);
        out.append(member.data(), member.data() + member.size());
    }
    [[nodiscard]] std::unique_ptr<custom_flag_formatter> clone() const override {
        return spdlog::details::make_unique<json_message>();
    }
};

} // namespace

void set_up_log(const config::log_settings& with) {
    spdlog::set_default_logger(spdlog::stderr_logger_mt("meguri"));
    adjust_log(with);
}

void adjust_log(const config::log_settings& with) {
    spdlog::set_level(static_cast<spdlog::level::level_enum>(static_cast<int>(with.level) + SPDLOG_LEVEL_DEBUG));
    auto formatter = std::make_unique<spdlog::pattern_formatter>();
    if (with.format == config::log_format::json)
        formatter->add_flag<json_message>('*').set_pattern(R"({"time":"%Y-%m-%dT%H:%M:%S.%e%z","level":"%l",%*})");
    else
        formatter->set_pattern("%Y-%m-%d %H:%M:%S.%e %l %v");
    spdlog::set_formatter(std::move(formatter));
}

} // namespace meguri::net
