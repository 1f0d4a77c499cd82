#include "storage/backup_manifest.hpp"

#include "ledger/contract.hpp"
#include "storage/archive_segment.hpp"

#include <boost/json.hpp>
#include <sodium.h>

#include <charconv>
#include <span>

namespace meguri::storage {
namespace {

namespace json = boost::json;

constexpr std::int64_t format = 1;

std::string hex(std::span<const std::byte> from) {
    std::string text(2 * from.size() + 1, '\0'); // and the zero that libsodium appends
    sodium_bin2hex(text.data(), text.size(), reinterpret_cast<const unsigned char*>(from.data()), from.size());
    text.pop_back();
    return text;
}

std::string hex(std::uint64_t number) {
    std::array<std::byte, sizeof number> big_endian{};
    for (std::size_t i = 0; i < big_endian.size(); ++i)
        big_endian[i] = static_cast<std::byte>(number >> 8 * (big_endian.size() - 1 - i) & 0xFF);
    return hex(big_endian);
}

std::string line(std::string_view name, const std::string& text) {
    return '"' + std::string{name} + "\": \"" + text + '"';
}

std::string line(std::string_view name, std::uint64_t number) {
    return '"' + std::string{name} + "\": " + std::to_string(number);
}

std::string hash_of(std::string_view text) {
    chain_hash hash;
    crypto_generichash(reinterpret_cast<unsigned char*>(hash.data()), hash.size(),
                       reinterpret_cast<const unsigned char*>(text.data()), text.size(), nullptr, 0);
    return hex(hash);
}

// Takes fields one by one; what is missing or of another kind reads as nothing, which the comparison in parse_manifest
// notices.
std::string_view text_in(const json::object& from, std::string_view name) {
    const auto* const found = from.if_contains(name);
    return found != nullptr && found->is_string() ? std::string_view{found->get_string()} : std::string_view{};
}

std::uint64_t number_in(const json::object& from, std::string_view name) {
    const auto* const found = from.if_contains(name);
    return found != nullptr && found->is_int64() && found->get_int64() > 0
             ? static_cast<std::uint64_t>(found->get_int64())
             : 0;
}

std::uint64_t hex_number(std::string_view text) {
    std::uint64_t number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number, 16);
    return number;
}

chain_hash hash_in(const json::object& from, std::string_view name) {
    const auto text = text_in(from, name);
    chain_hash hash{};
    sodium_hex2bin(reinterpret_cast<unsigned char*>(hash.data()), hash.size(), text.data(), text.size(), nullptr,
                   nullptr, nullptr);
    return hash;
}

backup_manifest read(const json::object& from) {
    backup_manifest one;
    one.ledger = hex_number(text_in(from, "ledger"));
    const auto key = text_in(from, "key");
    if (key.size() == 32) one.key = {hex_number(key.substr(0, 16)), hex_number(key.substr(16))};
    if (const auto* const segments = from.if_contains("segments"); segments != nullptr && segments->is_array())
        for (const auto& segment : segments->get_array()) {
            if (!segment.is_object()) continue;
            const auto& noted = segment.get_object();
            one.segments.push_back({number_in(noted, "first"), number_in(noted, "last"), number_in(noted, "bytes"),
                                    hash_in(noted, "hash")});
        }
    if (!one.segments.empty()) one.end.last = one.segments.back().last;
    one.end.hash = hash_in(from, "chain");
    one.end.recorded_at = ledger::parse_rfc3339(text_in(from, "recorded_at")).value_or(ledger::instant{});
    return one;
}

bool is_without_gap(const backup_manifest& one) {
    ledger::journal_position next = 1;
    for (const auto& segment : one.segments) {
        if (segment.first != next || segment.last < segment.first) return false;
        next = segment.last + 1;
    }
    return !one.segments.empty();
}

tl::unexpected<error> damaged_manifest(std::string what) {
    return tl::unexpected{error{errc::backup_damaged, std::move(what), 0}};
}

} // namespace

std::string to_json(const backup_manifest& one) {
    EXPECTS(sodium_init() >= 0);
    std::string text = "{\n" + line("format", format) + ",\n" + line("ledger", hex(one.ledger)) + ",\n" +
                       line("key", hex(one.key.high) + hex(one.key.low)) + ",\n\"segments\": [";
    for (const auto& segment : one.segments) {
        text += &segment == &one.segments.front() ? "\n{" : ",\n{";
        text += line("file", segment_file_name(segment.first, segment.last)) + ", " + line("first", segment.first) +
                ", " + line("last", segment.last) + ", " + line("bytes", segment.file_bytes) + ", " +
                line("hash", hex(segment.hash)) + '}';
    }
    text += "\n],\n" + line("chain", hex(one.end.hash)) + ",\n" +
            line("recorded_at", ledger::to_rfc3339(one.end.recorded_at)) + ",\n";
    return text + line("manifest_hash", hash_of(text)) + "\n}\n";
}

tl::expected<backup_manifest, error> parse_manifest(std::string_view text) {
    json::error_code wrong;
    const auto parsed = json::parse({text.data(), text.size()}, wrong);
    if (wrong) return damaged_manifest("it is not JSON, " + wrong.message());
    if (!parsed.is_object()) return damaged_manifest("it is no JSON object");
    if (const auto written_by = number_in(parsed.get_object(), "format"); written_by > format)
        return tl::unexpected{too_new("it has format", written_by, format)};
    auto manifest = read(parsed.get_object());
    // There is one text for each manifest, so this sees a change anywhere in it.
    if (to_json(manifest) != text) return damaged_manifest("it is not what was written");
    if (!is_without_gap(manifest)) return damaged_manifest("its segments do not follow each other");
    return manifest;
}

} // namespace meguri::storage
