#include "actors/joining.hpp"

#include "actors/switch_thread.hpp"
#include "ledger/contract.hpp"

namespace meguri::actors {
namespace {

struct digest_of_joining {
    const storage::key_ring& keys;

    ledger::digest128 operator()(const ledger::submit_application& asked) const {
        return keys.digest_of_applicant(*asked.what);
    }
    ledger::digest128 operator()(const ledger::decide_application& asked) const {
        return keys.digest_of_application(asked.application);
    }
    ledger::digest128 operator()(const ledger::propose_account& asked) const {
        return keys.digest_of_account(asked.holder);
    }
    ledger::digest128 operator()(const ledger::decide_account& asked) const {
        return keys.digest_of_account(asked.holder);
    }
    template <class Other>
    ledger::digest128 operator()(const Other&) const {
        EXPECTS(!"a command about what joins");
        return {};
    }
};

} // namespace

std::optional<joining_seen> claim_joining(const operation_ptr& op, switch_thread& thread) {
    const auto digest = std::visit(digest_of_joining{thread.shared().store().keys()}, *op->command());
    op->card_claim = thread.shared().claims().claim(digest);
    if (op->card_claim == nullptr) {
        const bool submits = std::holds_alternative<ledger::submit_application>(*op->command());
        thread.refuse(op, submits ? ledger::refusal::application_exists : ledger::refusal::invalid_state);
        return std::nullopt;
    }
    const auto newest = thread.reader().find_joining(digest);
    if (newest && !*newest) return joining_seen{};
    if (newest)
        if (auto found = thread.reader().read(**newest)) return joining_seen{std::move(*found)};
    thread.settle(op, ending::read_failed);
    return std::nullopt;
}

bool is_about_joining(const ledger::command& asked) noexcept {
    return std::holds_alternative<ledger::submit_application>(asked) ||
           std::holds_alternative<ledger::decide_application>(asked) ||
           std::holds_alternative<ledger::propose_account>(asked) ||
           std::holds_alternative<ledger::decide_account>(asked);
}

bool begins_merchant(const ledger::command& asked) noexcept {
    if (std::holds_alternative<ledger::join_merchant>(asked)) return true;
    const auto* const decided = std::get_if<ledger::decide_application>(&asked);
    return decided != nullptr && decided->approve && decided->kind == ledger::applicant_kind::merchant;
}

} // namespace meguri::actors
