// The API's way for work of several steps: from one finished operation to the next.
#include "net/api.hpp"
#include "net/switch_steps.hpp"
#include "storage/steady_clock.hpp"

namespace meguri::net {

void api::go_on(const asker& to, ledger::instant at, next_step&& next) {
    if (const auto* const wrong = std::get_if<problem>(&next)) {
        answer_problem(to, *wrong);
        return;
    }
    if (auto* const back = std::get_if<std::shared_ptr<const past_step>>(&next)) {
        auto then = [this, to, at, step = *back](past_answer&&) { go_on(to, at, step->then()); };
        return ask_the_past(to, (*back)->question, std::move(then));
    }
    const auto& step = *std::get<std::shared_ptr<const switch_step>>(next);
    const auto op = actors::make_operation();
    op->asked = step.asked;
    op->by = step.by;
    op->at = at;
    op->record.caller = step.by.caller;
    op->record.person = step.by.person;
    op->prepared = step.to_come;
    op->stages.received_ns = to.received_ns;
    if (!enter(*op, to.request_id)) {
        answer_problem(to, problem{problem_code::overloaded});
        return;
    }
    op->ticket = ticket_of(to);
    op->reply = this;
    use_.to_switch.submit(op);
}

} // namespace meguri::net
