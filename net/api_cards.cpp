// The API's way for requests that show a card of which nothing is known: they wait until the authorities' responder was
// asked, and are then served from their start, whatever it said. So all that is done for a request is done as if the
// answer had been there when it came, and what looks like a second time of it is the first.
#include "ledger/contract.hpp"
#include "net/api.hpp"
#include "net/kept_request.hpp"

namespace meguri::net {
namespace {

struct waiting_request {
    waiting_request(const call& asking, const asker& who) : request{asking.request}, by{asking.by}, from{who} {}

    kept_request request;
    actors::principal by;
    asker from;
    std::size_t awaited = 1; // answers, and one until all questions were asked
};

} // namespace

// A card that cannot be asked about now is not waited for: it is judged by what is known, which is nothing.
void api::serve_when_asked(call& asking, const asker& from) {
    EXPECTS(!asking.cards_were_asked);
    const auto kept = std::make_shared<waiting_request>(asking, from);
    const auto one_less = [this, kept] {
        if (--kept->awaited > 0) return;
        const auto& request = kept->request.request();
        if (const auto found =
                serve_as(request, router_.match(request.method, request.path), kept->by, kept->from, true))
            answer_problem(kept->from, *found);
    };
    for (const auto& card : asking.to_ask)
        if (use_.statuses.ask(card, one_less)) ++kept->awaited;
    one_less();
}

} // namespace meguri::net
