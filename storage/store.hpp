// Everything durable of one ledger, opened in order: folder and keys, journal, state store, recovery; then the
// journal's writer and the checkpointer on threads of their own. The composition root makes one and hands it to the
// actors.
#pragma once

#include "ledger/registry.hpp"
#include "storage/append_request.hpp"
#include "storage/checkpointer.hpp"
#include "storage/error.hpp"
#include "storage/state_records.hpp"

#include <tl/expected.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>

namespace meguri::storage {

class data_folder;
class journal;
class journal_filer;
class journal_writer;
class key_ring;
class recent_index;
class state_store;

struct store_settings {
    std::uint64_t journal_map_bytes = 0; // 0: the largest that is sensible (1 TiB; 64 GiB under sanitizers)
    std::uint64_t state_map_bytes = 0;
    std::size_t batch_entries_max = 0;  // 0: the writer's default
    std::uint64_t commit_log_bytes = 0; // 0: the journal's default
    std::uint64_t reserve_bytes = 0;    // start-up refuses with less free disk
    checkpoint_settings checkpoint;
    std::function<ledger::instant()> wall_clock{}; // of what the journal records about itself; empty: the system's
};

// What stands when the switch begins to serve.
struct start_values {
    ledger::registry registry;
    ledger::journal_position position = 0; // of the last entry, all of them in the state store
    std::uint64_t last_wallet = 0;         // the highest ids given out
    std::uint64_t last_merchant = 0;
    std::uint64_t last_party = 0; // operators, staff and partners count together
};

class store {
public:
    // Locks the folder, checks the journal against the state store's checkpoint and applies the tail: after this the
    // state store is the whole journal. Errors say at which position and what to do; nothing has been changed then that
    // a later start would miss.
    [[nodiscard]] static tl::expected<std::unique_ptr<store>, error> open(const std::filesystem::path& folder,
                                                                          const store_settings& settings);
    ~store();
    store(const store&) = delete;
    store& operator=(const store&) = delete;

    // Starts the writer's, the filer's and the checkpointer's thread. `sink` gets completed batches on the writer's
    // thread; `failed` is called on the filer's or the checkpointer's, by each at most once, when it cannot go on, and
    // by stop() where the rest of the log could not be filed; the writer's own failure shows in the batches.
    void run(completion_sink& sink, std::function<void(const error&)> failed);
    // Drains the writer, writes the last checkpoint, files the rest of the commit log, joins the threads. Idempotent;
    // the destructor does it too.
    void stop();

    [[nodiscard]] const start_values& start() const noexcept;
    [[nodiscard]] const key_ring& keys() const noexcept;
    [[nodiscard]] const journal& entries() const noexcept;
    [[nodiscard]] journal_writer& writer() noexcept;
    [[nodiscard]] checkpointer& checkpoints() noexcept;
    [[nodiscard]] journal_filer& filer() noexcept;
    [[nodiscard]] const state_store& state() const noexcept;
    [[nodiscard]] const recent_index& recent() const noexcept;
    // Everything at or before it can be loaded from the state store. Any thread.
    [[nodiscard]] ledger::journal_position checkpoint_position() const noexcept;

private:
    struct parts;
    explicit store(std::unique_ptr<parts> all);
    std::unique_ptr<parts> parts_;
};

} // namespace meguri::storage
