#include "storage/state_store.hpp"

#include "storage/record_bytes.hpp"

#include <cstring>
#include <string>

namespace meguri::storage {
namespace {

// 2: holds, steps of payments, what is due. 3: keys of holders. 4: campaigns. 5: conversions, files of recipients,
// purchases, what joins by a code. 6: debits, benefits. 7: earmarks, categories of merchants. What needs no newer one
// stays a 2, which older programs know.
constexpr std::uint32_t state_format = 7;
constexpr std::uint32_t state_format_with_campaigns = 4;
constexpr std::uint32_t state_format_with_keys = 3;
// A merchant that joined by an application has its categories, which a 5 or a 6 forgot: such a store is made again.
constexpr bool is_complete(std::uint32_t format) noexcept {
    return format <= state_format_with_campaigns || format == state_format;
}
constexpr std::uint32_t state_format_without_keys = 2;
constexpr std::string_view format_key = "format";
constexpr unsigned databases_max = 64;

tl::expected<void, error> open_levels(lmdb::environment& environment, const std::string& name, index_databases& into) {
    for (std::size_t level = 0; level < run_levels; ++level) {
        auto opened = environment.open_database((name + "." + std::to_string(level)).c_str());
        if (!opened) return tl::unexpected{std::move(opened.error())};
        into.levels[level] = *opened;
    }
    return {};
}

} // namespace

error state_damaged(std::string_view what) {
    return {errc::state_damaged, "the state store's record of " + std::string{what} + " is not what was written", 0};
}

tl::expected<std::unique_ptr<state_store>, error> state_store::open(const std::filesystem::path& folder,
                                                                    std::size_t map_bytes) {
    auto environment = lmdb::environment::open({folder, map_bytes, databases_max, 126, false});
    if (!environment) return tl::unexpected{std::move(environment.error())};
    std::unique_ptr<state_store> made{new state_store{std::move(*environment)}};
    return made->open_databases()
        .and_then([&] { return made->check_format(); })
        .and_then([&] { return made->open_runs(); })
        .map([&] { return std::move(made); });
}

tl::expected<void, error> state_store::open_databases() {
    const struct {
        const char* name;
        lmdb::key_order order;
        lmdb::database& opened;
    } wanted[] = {
        {"meta", lmdb::key_order::bytes, databases_.meta},
        {"programs", lmdb::key_order::integer, databases_.programs},
        {"parties", lmdb::key_order::bytes, databases_.parties},
        {"books", lmdb::key_order::integer, databases_.books},
        {"merchants", lmdb::key_order::integer, databases_.merchants},
        {"wallets", lmdb::key_order::integer, databases_.wallets},
        {"follow ups", lmdb::key_order::integer, databases_.follow_ups},
        {"certificates", lmdb::key_order::integer, databases_.certificates}, // made where an older version had none
        {"my keys", lmdb::key_order::integer, databases_.my_keys},           // likewise
        {"passwords", lmdb::key_order::integer, databases_.passwords},       // likewise
        {"due", lmdb::key_order::bytes, databases_.due},
        {"codes", lmdb::key_order::bytes, databases_.codes},
        {"bearers", lmdb::key_order::bytes, databases_.bearers},
        {"keys", lmdb::key_order::bytes, databases_.keys},
        {"campaigns", lmdb::key_order::bytes, databases_.campaigns},
        {"occasions", lmdb::key_order::bytes, databases_.occasions},
        {"partners", lmdb::key_order::integer, databases_.partners},
        {"conversions", lmdb::key_order::bytes, databases_.conversions},
        {"purchases", lmdb::key_order::integer, databases_.purchases},
        {"purchasers", lmdb::key_order::bytes, databases_.purchasers},
        {"transfers", lmdb::key_order::bytes, databases_.transfers},
        {"unmatched", lmdb::key_order::bytes, databases_.unmatched},
        {"joinings", lmdb::key_order::bytes, databases_.joinings},
        {"acts", lmdb::key_order::integer, databases_.acts},
        {"runs", lmdb::key_order::bytes, databases_.idempotency.runs},
        {"run filters", lmdb::key_order::bytes, databases_.idempotency.filters},
    };
    for (const auto& one : wanted) {
        auto opened = environment_.open_database(one.name, one.order);
        if (!opened) return tl::unexpected{std::move(opened.error())};
        one.opened = *opened;
    }
    databases_.reference.runs = databases_.idempotency.runs;
    databases_.reference.filters = databases_.idempotency.filters;
    return open_levels(environment_, "idempotency", databases_.idempotency).and_then([this] {
        return open_levels(environment_, "reference", databases_.reference);
    });
}

tl::expected<void, error> state_store::check_format() {
    auto within = environment_.begin_write();
    if (!within) return tl::unexpected{std::move(within.error())};
    auto stored = within->get(databases_.meta, bytes_of(format_key));
    if (!stored) return tl::unexpected{std::move(stored.error())};
    if (*stored) {
        std::uint32_t format = 0;
        if ((**stored).size() != sizeof format) return tl::unexpected{state_damaged("its format")};
        std::memcpy(&format, (**stored).data(), sizeof format);
        if (format >= state_format_without_keys && is_complete(format)) return {};
        error wrong = too_new("the state store has format", format, state_format);
        if (format < state_format) wrong.code = errc::state_damaged; // older: made again
        return tl::unexpected{std::move(wrong)};
    }
    if (auto put = put_format(*within, state_format_without_keys); !put) return put;
    return std::move(*within).commit();
}

tl::expected<void, error> state_store::put_format(lmdb::write_transaction& within, std::uint32_t format) const {
    return within.put(databases_.meta, bytes_of(format_key), std::as_bytes(std::span{&format, 1}));
}

tl::expected<void, error> state_store::note_keys(lmdb::write_transaction& within) const {
    return require_format(within, state_format_with_keys);
}

tl::expected<void, error> state_store::note_campaigns(lmdb::write_transaction& within) const {
    return require_format(within, state_format_with_campaigns);
}

tl::expected<void, error> state_store::note_format(lmdb::write_transaction& within) const {
    return require_format(within, state_format);
}

// At least that one.
tl::expected<void, error> state_store::require_format(lmdb::write_transaction& within, std::uint32_t format) const {
    auto stored = within.get(databases_.meta, bytes_of(format_key));
    if (!stored) return tl::unexpected{std::move(stored.error())};
    std::uint32_t known = 0;
    if (*stored && (**stored).size() == sizeof known) std::memcpy(&known, (**stored).data(), sizeof known);
    if (known >= format) return {};
    return put_format(within, format);
}

tl::expected<void, error> state_store::open_runs() {
    auto within = environment_.begin_read();
    if (!within) return tl::unexpected{std::move(within.error())};
    auto idempotency = index_run_store::open(*within, databases_.idempotency, index_kind::idempotency);
    if (!idempotency) return tl::unexpected{std::move(idempotency.error())};
    auto reference = index_run_store::open(*within, databases_.reference, index_kind::reference);
    if (!reference) return tl::unexpected{std::move(reference.error())};
    idempotency_ = std::move(*idempotency);
    reference_ = std::move(*reference);
    return {};
}

} // namespace meguri::storage
