// What an actor's message costs on our own execution unit: one that is handed over and worked off, and the same in
// bursts, as a turn of an io thread has them.
#include "actors/io_unit.hpp"

#include <benchmark/benchmark.h>
#include <caf/all.hpp>

#include <cstddef>
#include <cstdint>

namespace bench_messages {

struct count_one {
    std::uint64_t by;
};

} // namespace bench_messages

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(bench_messages::count_one)

namespace {

using namespace meguri;

caf::behavior counting(caf::event_based_actor*, std::uint64_t* count) {
    return {[count](const bench_messages::count_one& one) { *count += one.by; }};
}

void actor_hop(benchmark::State& state) {
    caf::actor_system_config config;
    config.set("scheduler.max-threads", std::size_t{1});
    caf::actor_system system{config};
    actors::io_unit unit{system};
    std::uint64_t count = 0;
    std::uint64_t sent = 0;
    const auto burst = static_cast<std::uint64_t>(state.range(0));
    {
        const auto counter = system.spawn<caf::lazy_init>(counting, &count);
        auto* const mailbox = caf::actor_cast<caf::abstract_actor*>(counter);
        for ([[maybe_unused]] auto _ : state) {
            for (std::uint64_t i = 0; i < burst; ++i)
                mailbox->enqueue(nullptr, caf::make_message_id(), caf::make_message(bench_messages::count_one{1}),
                                 &unit);
            sent += burst;
            while (unit.run()) {
            }
        }
    }
    if (count != sent) state.SkipWithError("a message was not worked off");
    state.SetItemsProcessed(static_cast<std::int64_t>(sent));
}
BENCHMARK(actor_hop)->ArgName("burst")->Arg(1)->Arg(64);

} // namespace
