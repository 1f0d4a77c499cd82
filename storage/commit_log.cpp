#include "storage/commit_log.hpp"

#include "ledger/contract.hpp"
#include "storage/crc32c.hpp"
#include "storage/entry_bytes.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>
#include <optional>
#include <span>

#include <fcntl.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

namespace meguri::storage {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t page_bytes = log_frame::page_bytes;
constexpr std::uint64_t magic = 0x474F4C4955475545; // "EUGUILOG"
constexpr std::uint64_t log_version = 1;
constexpr std::size_t file_head_bytes = 48;
constexpr std::size_t checksum_at = 8;

struct log_head {
    std::uint64_t salt = 0;
    std::uint64_t salt_before = 0;
    std::uint64_t capacity = 0;
};

// Aligned for a direct write.
struct alignas(page_bytes) page {
    std::array<std::byte, page_bytes> contents{};
};

fs::path path_in(const fs::path& folder) { return folder / "commit.log"; }

std::uint32_t checksum_of(bytes head) noexcept {
    return crc32c(head.subspan(checksum_at + 8, file_head_bytes - checksum_at - 8));
}

void put_head(page& into, const log_head& head) noexcept {
    entry_bytes_out out{into.contents.data()};
    out.u64(magic);
    out.u64(0);
    for (const auto number : {log_version, head.salt, head.salt_before, head.capacity}) out.u64(number);
    entry_bytes_out{into.contents.data() + checksum_at}.u64(checksum_of(into.contents));
}

tl::expected<log_head, error> head_of(bytes file, const fs::path& path) {
    entry_bytes_in in{file};
    const bool is_log = in.u64() == magic;
    const std::uint64_t checksum = in.u64();
    const std::uint64_t version = in.u64();
    log_head head;
    head.salt = in.u64();
    head.salt_before = in.u64();
    head.capacity = in.u64();
    if (in.wrong() != nullptr || !is_log || checksum != checksum_of(file))
        return tl::unexpected{error{errc::corrupt, "the first page of " + path.string() + " is damaged", 0}};
    if (version > log_version) return tl::unexpected{too_new("the commit log has version", version, log_version)};
    if (file.size() != page_bytes + head.capacity)
        return tl::unexpected{error{errc::corrupt, path.string() + " was cut short, or something was added", 0}};
    return head;
}

// Not every file system has direct writes (tmpfs): there the page cache has them too.
tl::expected<open_file, error> open_for_writing(const fs::path& path) {
    auto direct = open_file::open(path, O_WRONLY | O_DSYNC | O_DIRECT);
    return direct ? std::move(direct) : open_file::open(path, O_WRONLY | O_DSYNC);
}

tl::expected<void, error> write_at(const open_file& file, bytes all, std::uint64_t place) {
    ssize_t put = 0;
    do put = ::pwrite(file.descriptor(), all.data(), all.size(), static_cast<off_t>(place));
    while (put < 0 && errno == EINTR);
    if (put < 0) return tl::unexpected{system_error(errno, "write the commit log")};
    if (static_cast<std::size_t>(put) != all.size())
        return tl::unexpected{error{errc::io_failed, "a write to the commit log was cut short", 0}};
    return {};
}

// With its first page, so that whoever finds it under its name finds it whole.
tl::expected<void, error> make_file(const fs::path& folder, const page& first, std::uint64_t capacity) {
    auto unfinished = path_in(folder);
    unfinished += ".new";
    const auto zeroed = open_file::open(unfinished, O_WRONLY | O_CREAT | O_TRUNC, 0600)
                            .and_then([&](const open_file& file) -> tl::expected<void, error> {
                                if (auto put = file.write(first.contents); !put) return put;
                                const std::vector<std::byte> zeros(std::size_t{1} << 20);
                                for (std::uint64_t left = capacity; left > 0;) {
                                    const auto size = std::min<std::uint64_t>(left, zeros.size());
                                    if (auto put = file.write({zeros.data(), size}); !put) return put;
                                    left -= size;
                                }
                                return file.sync();
                            });
    if (!zeroed) {
        std::error_code ignored;
        fs::remove(unfinished, ignored);
        auto why = zeroed.error();
        why.what += ": " + unfinished.string();
        return tl::unexpected{std::move(why)};
    }
    std::error_code why;
    fs::rename(unfinished, path_in(folder), why);
    if (why) return tl::unexpected{system_error(why.value(), "name the file " + path_in(folder).string())};
    return sync_folder(folder);
}

// Whether the file that is there can be written over from its beginning.
bool fits(const fs::path& path, std::uint64_t capacity) {
    const auto there = open_file::open(path, O_RDONLY);
    return there && there->size() == page_bytes + capacity;
}

// How many frames after `filed` begin, but are not whole. Calls see() with each that is.
template <class See>
std::size_t for_each_frame(bytes file, std::uint64_t salt, ledger::journal_position filed, const See& see) {
    std::size_t torn = 0;
    for (std::size_t at = page_bytes; at < file.size(); at += page_bytes) {
        const auto begun = log_frame::begun_at(file.subspan(at), salt);
        if (!begun) continue;
        if (auto one = log_frame::found_at(file.subspan(at), salt))
            see(std::move(*one));
        else
            torn += *begun > filed;
    }
    return torn;
}

std::uint64_t new_salt() {
    std::uint64_t salt = 0;
    while (salt == 0) randombytes_buf(&salt, sizeof salt);
    return salt;
}

} // namespace

tl::expected<commit_log, error> commit_log::begin(const fs::path& folder, std::uint64_t capacity_bytes,
                                                  std::uint64_t salt_before) {
    EXPECTS(capacity_bytes > 0 && capacity_bytes % page_bytes == 0);
    const auto path = path_in(folder);
    const log_head head{new_salt(), salt_before, capacity_bytes};
    const auto first = std::make_unique<page>();
    put_head(*first, head);
    const bool is_there = fits(path, capacity_bytes);
    if (!is_there) {
        if (auto made = make_file(folder, *first, capacity_bytes); !made)
            return tl::unexpected{std::move(made.error())};
    }
    auto file = open_for_writing(path);
    if (!file) return tl::unexpected{std::move(file.error())};
    if (is_there) {
        if (auto written = write_at(*file, first->contents, 0); !written)
            return tl::unexpected{std::move(written.error())};
    }
    return commit_log{std::move(*file), head.salt, capacity_bytes};
}

tl::expected<std::vector<log_frame>, error> commit_log::frames_after(const fs::path& folder, std::uint64_t salt,
                                                                     ledger::journal_position filed) {
    const auto path = path_in(folder);
    const auto file = read_file(path);
    if (!file) return tl::unexpected{file.error()};
    const auto head = head_of(*file, path);
    if (!head) return tl::unexpected{head.error()};
    std::vector<log_frame> found;
    // The next start had begun: before it took another salt, all of this one was filed.
    if (head->salt_before == salt && head->salt != salt) return found;
    if (head->salt != salt)
        return tl::unexpected{
            error{errc::corrupt, path.string() + " is another journal's, or an older one", filed + 1}};

    const std::size_t torn = for_each_frame(*file, salt, filed, [&](log_frame&& one) {
        if (one.last() > filed) found.push_back(std::move(one));
    });
    std::ranges::sort(found, {}, &log_frame::first);
    ledger::journal_position next = filed + 1;
    for (const auto& one : found) {
        if (one.first() != next)
            return tl::unexpected{error{errc::chain_broken,
                                        path.string() + " lacks entries before position " + std::to_string(one.first()),
                                        next}};
        next = one.last() + 1;
    }
    // One write is under way at a time, so no more than the last frame can be torn.
    if (torn > 1)
        return tl::unexpected{error{errc::chain_broken, path.string() + " has damaged entries at its end", next}};
    return found;
}

tl::expected<ledger::journal_position, error> commit_log::newest(const fs::path& folder, std::uint64_t salt) {
    const auto file = read_file(path_in(folder));
    if (!file) return tl::unexpected{file.error()};
    const auto head = head_of(*file, path_in(folder));
    if (!head) return tl::unexpected{head.error()};
    ledger::journal_position last = 0;
    static_cast<void>(for_each_frame(*file, salt, 0, [&last](log_frame&& one) { last = std::max(last, one.last()); }));
    return last;
}

tl::expected<void, error> commit_log::write(const log_frame& one, std::uint64_t place) {
    EXPECTS(place % page_bytes == 0 && place + one.image().size() <= capacity_);
    return write_at(file_, one.image(), page_bytes + place);
}

} // namespace meguri::storage
