#include "actors/person_looks.hpp"

#include "actors/switch_thread.hpp"
#include "ledger/contract.hpp"

namespace meguri::actors {

void person_looks::look(const operation_ptr& grant, ledger::wallet_id wallet) {
    const auto op = make_operation();
    op->asked = look_at_wallet{wallet};
    op->at = grant->at;
    op->reply = this;
    op->ticket.sequence = ++looks_;
    awaited_.emplace(looks_, grant);
    thread_.submit(op);
}

std::optional<person_looks::seen> person_looks::take(const operation& grant) {
    const auto known = seen_.extract(&grant);
    return known.empty() ? std::nullopt : std::optional{known.mapped()};
}

void person_looks::finished(operation& done) noexcept {
    auto waiting = awaited_.extract(done.ticket.sequence);
    EXPECTS(!waiting.empty());
    const auto& grant = waiting.mapped();
    const bool is_known = done.end == ending::read || done.end == ending::refused;
    seen_.insert_or_assign(grant.get(), seen{is_known ? done.end : ending::read_failed, done.refusal,
                                             std::get<look_at_wallet>(done.asked).my_key});
    thread_.again(grant);
}

} // namespace meguri::actors
