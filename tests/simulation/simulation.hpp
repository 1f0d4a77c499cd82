// The whole switch in one thread, from one seed: real actors, journal, state store and checkpointer, of which one at a
// time does one small thing (a turn of an io thread, a batch, a slice of a checkpoint), while time passes, the disk
// fails, the process is killed and the power goes. After every start the journal is held to what was answered.
#pragma once

#include "tests/simulation/notebook.hpp"
#include "tests/simulation/simulated_disk.hpp"
#include "tests/simulation/street.hpp"
#include "tests/support/seeds.hpp"
#include "tests/support/stepped_switch.hpp"

#include <cstddef>
#include <cstdint>
#include <exception>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace meguri::test {

class simulation {
public:
    // The folder holds a new ledger, not open.
    simulation(std::filesystem::path folder, std::uint64_t seed);
    ~simulation();
    simulation(const simulation&) = delete;
    simulation& operator=(const simulation&) = delete;

    // So many things happen; then everything is answered and the ledger verified. Throws found_wrong.
    void live(std::size_t steps);

    [[nodiscard]] const tally& counted() const noexcept { return notes_.counted(); }
    [[nodiscard]] const storage::chain_end& end() const noexcept {
        return notes_.end();
    } // of the journal, after live()
    [[nodiscard]] std::size_t step() const noexcept { return step_; }

private:
    // --- what happens ---
    void happen();
    void send(attempt one);
    void take_turn();
    void commit();
    void file();
    void checkpoint();
    void meanwhile(); // during a write or a sync of those two
    void sweep();
    void pass_time();
    void plan_trouble();

    // --- ends and starts ---
    enum class parting : std::uint8_t { clean, killed, cut };
    void part(parting how);
    void drop();
    void start();
    void try_to_open();
    void look_after_start();
    void end_well();
    void verify() const;

    void collect(ledger::journal_position durable, bool may_fail);
    void check_writer();
    [[nodiscard]] bool has_trouble();
    [[nodiscard]] std::size_t any_thread() { return dice_.below(switch_->threads()); }
    void furnish();

    std::filesystem::path folder_;
    simulated_disk& disk_;
    dice dice_;
    notebook notes_;
    street street_;
    std::optional<stepped_switch> switch_;
    std::vector<attempt> pending_;
    ledger::instant now_{1'790'000'000'000};
    std::optional<ledger::journal_position> stopped_at_; // the writer's position when it failed
    std::size_t steps_after_failure_ = 0;
    std::exception_ptr wrong_; // what was found meanwhile
    std::size_t calm_ = 1;     // the more, the rarer is trouble in this start's life
    bool had_trouble_ = false; // in the life before
    std::size_t step_ = 0;
};

} // namespace meguri::test
