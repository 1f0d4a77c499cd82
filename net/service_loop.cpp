#include "net/service_loop.hpp"

#include "net/log.hpp"

#include <algorithm>
#include <chrono>
#include <ctime>

namespace meguri::net {
namespace {

using steady = std::chrono::steady_clock;
constexpr std::chrono::seconds tick_every{1};

class one_service {
public:
    one_service(server& serving, const notify_socket& manager) : server_{serving}, manager_{manager} {
        manager_.ready(serving_status());
    }

    // The signal, or -1 when it is time for what is due.
    [[nodiscard]] int wait() const {
        const auto wait = std::max(std::min(tick_at_, alive_at_) - steady::now(), steady::duration::zero());
        const auto whole = std::chrono::duration_cast<std::chrono::seconds>(wait);
        const timespec until{whole.count(), std::chrono::nanoseconds{wait - whole}.count()};
        const sigset_t signals = service_signals();
        return ::sigtimedwait(&signals, nullptr, &until);
    }

    void reload(const settings_reader& read_again) {
        manager_.reloading();
        const bool taken = server_.reload(read_again());
        const auto failed = "; settings as before, because the new ones are wrong: see the log";
        manager_.ready(serving_status() + (taken ? "" : failed));
    }

    void do_what_is_due() {
        const auto now = steady::now();
        if (now >= alive_at_) {
            if (server_.answers()) manager_.alive();
            alive_at_ = now + *alive_every_;
        }
        if (now < tick_at_) return;
        tick_at_ = now + tick_every;
        auto complaint = server_.tick();
        if (complaint && complaint != told_) log_event{severity::warning, "clock_doubted"}.text("message", *complaint);
        told_ = std::move(complaint);
        tell_dropped_lines();
        if (server_.phase() != service_phase::stopped || stopped_told_) return;
        stopped_told_ = true;
        manager_.status("stopped: a write failed, nothing is served; look at the disk, then restart");
    }

private:
    [[nodiscard]] std::string serving_status() const { return "serving on " + server_.address(); }

    server& server_;
    const notify_socket& manager_;
    const std::optional<std::chrono::microseconds> alive_every_ = manager_.alive_every();
    steady::time_point tick_at_ = steady::now() + tick_every;
    steady::time_point alive_at_ = alive_every_ ? steady::now() : steady::time_point::max();
    std::optional<std::string> told_;
    bool stopped_told_ = false;
};

} // namespace

sigset_t service_signals() {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGHUP);
    return set;
}

void service_loop(server& serving, const notify_socket& manager, const settings_reader& read_again) {
    one_service service{serving, manager};
    for (;;) {
        const int signal = service.wait();
        if (signal == SIGTERM || signal == SIGINT) return;
        if (signal == SIGHUP) service.reload(read_again);
        service.do_what_is_due();
    }
}

} // namespace meguri::net
