#include "net/io_loop.hpp"

#include "ledger/contract.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

namespace meguri::net {

// One thread runs the context, which lets Asio keep handlers off its shared queue; others may still post.
io_loop::io_loop() : context_{std::make_unique<boost::asio::io_context>(1)} {}

io_loop::~io_loop() = default;

void io_loop::run() {
    EXPECTS(runner_.load() == std::thread::id{});
    runner_ = std::this_thread::get_id();
    {
        const auto stay_without_work = boost::asio::make_work_guard(*context_);
        context_->run();
    }
    context_->restart();
    runner_ = std::thread::id{};
}

void io_loop::wake() noexcept {
    // A read-modify-write on both sides: either the turn to come sees what was written before, or it is queued anew.
    if (due_.exchange(true, std::memory_order_acq_rel)) return;
    boost::asio::post(*context_, [this] { take_turn(); });
}

void io_loop::take_turn() {
    due_.exchange(false, std::memory_order_acq_rel);
    if (turn_ && turn_()) wake();
}

void io_loop::post(std::function<void()> work) {
    boost::asio::post(*context_, [this, work = std::move(work)] {
        work();
        wake(); // for what it has handed to the switch
    });
}

void io_loop::stop() noexcept { context_->stop(); }

bool io_loop::on_own_thread() const noexcept {
    const std::thread::id runner = runner_.load(std::memory_order_relaxed);
    return runner == std::thread::id{} || runner == std::this_thread::get_id();
}

} // namespace meguri::net
