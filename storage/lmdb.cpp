#include "storage/lmdb.hpp"

#include "ledger/contract.hpp"
#include "storage/damage_guard.hpp"
#include "storage/open_file.hpp"

#include <lmdb.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <string>
#include <unistd.h>
#include <vector>

namespace meguri::storage::lmdb {
namespace {

errc code_of(int rc) noexcept {
    switch (rc) {
    case MDB_MAP_FULL: return errc::map_full;
    case MDB_READERS_FULL: return errc::readers_full;
    case MDB_VERSION_MISMATCH: return errc::version_too_new;
    case MDB_KEYEXIST:
    case MDB_NOTFOUND:
    case MDB_PAGE_NOTFOUND:
    case MDB_CORRUPTED:
    case MDB_PANIC:
    case MDB_INVALID:
    case MDB_CURSOR_FULL:
    case MDB_PAGE_FULL:
    case MDB_INCOMPATIBLE:
    case MDB_BAD_VALSIZE: return errc::corrupt;
    default: return errc::io_failed;
    }
}

tl::unexpected<error> failed(int rc, std::string_view doing) {
    if (rc > 0) return tl::unexpected{system_error(rc, doing)};
    return tl::unexpected{error{code_of(rc), "cannot " + std::string{doing} + ", " + mdb_strerror(rc), 0}};
}

// LMDB takes non-const pointers and does not write through them.
MDB_val value_of(bytes from) noexcept {
    return {from.size(), const_cast<std::byte*>(from.data())}; // NOLINT(cppcoreguidelines-pro-type-const-cast)
}
bytes bytes_of(const MDB_val& from) noexcept { return {static_cast<const std::byte*>(from.mv_data), from.mv_size}; }

unsigned flags_of(put_mode mode) noexcept {
    switch (mode) {
    case put_mode::replace: return 0;
    case put_mode::append: return MDB_APPEND;
    case put_mode::insert_new: return MDB_NOOVERWRITE;
    }
    return 0;
}

// What LMDB asks for so many readers: 64 bytes for each and two more for itself.
constexpr off_t lock_file_bytes(unsigned readers_max) noexcept { return (off_t{readers_max} + 2) * 64; }

// LMDB maps its table of readers from a sparse file. On a full disk the first touch of a hole in it would end the
// process with SIGBUS, so the file is filled while there is room. It must happen before LMDB opens it: whoever closes a
// file loses all POSIX locks that his process has on it, and the next process that opens the environment, finding no
// lock, would make the table of readers and the writer's mutex anew under those who use them.
tl::expected<void, error> fill_lock_file(const settings& with) {
    const auto file = with.folder / "lock.mdb";
    const auto opened = open_file::open(file, O_RDWR | (with.read_only ? 0 : O_CREAT), 0600);
    // Who only reads makes nothing; where the file system takes no writes, LMDB reads without locks.
    const auto absent = [&opened] { return opened.error().code == errc::not_found; };
    const auto unwritable = [&opened] { return opened.error().code == errc::read_only; };
    if (!opened && with.read_only && (absent() || unwritable())) return {};
    if (!opened) return tl::unexpected{opened.error()};
    const int rc = ::posix_fallocate(opened->descriptor(), 0, lock_file_bytes(with.readers_max));
    if (rc != 0) return tl::unexpected{system_error(rc, "reserve room for " + file.string())};
    return {};
}

// Where the write of a meta page fails, LMDB puts the old one back, but in the page cache alone: before any page is
// used again the disk must have it too, or the failed one, if it arrived, would come back after a power cut and find
// its pages written over. A sync alone does not see to that: one that failed before, at an earlier start, left the page
// clean in the cache, and no later one writes it again. So the two pages are written as they stand and then synced.
tl::expected<void, error> write_meta_pages_again(const std::filesystem::path& folder, MDB_env* handle) {
    MDB_stat shape{};
    mdb_env_stat(handle, &shape);
    std::vector<std::byte> pages(std::size_t{2} * shape.ms_psize);
    const auto file = folder / "data.mdb";
    const auto opened = open_file::open(file, O_RDWR);
    if (!opened) return tl::unexpected{opened.error()};
    const auto size = opened->read(pages);
    if (!size) return tl::unexpected{size.error()};
    if (*size != pages.size()) return tl::unexpected{error{errc::corrupt, file.string() + " is cut short", 0}};
    if (::pwrite(opened->descriptor(), pages.data(), pages.size(), 0) != static_cast<ssize_t>(pages.size()))
        return tl::unexpected{system_error(errno, "write the first pages of " + file.string())};
    return {};
}

// LMDB met a page that is not what it wrote and can only give up. Whoever reads the log is told what to do; there is
// nothing to clean up that a kill would not leave as well.
[[noreturn]] void give_up(MDB_env* env, const char* found) {
    const char* folder = "?";
    mdb_env_get_path(env, &folder);
    const error why{errc::corrupt, "the database in " + std::string{folder} + " is damaged, " + found,
                    damage_guard::next()};
    std::fprintf(stderr, "meguri: %s\n", why.text().c_str());
    std::_Exit(1);
}

} // namespace

// --- transaction ---

transaction::transaction(transaction&& from) noexcept : handle_{std::exchange(from.handle_, nullptr)} {
    EXPECTS(from.cursors_ == 0);
}

transaction::~transaction() {
    EXPECTS(cursors_ == 0);
    if (handle_ != nullptr) mdb_txn_abort(handle_);
}

tl::expected<std::optional<bytes>, error> transaction::get(database from, bytes key) const {
    MDB_val wanted = value_of(key);
    MDB_val found{};
    const int rc = mdb_get(handle_, from.handle_, &wanted, &found);
    if (rc == MDB_NOTFOUND) return std::optional<bytes>{};
    if (rc != 0) return failed(rc, "read a record");
    return std::optional<bytes>{bytes_of(found)};
}

tl::expected<std::uint64_t, error> transaction::count(database of) const {
    MDB_stat found{};
    if (const int rc = mdb_stat(handle_, of.handle_, &found); rc != 0) return failed(rc, "count records");
    return found.ms_entries;
}

tl::expected<cursor, error> transaction::open_cursor(database over) {
    MDB_cursor* opened = nullptr;
    if (const int rc = mdb_cursor_open(handle_, over.handle_, &opened); rc != 0) return failed(rc, "open a cursor");
    return cursor{opened, *this};
}

void read_transaction::reset() noexcept {
    EXPECTS(cursors_ == 0);
    if (std::exchange(active_, false)) mdb_txn_reset(handle_);
}

tl::expected<void, error> read_transaction::renew() {
    reset();
    if (const int rc = mdb_txn_renew(handle_); rc != 0) return failed(rc, "begin to read");
    active_ = true;
    return {};
}

tl::expected<void, error> write_transaction::put(database into, bytes key, bytes value, put_mode mode) {
    MDB_val at = value_of(key);
    MDB_val what = value_of(value);
    const int rc = mdb_put(handle_, into.handle_, &at, &what, flags_of(mode));
    if (rc != 0) return failed(rc, "write a record");
    return {};
}

tl::expected<bool, error> write_transaction::erase(database from, bytes key) {
    MDB_val wanted = value_of(key);
    const int rc = mdb_del(handle_, from.handle_, &wanted, nullptr);
    if (rc == MDB_NOTFOUND) return false;
    if (rc != 0) return failed(rc, "erase a record");
    return true;
}

tl::expected<void, error> write_transaction::commit() && {
    EXPECTS(handle_ != nullptr && cursors_ == 0);
    if (const int rc = mdb_txn_commit(std::exchange(handle_, nullptr)); rc != 0)
        return failed(rc, "commit to the disk");
    return {};
}

// --- cursor ---

cursor::~cursor() {
    if (handle_ == nullptr) return;
    mdb_cursor_close(handle_);
    --within_->cursors_;
}

maybe_record cursor::move(int operation, bytes key) {
    MDB_val at = value_of(key);
    MDB_val found{};
    const int rc = mdb_cursor_get(handle_, &at, &found, static_cast<MDB_cursor_op>(operation));
    if (rc == MDB_NOTFOUND) return std::optional<record>{};
    if (rc != 0) return failed(rc, "read a record");
    return std::optional<record>{record{bytes_of(at), bytes_of(found)}};
}

maybe_record cursor::first() { return move(MDB_FIRST, {}); }
maybe_record cursor::last() { return move(MDB_LAST, {}); }
maybe_record cursor::next() { return move(MDB_NEXT, {}); }
maybe_record cursor::previous() { return move(MDB_PREV, {}); }
maybe_record cursor::find(bytes key) { return move(MDB_SET_KEY, key); }
maybe_record cursor::at_least(bytes key) { return move(MDB_SET_RANGE, key); }

tl::expected<void, error> cursor::put(bytes key, bytes value, put_mode mode) {
    MDB_val at = value_of(key);
    MDB_val what = value_of(value);
    if (const int rc = mdb_cursor_put(handle_, &at, &what, flags_of(mode)); rc != 0)
        return failed(rc, "write a record");
    return {};
}

tl::expected<void, error> cursor::erase_current() {
    if (const int rc = mdb_cursor_del(handle_, 0); rc != 0) return failed(rc, "erase a record");
    return {};
}

// --- environment ---

tl::expected<environment, error> environment::open(const settings& with) {
    MDB_env* handle = nullptr;
    const std::string doing = "open the database in " + with.folder.string();
    if (auto filled = fill_lock_file(with); !filled) return tl::unexpected{std::move(filled.error())};
    if (const int rc = mdb_env_create(&handle); rc != 0) return failed(rc, doing);
    environment opened{handle};
    int rc = mdb_env_set_mapsize(handle, with.map_bytes);
    if (rc == 0) rc = mdb_env_set_assert(handle, give_up);
    if (rc == 0) rc = mdb_env_set_maxdbs(handle, with.databases_max);
    if (rc == 0) rc = mdb_env_set_maxreaders(handle, with.readers_max);
    const unsigned flags =
        MDB_NOTLS | (with.read_ahead ? 0U : unsigned{MDB_NORDAHEAD}) | (with.read_only ? unsigned{MDB_RDONLY} : 0U);
    if (rc == 0) rc = mdb_env_open(handle, with.folder.c_str(), flags, 0600);
    if (rc != 0) return failed(rc, doing);
    if (with.read_only) return opened;
    if (auto written = write_meta_pages_again(with.folder, handle); !written) return tl::unexpected{written.error()};
    rc = mdb_env_sync(handle, 1);
    if (rc != 0) return failed(rc, doing);
    return opened.forget_dead_readers().map([&opened] { return std::move(opened); });
}

environment& environment::operator=(environment&& from) noexcept {
    std::swap(handle_, from.handle_);
    return *this;
}

environment::~environment() {
    if (handle_ != nullptr) mdb_env_close(handle_);
}

tl::expected<database, error> environment::open_database(const char* name, key_order order) {
    const unsigned order_flag = order == key_order::integer ? unsigned{MDB_INTEGERKEY} : 0U;
    const std::string doing = std::string{"open the table "} + name;
    // Only where it is not there yet does opening write anything.
    unsigned with_flags = 0;
    mdb_env_get_flags(handle_, &with_flags);
    for (const bool create : {false, true}) {
        if (create && (with_flags & unsigned{MDB_RDONLY}) != 0)
            return tl::unexpected{error{errc::not_found, "the table " + std::string{name} + " is not there", 0}};
        MDB_txn* within = nullptr;
        if (const int rc = mdb_txn_begin(handle_, nullptr, create ? 0U : unsigned{MDB_RDONLY}, &within); rc != 0)
            return failed(rc, doing);
        MDB_dbi opened = 0;
        const int rc = mdb_dbi_open(within, name, order_flag | (create ? unsigned{MDB_CREATE} : 0U), &opened);
        if (rc != 0) mdb_txn_abort(within);
        if (rc == MDB_NOTFOUND && !create) continue;
        if (rc != 0) return failed(rc, doing);
        if (const int committed = mdb_txn_commit(within); committed != 0) return failed(committed, doing);
        return database{opened};
    }
    return failed(MDB_NOTFOUND, doing);
}

tl::expected<write_transaction, error> environment::begin_write() {
    MDB_txn* begun = nullptr;
    if (const int rc = mdb_txn_begin(handle_, nullptr, 0, &begun); rc != 0) return failed(rc, "begin to write");
    return write_transaction{begun};
}

tl::expected<read_transaction, error> environment::begin_read() const {
    MDB_txn* begun = nullptr;
    if (const int rc = mdb_txn_begin(handle_, nullptr, MDB_RDONLY, &begun); rc != 0) return failed(rc, "begin to read");
    return read_transaction{begun};
}

tl::expected<void, error> environment::forget_dead_readers() {
    if (const int rc = mdb_reader_check(handle_, nullptr); rc != 0) return failed(rc, "look for readers that are gone");
    return {};
}

map_usage environment::usage() const noexcept {
    MDB_envinfo info{};
    MDB_stat stat{};
    if (mdb_env_info(handle_, &info) != 0 || mdb_env_stat(handle_, &stat) != 0) return {};
    return {(info.me_last_pgno + 1) * stat.ms_psize, info.me_mapsize};
}

} // namespace meguri::storage::lmdb
