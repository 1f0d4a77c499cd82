#include "storage/backup_folder.hpp"

#include "storage/open_file.hpp"

#include <algorithm>
#include <array>
#include <fcntl.h>
#include <string>

namespace meguri::storage {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view key_name = "key";

bool is_segment_name(std::string_view name) { return name.starts_with("segment-") && name.ends_with(".mgs"); }

// What a run leaves that ended in the middle.
bool is_unfinished(std::string_view name) {
    if (!name.ends_with(".new")) return false;
    name.remove_suffix(4);
    return is_segment_name(name) || name == manifest_file_name || name == key_name;
}

tl::unexpected<error> damaged(const fs::path& file, const std::string& how, ledger::journal_position at) {
    return tl::unexpected{error{errc::backup_damaged, "the backup's file " + file.string() + " " + how, at}};
}

std::string bytes_text(std::uint64_t bytes) { return std::to_string(bytes) + " bytes"; }

} // namespace

fs::path backup_folder::key_file() const { return path_ / key_name; }

fs::path backup_folder::file_of(const noted_segment& one) const {
    return path_ / segment_file_name(one.first, one.last);
}

tl::expected<std::optional<backup_manifest>, error> backup_folder::read_manifest() const {
    const auto file = path_ / manifest_file_name;
    const auto text = read_file(file);
    if (!text && text.error().code == errc::not_found) return std::optional<backup_manifest>{};
    if (!text) return tl::unexpected{text.error()};
    auto parsed = parse_manifest({reinterpret_cast<const char*>(text->data()), text->size()});
    if (parsed) return std::optional{std::move(*parsed)};
    parsed.error().what = "the backup's " + file.string() + " is damaged: " + parsed.error().what;
    return tl::unexpected{std::move(parsed.error())};
}

tl::expected<void, error> backup_folder::write_manifest(const backup_manifest& one) const {
    const auto text = to_json(one);
    // The names of the segments first: the manifest must not be there without them.
    return sync_folder(path_)
        .and_then([&] { return write_file(path_ / manifest_file_name, bytes_of(text)); })
        .and_then([&] { return sync_folder(path_); });
}

std::optional<segment_head> backup_folder::head_of(const noted_segment& one) const {
    const auto opened = open_file::open(file_of(one), O_RDONLY);
    if (!opened || opened->size() != one.file_bytes) return std::nullopt;
    std::array<std::byte, segment_head_bytes> room{};
    if (opened->read(room) != room.size()) return std::nullopt;
    const auto head = parse_segment_head(room);
    if (!head || head->first() != one.first || head->after.last != one.last || head->file_bytes() != one.file_bytes)
        return std::nullopt;
    return *head;
}

tl::expected<void, error> backup_folder::expect_segment(const noted_segment& one) const {
    const auto file = file_of(one);
    const auto opened = open_file::open(file, O_RDONLY);
    if (!opened && opened.error().code == errc::not_found) return damaged(file, "is missing", one.first);
    if (!opened) return tl::unexpected{opened.error()};
    const auto size = opened->size();
    if (!size) return tl::unexpected{size.error()};
    if (*size == one.file_bytes) return {};
    return damaged(file, "has " + bytes_text(*size) + ", the manifest says " + bytes_text(one.file_bytes), one.first);
}

tl::expected<std::vector<std::byte>, error> backup_folder::read_segment(const noted_segment& one) const {
    return expect_segment(one).and_then([&] { return read_file(file_of(one)); });
}

tl::expected<void, error> backup_folder::write_segment(const noted_segment& one, bytes file) const {
    return write_file(file_of(one), file);
}

tl::expected<bool, error> backup_folder::has_other_files() const {
    std::error_code why;
    for (fs::directory_iterator at{path_, why}; !why && at != fs::directory_iterator{}; at.increment(why)) {
        const auto name = at->path().filename().string();
        const bool is_ours = is_segment_name(name) || is_unfinished(name) || name == manifest_file_name ||
                             name == key_name || name == "lock" || name == "lost+found";
        if (!is_ours) return true;
    }
    if (why) return tl::unexpected{system_error(why.value(), "list " + path_.string())};
    return false;
}

void backup_folder::remove_all_but(const backup_manifest& named) const {
    std::vector<std::string> kept;
    for (const auto& segment : named.segments) kept.push_back(segment_file_name(segment.first, segment.last));
    std::vector<fs::path> superfluous;
    std::error_code ignored;
    for (fs::directory_iterator at{path_, ignored}; !ignored && at != fs::directory_iterator{}; at.increment(ignored)) {
        const auto name = at->path().filename().string();
        const bool is_named = std::find(kept.begin(), kept.end(), name) != kept.end();
        if (is_unfinished(name) || (is_segment_name(name) && !is_named)) superfluous.push_back(at->path());
    }
    for (const auto& file : superfluous) fs::remove(file, ignored);
}

} // namespace meguri::storage
