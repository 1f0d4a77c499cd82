// A journal in a temporary folder, with batches of operators in it, and a hand that changes stored records behind its
// back.
#pragma once

#include "storage/journal.hpp"
#include "storage/journal_reader.hpp"
#include "tests/storage/sample_entries.hpp"
#include "tests/support/temporary_folder.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <optional>
#include <vector>

namespace meguri::test {

using storage::journal;

inline constexpr std::size_t test_map_bytes = std::size_t{64} << 20;

class journal_scene {
public:
    explicit journal_scene(std::size_t map_bytes = test_map_bytes) : map_bytes_{map_bytes} {}

    [[nodiscard]] tl::expected<journal, storage::error> try_open() const {
        return journal::open({.folder = folder_.path(), .map_bytes = map_bytes_});
    }
    [[nodiscard]] journal open() const {
        auto opened = try_open();
        if (!opened) throw std::runtime_error{opened.error().text()};
        return std::move(*opened);
    }
    // Appends `size` operators, recorded at `now`.
    static tl::expected<void, storage::error> append(journal& to, std::size_t size, std::int64_t now = 1000) {
        storage::journal_batch batch;
        for (std::size_t i = 0; i < size; ++i) {
            auto one = sample_operator(to.end().last + i + 1);
            one.position = to.end().last + i + 1;
            batch.add(one);
        }
        return to.append(batch, ledger::instant{now});
    }
    // A closed journal with batches of these sizes.
    void fill(std::initializer_list<std::size_t> sizes) const {
        auto filled = open();
        for (const auto size : sizes) ASSERT_TRUE(append(filled, size).has_value());
    }

    // The stored record, and another one (or none) in its place; the journal is closed meanwhile.
    [[nodiscard]] std::vector<std::byte> stored(ledger::journal_position at) const {
        std::vector<std::byte> out;
        within([&](storage::lmdb::write_transaction& txn, storage::lmdb::database entries) {
            const storage::lmdb::integer_key key{at};
            const auto found = txn.get(entries, key.view()).value();
            if (found) out.assign(found->begin(), found->end());
        });
        return out;
    }
    void replace(ledger::journal_position at, const std::optional<std::vector<std::byte>>& record) const {
        within([&](storage::lmdb::write_transaction& txn, storage::lmdb::database entries) {
            const storage::lmdb::integer_key key{at};
            if (record) {
                EXPECT_TRUE(txn.put(entries, key.view(), *record).has_value());
            } else {
                EXPECT_EQ(txn.erase(entries, key.view()), true);
            }
        });
    }
    // Another entry at this place, whole in itself: only the chain can tell.
    void forge(ledger::journal_position at) const {
        auto record = stored(at);
        const auto decoded = storage::decode(record);
        ASSERT_TRUE(decoded.has_value());
        auto forged = decoded->what;
        std::get<ledger::operator_added>(forged.what).name = "forged";
        record.clear();
        storage::encode(forged, record);
        if (decoded->end_of_batch) {
            storage::append_trailer(record, 0, decoded->end_of_batch->recorded_at);
            storage::set_trailer_hash(record, decoded->end_of_batch->hash);
        }
        storage::set_checksum(record);
        replace(at, record);
    }
    void within(const std::function<void(storage::lmdb::write_transaction&, storage::lmdb::database)>& change) const {
        auto environment =
            storage::lmdb::environment::open({.folder = folder_.path(), .map_bytes = map_bytes_}).value();
        const auto entries = environment.open_database("entries", storage::lmdb::key_order::integer).value();
        auto txn = environment.begin_write().value();
        change(txn, entries);
        ASSERT_TRUE(std::move(txn).commit().has_value());
    }
    [[nodiscard]] const std::filesystem::path& path() const noexcept { return folder_.path(); }

private:
    temporary_folder folder_;
    std::size_t map_bytes_;
};

} // namespace meguri::test
