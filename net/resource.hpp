// What a resource is: one row of the table in routes.cpp. A resource reads its request once into ledger types. Either
// it answers at once from what is durable, or it asks the switch, and the finished operation is rendered.
#pragma once

#include "actors/operation.hpp"
#include "ledger/numeric_code.hpp"
#include "ledger/scope.hpp"
#include "net/code_picture.hpp"
#include "net/http_types.hpp"
#include "net/json_document.hpp"
#include "net/ledger_past.hpp"
#include "net/ledger_view.hpp"
#include "net/outside_work.hpp"
#include "net/problem.hpp"
#include "net/render_ids.hpp"
#include "net/router.hpp"
#include "net/slow_work.hpp"
#include "storage/key_ring.hpp"

#include <tl/expected.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace meguri::net {

class bank_table;
struct card_certificate;
struct steps_to_come;
class card_trust;
struct residents;
struct account_links;
struct bulk_form;
class failure_limit;

// Which kinds of keys open a resource: a set of caller_kind.
class role_set {
public:
    constexpr role_set() noexcept = default;
    constexpr explicit role_set(ledger::caller_kind one) noexcept : bits_{bit(one)} {}
    [[nodiscard]] constexpr bool contains(ledger::caller_kind one) const noexcept { return (bits_ & bit(one)) != 0; }
    [[nodiscard]] constexpr bool empty() const noexcept { return bits_ == 0; }
    friend constexpr role_set operator|(role_set a, role_set b) noexcept {
        role_set both;
        both.bits_ = static_cast<std::uint8_t>(a.bits_ | b.bits_);
        return both;
    }

private:
    static constexpr std::uint8_t bit(ledger::caller_kind one) noexcept {
        return static_cast<std::uint8_t>(1u << static_cast<unsigned>(one));
    }
    std::uint8_t bits_ = 0;
};

// One authenticated request on its way through a resource.
struct call {
    const http_request& request;
    const route_match& route;
    const actors::principal& by;
    const storage::key_ring& keys;
    ledger_view& ledger;
    json_document& json;
    id_texts& ids;
    card_trust& cards;
    residents& people;
    account_links& links;
    failure_limit& tries; // of codes that somebody without a key may guess
    const bank_table& banks;
    const ledger::numeric_format& once_digits;  // of one-time codes, as it is set
    const std::string& gateway_secret;          // of what the gateway signs; empty: there is none
    bool cards_were_asked = false;              // about: what is not known of them by now is not known
    std::optional<actors::principal> acts_as{}; // who asks, where that is found out by the resource itself
    // Of whose revocation nothing is known: the request is served again from its start when they have been asked about.
    std::vector<std::shared_ptr<const card_certificate>> to_ask{};
    // Of a code that is given out: to be answered as a picture.
    symbology picture = symbology::none;
    // Of work of several steps: what follows from the first.
    std::shared_ptr<const steps_to_come> to_come{};

    [[nodiscard]] ledger::instant now() const noexcept { return ledger::instant{request.received_at_ms}; }
    // Before anything is done that cannot be done twice: whether the request waits until that card was asked about.
    [[nodiscard]] bool waits_for(const std::shared_ptr<const card_certificate>& card);
    [[nodiscard]] bool is_staff() const noexcept { return by.caller.kind == ledger::caller_kind::municipality; }
    [[nodiscard]] bool is_resident() const noexcept { return by.caller.kind == ledger::caller_kind::resident; }
    // For a resident there is no wallet but their own.
    [[nodiscard]] bool knows(ledger::wallet_id wallet) const noexcept {
        return !is_resident() || wallet.value() == by.caller.id;
    }
    // And for staff no program but theirs.
    [[nodiscard]] bool knows(ledger::program_code program) const noexcept {
        return !is_staff() || program == by.municipality;
    }
    // What an id in the path names; nullopt: nothing.
    [[nodiscard]] std::optional<std::uint64_t> id(storage::id_kind kind) const {
        const auto named = keys.decode_id(kind, route.captured[0]);
        const bool is_others = named && kind == storage::id_kind::wallet && !knows(ledger::wallet_id{*named});
        return is_others ? std::nullopt : named;
    }
};

// One finished operation on its way to its answer.
struct rendering {
    const actors::operation& done;
    const storage::key_ring& keys;
    ledger_view& ledger;
    id_texts& ids;
    std::string& body;
    residents& people;
    int status = 200;
    std::string_view content_type = "application/json"; // static text
};

using asked = tl::expected<actors::request, problem>;
[[nodiscard]] inline asked refused(problem_code code) { return tl::unexpected{problem{code}}; }
using problem_or_none = std::optional<problem>;

struct resource {
    http_method method = http_method::get;
    std::string_view pattern;
    role_set roles;           // empty: open to all, no key is looked at
    ledger::scope_set scopes; // all of which the key must have
    bool needs_key = false;   // an Idempotency-Key
    asked (*ask)(call&) = nullptr;
    problem_or_none (*answer)(call&, http_response&) = nullptr; // where nothing is to be asked
    problem_or_none (*render)(rendering&) = nullptr;            // of all but commands: those from their entry
    // Where the past is asked for, the question that answers instead: of the finished read, or at once. Empty: it is
    // not.
    past_question (*look_back)(const actors::operation&, const storage::key_ring&) = nullptr;
    tl::expected<past_question, problem> (*look_back_at_once)(call&) = nullptr;
    // Where an io thread would be held up: the work from which the question to the switch comes.
    tl::expected<slow_work, problem> (*ask_slowly)(call&) = nullptr;
    // Where other parties are asked: the first request to them.
    outside_work (*ask_outside)(call&) = nullptr;
    // Of a file that is compared with the past: its answer goes out once what it found is durable.
    tl::expected<past_question, problem> (*compare)(call&) = nullptr;
    // Of a bulk request: what one of its lines asks, and the line's idempotency key as far as it can be read.
    asked (*ask_line)(call&, std::string_view line, std::string& key) = nullptr;
    bool takes_csv = false;          // a file, with a limit of its own
    bool in_steps = false;           // what is finished may not be the last of it
    const bulk_form* form = nullptr; // with ask_line
};

} // namespace meguri::net
