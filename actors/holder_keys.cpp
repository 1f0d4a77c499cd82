#include "actors/holder_keys.hpp"

#include "actors/new_keys.hpp"
#include "ledger/decide.hpp"

namespace meguri::actors {

tl::expected<const ledger::key_chain*, storage::error> holder_keys::of(const ledger::key_holder& holder,
                                                                       storage::thread_reader& reader) {
    if (const auto known = known_.find(holder); known != known_.end()) return &known->second;
    auto found = reader.find_keys(holder);
    if (!found) return tl::unexpected{std::move(found.error())};
    return &known_.emplace(holder, std::move(*found)).first->second;
}

void holder_keys::see(const ledger::entry& one) {
    const auto changed = storage::changed_keys_of(one);
    if (changed.after != nullptr) known_[changed.holder] = *changed.after;
}

const ledger::key_holder* holder_changed_by(const ledger::command& asked) noexcept {
    if (const auto* const issue = std::get_if<ledger::issue_key>(&asked)) return &issue->holder;
    if (const auto* const revoke = std::get_if<ledger::revoke_key>(&asked)) return &revoke->holder;
    return nullptr;
}

tl::expected<ledger::fact, ledger::refusal> decide_key(const ledger::issue_key& asked, const ledger::key_chain& keys,
                                                       ledger::program_code municipality, const storage::key_ring& ring,
                                                       ledger::instant now) {
    return ledger::decide(asked, keys, now).map([&](ledger::key_chain after) -> ledger::fact {
        const auto number = after.known.back().number;
        const auto key = new_key(ring, asked.holder.kind, asked.holder.id, number);
        return ledger::key_issued{asked.holder, municipality, key, std::move(after)};
    });
}

tl::expected<ledger::fact, ledger::refusal> decide_key(const ledger::revoke_key& asked, const ledger::key_chain& keys) {
    return ledger::decide(asked, keys).map([&](ledger::key_chain after) -> ledger::fact {
        return ledger::key_revoked{asked.holder, asked.number, std::move(after), asked.reason};
    });
}

} // namespace meguri::actors
