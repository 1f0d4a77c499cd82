// The index runs of one kind: writes the run of each checkpoint, merges runs level by level, deletes what merged and
// broken-off runs have left, and hangs the set of runs where readers see it. The checkpointer's thread alone, but for
// board().
#pragma once

#include "storage/give_way.hpp"
#include "storage/index_run_merge.hpp"
#include "storage/index_run_writer.hpp"
#include "storage/index_runs.hpp"
#include "storage/lmdb.hpp"

#include <tl/expected.hpp>

#include <array>
#include <map>
#include <memory>
#include <optional>
#include <vector>

namespace meguri::storage {

struct index_databases {
    lmdb::database runs;    // shared by the kinds
    lmdb::database filters; // shared by the kinds
    std::array<lmdb::database, run_levels> levels;
};

class index_run_store {
public:
    // Reads the run directory and the filters; notes what belongs to no run.
    [[nodiscard]] static tl::expected<std::unique_ptr<index_run_store>, error>
    open(lmdb::transaction& within, const index_databases& databases, index_kind kind);

    [[nodiscard]] const run_board& board() const noexcept { return board_; }
    [[nodiscard]] const index_databases& databases() const noexcept { return databases_; }

    // A checkpoint's run: begin with its keys in any order, write in slices, put the record into the last slice, and
    // publish after that slice's commit. Without keys there is no run.
    void begin(std::vector<run_key> keys, give_way& way);
    [[nodiscard]] tl::expected<bool, error> write_some(lmdb::write_transaction& within,
                                                       slice_budget& budget); // true: all
    [[nodiscard]] tl::expected<void, error> record(lmdb::write_transaction& within);
    void publish();

    // Merging and deleting: one slice in a transaction of its own, then upkeep_committed().
    [[nodiscard]] bool upkeep_due() const;
    [[nodiscard]] tl::expected<void, error> upkeep(lmdb::write_transaction& within, slice_budget& budget);
    void upkeep_committed();

private:
    using leftovers = std::map<run_number, std::uint8_t>; // number -> level where its blocks are
    static constexpr std::size_t merges = run_levels - 1;

    index_run_store(const index_databases& databases, index_kind kind) : databases_{databases}, kind_{kind} {}
    [[nodiscard]] tl::expected<void, error> load_runs(lmdb::transaction& within);
    [[nodiscard]] tl::expected<void, error> load_filter(lmdb::transaction& within, index_run& into) const;
    [[nodiscard]] tl::expected<void, error> note_leftovers(lmdb::transaction& within);
    void note(run_number number, std::uint8_t level);

    [[nodiscard]] std::vector<run_info> oldest_of(std::size_t level) const;
    [[nodiscard]] std::optional<std::size_t> level_to_merge() const;
    [[nodiscard]] tl::expected<void, error> merge_some(lmdb::write_transaction& within, std::size_t level,
                                                       slice_budget& budget);
    [[nodiscard]] tl::expected<void, error> delete_some(lmdb::write_transaction& within, slice_budget& budget);

    index_databases databases_;
    index_kind kind_;
    run_board board_;
    std::vector<index_run_ptr> runs_; // as the last commit left them
    run_number next_number_ = 1;

    std::vector<run_key> pending_; // of the checkpoint's run, sorted
    std::size_t pending_written_ = 0;
    std::optional<index_run_writer> writing_;

    std::array<std::optional<index_run_merge>, merges> merging_; // at [level]: from level to level + 1
    std::optional<std::size_t> merged_;                          // the level whose merge the open transaction ends
    leftovers leftovers_;
    std::optional<run_number> deleted_; // wholly, by the open transaction
};

} // namespace meguri::storage
