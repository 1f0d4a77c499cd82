// LMDB with owners: environment, transactions and cursors that end themselves, in an order that is checked. The one
// place that knows <lmdb.h>. One write transaction at a time per environment; a read transaction belongs to one thread
// at a time; the environment itself may be used from any thread and outlives both. Everything is durable when commit()
// returns: neither NOSYNC nor WRITEMAP is ever used.
#pragma once

#include "storage/error.hpp"

#include <tl/expected.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

struct MDB_env;
struct MDB_txn;
struct MDB_cursor;

namespace meguri::storage {

using bytes = std::span<const std::byte>;

[[nodiscard]] inline bytes bytes_of(std::string_view text) noexcept { return std::as_bytes(std::span{text}); }

namespace lmdb {

// The map is address space, not memory. Sanitizers have less of it to give.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr std::size_t map_bytes_default = std::size_t{64} << 30;
#else
inline constexpr std::size_t map_bytes_default = std::size_t{1} << 40;
#endif

struct settings {
    std::filesystem::path folder; // exists
    std::size_t map_bytes = map_bytes_default;
    unsigned databases_max = 8;
    unsigned readers_max = 126;
    bool read_ahead = true; // off where look-ups are random and the file may exceed the memory
    bool read_only = false; // beside another process that may be writing: nothing is made
};

enum class key_order : std::uint8_t { bytes, integer };             // integer: an integer_key
enum class put_mode : std::uint8_t { replace, append, insert_new }; // append: beyond the last key, else corrupt

// A key of a database with key_order::integer.
class integer_key {
public:
    explicit integer_key(std::uint64_t value) noexcept : value_{value} {}
    // nullopt unless eight bytes.
    [[nodiscard]] static std::optional<std::uint64_t> from(bytes key) noexcept {
        if (key.size() != sizeof(std::uint64_t)) return std::nullopt;
        std::uint64_t value = 0;
        std::memcpy(&value, key.data(), sizeof value);
        return value;
    }
    // Of this object: valid as long as it is.
    [[nodiscard]] bytes view() const& noexcept { return std::as_bytes(std::span{&value_, 1}); }
    bytes view() const&& = delete;

private:
    std::uint64_t value_; // native byte order, as LMDB compares it
};

// A named table in an environment: a number, copied freely, valid as long as its environment.
class database {
public:
    database() noexcept = default;

private:
    friend class environment;
    friend class transaction;
    friend class write_transaction;
    friend class cursor;
    explicit database(unsigned handle) noexcept : handle_{handle} {}
    unsigned handle_ = 0;
};

// Valid until the transaction writes or ends.
struct record {
    bytes key;
    bytes value;
};
using maybe_record = tl::expected<std::optional<record>, error>;

class cursor;

// What reading and writing transactions share: look-ups and cursors.
class transaction {
public:
    transaction(const transaction&) = delete;
    transaction& operator=(const transaction&) = delete;
    transaction& operator=(transaction&&) = delete;

    [[nodiscard]] tl::expected<std::optional<bytes>, error> get(database from, bytes key) const;
    [[nodiscard]] tl::expected<std::uint64_t, error> count(database of) const;
    // Contract: the cursor ends before this transaction is moved, reset, committed or destroyed.
    [[nodiscard]] tl::expected<cursor, error> open_cursor(database over);

protected:
    explicit transaction(MDB_txn* handle) noexcept : handle_{handle} {}
    transaction(transaction&& from) noexcept;
    ~transaction();

    MDB_txn* handle_; // null once it has ended
    unsigned cursors_ = 0;

private:
    friend class cursor;
};

// A snapshot of the environment. Keep it short: an open one keeps LMDB from using pages again.
class read_transaction final : public transaction {
public:
    read_transaction(read_transaction&&) noexcept = default;

    // Lets the snapshot go and keeps its place in the reader table; idempotent. Until renew() nothing may be read.
    void reset() noexcept;
    // A new snapshot of what is committed now; resets first where needed.
    [[nodiscard]] tl::expected<void, error> renew();

private:
    friend class environment;
    explicit read_transaction(MDB_txn* handle) noexcept : transaction{handle} {}
    bool active_ = true;
};

// Aborts unless committed.
class write_transaction final : public transaction {
public:
    write_transaction(write_transaction&&) noexcept = default;

    [[nodiscard]] tl::expected<void, error> put(database into, bytes key, bytes value,
                                                put_mode mode = put_mode::replace);
    // Whether there was something to erase.
    [[nodiscard]] tl::expected<bool, error> erase(database from, bytes key);
    // Synced to the disk on return. An error is final: nobody knows what reached the disk.
    [[nodiscard]] tl::expected<void, error> commit() &&;

private:
    friend class environment;
    explicit write_transaction(MDB_txn* handle) noexcept : transaction{handle} {}
};

// A place in a database. Every move answers with the record there, or nothing where there is none.
class cursor {
public:
    cursor(cursor&& from) noexcept
        : handle_{std::exchange(from.handle_, nullptr)},
          within_{std::exchange(from.within_, nullptr)} {}
    cursor(const cursor&) = delete;
    cursor& operator=(const cursor&) = delete;
    cursor& operator=(cursor&&) = delete;
    ~cursor();

    [[nodiscard]] maybe_record first();
    [[nodiscard]] maybe_record last();
    [[nodiscard]] maybe_record next();              // the first one where not placed yet
    [[nodiscard]] maybe_record previous();          // the last one where not placed yet
    [[nodiscard]] maybe_record find(bytes key);     // exactly this key
    [[nodiscard]] maybe_record at_least(bytes key); // this key or the next greater one
    // Of a cursor within a write transaction.
    [[nodiscard]] tl::expected<void, error> put(bytes key, bytes value, put_mode mode = put_mode::replace);
    [[nodiscard]] tl::expected<void, error> erase_current(); // next() then goes to the one after it

private:
    friend class transaction;
    cursor(MDB_cursor* handle, transaction& within) noexcept : handle_{handle}, within_{&within} { ++within.cursors_; }
    [[nodiscard]] maybe_record move(int operation, bytes key);

    MDB_cursor* handle_;
    transaction* within_;
};

struct map_usage {
    std::uint64_t used_bytes = 0; // including free pages within the file
    std::uint64_t map_bytes = 0;
};

class environment {
public:
    // Any number of processes may have the same one open, but no process twice: closing one would take from the other
    // the file locks by which processes know of each other. Errors: io_failed, corrupt, version_too_new, ...
    [[nodiscard]] static tl::expected<environment, error> open(const settings& with);
    environment(environment&& from) noexcept : handle_{std::exchange(from.handle_, nullptr)} {}
    environment& operator=(environment&& from) noexcept;
    ~environment();

    // Makes it where it does not exist, unless the environment is read-only: not_found. While starting up, on one
    // thread, with no transaction open on it.
    [[nodiscard]] tl::expected<database, error> open_database(const char* name, key_order order = key_order::bytes);
    // Waits while another thread has one.
    [[nodiscard]] tl::expected<write_transaction, error> begin_write();
    [[nodiscard]] tl::expected<read_transaction, error> begin_read() const;
    // A process that was killed while it read keeps its place among the readers, and no page that it saw is used again:
    // this frees the places of those that are gone. Any thread.
    [[nodiscard]] tl::expected<void, error> forget_dead_readers();
    [[nodiscard]] map_usage usage() const noexcept;

private:
    explicit environment(MDB_env* handle) noexcept : handle_{handle} {}
    MDB_env* handle_;
};

} // namespace lmdb
} // namespace meguri::storage
