#include "net/outbound_thread.hpp"

#include "storage/thread_name.hpp"

#include <utility>

namespace meguri::net {

void outbound_thread::start() {
    thread_ = std::thread{[this] {
        storage::name_this_thread("outbound");
        loop_.run();
    }};
}

void outbound_thread::join() {
    loop_.stop();
    if (thread_.joinable()) thread_.join();
}

bool outbound_thread::send(io_loop& home, web_request request, web_done done) {
    if (under_way_.fetch_add(1, std::memory_order_relaxed) >= under_way_max_) {
        under_way_.fetch_sub(1, std::memory_order_relaxed);
        return false;
    }
    auto back = [this, &home, done = std::move(done)](web_result result) {
        under_way_.fetch_sub(1, std::memory_order_relaxed);
        home.post([done, result = std::move(result)]() mutable { done(std::move(result)); });
    };
    loop_.post([this, request = std::move(request), back = std::move(back)]() mutable {
        send_on(loop_.context(), std::move(request), std::move(back));
    });
    return true;
}

} // namespace meguri::net
