// An api with everything around it replaced by something obviously right: a switch that only keeps what it is handed,
// a ledger that is a list of entries, a front end that keeps the answers. For the tests of parsing, roles and
// rendering; the real switch is under the acceptance tests.
#pragma once

#include "net/api.hpp"
#include "net/card_trust.hpp"
#include "tests/support/http_client.hpp"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace meguri::test {

[[nodiscard]] const storage::key_ring& scene_keys();

inline constexpr std::string_view ishinomaki = "042021";
inline constexpr std::string_view aso = "432148";

class kept_ledger final : public net::ledger_view {
public:
    std::map<std::string, actors::principal, std::less<>> bearers;                 // by key
    std::vector<ledger::entry> entries;                                            // position n stands at n - 1
    std::map<std::uint64_t, std::vector<ledger::certificate_digest>> certificates; // by terminal
    ledger::books shown;
    bool broken = false;
    int bearer_reads = 0;
    int certificate_reads = 0;

    // Appends with the next position, chained to the wallet's last entry.
    ledger::journal_position add(ledger::entry one);

    read<std::optional<actors::principal>> find_bearer(const ledger::digest128& key) override;
    std::map<ledger::key_holder, ledger::key_chain> keys;
    read<ledger::key_chain> keys_of(const ledger::key_holder& holder) override;
    read<std::vector<ledger::certificate_digest>> find_certificates(ledger::outlet_id terminal) override;
    std::map<ledger::wallet_id, std::string> passwords; // hashes
    read<std::optional<std::string>> find_password(ledger::wallet_id wallet) override;
    std::map<ledger::my_key_id, storage::known_my_key> my_keys;
    std::multimap<storage::index_key, ledger::journal_position> conversions;
    read<std::optional<ledger::journal_position>> find_conversion(storage::index_kind kind,
                                                                  const ledger::digest128& digest) override;
    read<std::vector<ledger::journal_position>> conversion_list(std::uint64_t list, ledger::journal_position before,
                                                                std::size_t limit) override;
    read<std::optional<storage::known_my_key>> find_my_key(ledger::my_key_id id) override;
    read<std::optional<ledger::entry>> newest_of_purchase(ledger::purchase_reference reference) override;
    read<std::optional<ledger::entry>> newest_of_transfer(const ledger::digest128&) override { return std::nullopt; }
    std::map<ledger::digest128, ledger::journal_position> joinings;
    read<std::optional<ledger::journal_position>> find_joining(const ledger::digest128& joining) override;
    read<std::optional<ledger::entry>> entry_at(ledger::journal_position position) override;
    read<std::optional<ledger::entry>> newest_of_payment(ledger::journal_position decision) override;
    read<std::vector<ledger::journal_position>> payments_under(const ledger::digest128& reference,
                                                               std::size_t limit) override;
    read<std::vector<ledger::journal_position>> acts_before(ledger::journal_position before,
                                                            std::size_t limit) override;
    ledger::books books() override { return shown; }
};

class kept_operations final : public net::submitter {
public:
    std::vector<actors::operation_ptr> taken;
    void submit(actors::operation_ptr op) override { taken.push_back(std::move(op)); }
    std::uint32_t shed_payments = 0;
    void shed(const actors::operation& op) override { shed_payments += op.payment() != nullptr; }
};

// Answers at once: from what a test put there, which questions it kept.
class kept_past final : public net::past_desk, public net::ledger_past {
public:
    ledger::wallet wallet;
    ledger::merchant merchant;
    ledger::books shown;
    bool broken = false;
    bool full = false;
    ledger::journal_position newest = 0; // as it was asked for
    ledger::instant at;

    bool ask(net::past_question question, std::function<void(net::past_result)> answered) override {
        if (full) return false;
        answered(question(*this));
        return true;
    }
    read<ledger::wallet> wallet_at(ledger::journal_position from, ledger::instant when) override {
        newest = from;
        return seen(wallet, when);
    }
    read<ledger::merchant> merchant_at(const ledger::merchant& today, ledger::instant when) override {
        merchant.terms = today.terms;
        return seen(merchant, when);
    }
    read<void> wallet_entries(ledger::journal_position from, ledger::instant when, const visitor& visit) override {
        return told(from, when, visit);
    }
    read<void> merchant_entries(ledger::journal_position from, ledger::instant when, const visitor& visit) override {
        return told(from, when, visit);
    }
    std::vector<ledger::entry> chain; // oldest first
    read<ledger::entry> entry_at(ledger::journal_position position) override {
        if (position == 0 || position > entries.size()) return tl::unexpected{storage::error{}};
        return entries[position - 1];
    }
    std::vector<ledger::entry> entries;
    read<ledger::books> books_at(ledger::instant when) override { return seen(shown, when); }

private:
    read<void> told(ledger::journal_position from, ledger::instant when, const visitor& visit) {
        newest = from;
        at = when;
        if (broken) return tl::unexpected{storage::error{}};
        for (const auto& one : chain) visit(one);
        return {};
    }
    template <class T>
    read<T> seen(const T& value, ledger::instant when) {
        at = when;
        if (broken) return tl::unexpected{storage::error{}};
        return value;
    }
};

// Does the work at once, unless it is full.
class kept_work final : public net::slow_desk {
public:
    bool full = false;
    int done = 0;
    bool ask(net::slow_work work, std::function<void(net::slow_result)> answered) override {
        if (full) return false;
        ++done;
        answered(work());
        return true;
    }
};

// Keeps what is to be sent to others; the test answers.
class kept_outside final : public net::outbound_desk {
public:
    struct one_sent {
        net::web_request asked;
        net::web_done done;
    };
    std::vector<one_sent> sent;
    bool full = false;
    bool send(net::web_request asked, net::web_done done) override {
        if (full) return false;
        sent.push_back({std::move(asked), std::move(done)});
        return true;
    }
    // The one that was sent last.
    void answer(unsigned status, std::string body) {
        const auto done = sent.back().done;
        done(net::web_response{status, {}, std::move(body)});
    }
};

// Keeps which cards are to be asked about; the test says when that is done.
class kept_statuses final : public net::card_status_desk {
public:
    struct question {
        std::shared_ptr<const net::card_certificate> card;
        std::function<void()> done;
    };
    std::vector<question> asked;
    bool full = false;
    bool ask(std::shared_ptr<const net::card_certificate> card, std::function<void()> done) override {
        if (full) return false;
        asked.push_back({std::move(card), std::move(done)});
        return true;
    }
    // All that were asked so far, whatever is known by now.
    void end_all() {
        for (const auto& one : std::exchange(asked, {})) one.done();
    }
};

class kept_answers final : public net::responder {
public:
    std::vector<net::http_response> given;
    void respond(net::reply_address, net::http_response&& answer) override { given.push_back(std::move(answer)); }
    std::string take_body() override { return {}; }
};

struct asking {
    std::string_view method = "POST";
    std::string_view target = "/v1/authorizations";
    std::string_view body = {};
    std::string_view key = "te";       // of the scene's keys; empty: none
    std::string_view idempotency = {}; // empty: no header
    std::string_view content_type = "application/json";
};

// When the scene's requests come.
inline constexpr std::int64_t scene_now_ms = 1'790'000'000'000;

class api_scene {
public:
    api_scene();
    ~api_scene() { operations.taken.clear(); } // those that nobody ended are answered while the api is there

    // The scene's principals: "op", "mu" (Ishinomaki's), "te", "sh" (merchant 7's), "pa"; and of other persons "op2",
    // "mu2" (Ishinomaki's too), "aso". "se" is a session of the resident of wallet 3.
    [[nodiscard]] static std::string key_of(std::string_view role);

    // Hands a request over; what was answered at once stands in `answers`, else an operation in `operations`.
    void ask(const asking& one);
    // The same, expecting an answer at once.
    net::http_response answer(const asking& one);
    // The same, expecting an operation.
    actors::operation_ptr operation(const asking& one);
    // Ends the operation as the switch would, and gives the answer.
    net::http_response decide(const actors::operation_ptr& op, ledger::fact what);
    net::http_response end(const actors::operation_ptr& op, actors::ending how);

    net::service_state service;
    kept_ledger ledger;
    kept_operations operations;
    kept_past past;
    kept_answers answers;
    net::connection_memory memory;
    std::shared_ptr<net::card_trust> cards = *net::card_trust::load({}); // that knows nobody
    net::residents people{{.passwords = {.memory_kib = 8, .passes = 1}}};
    kept_work slow;
    net::account_links links; // of partner 3 alone
    kept_outside outside;
    kept_statuses statuses;
    std::uint32_t operations_max = 16;
    net::api api;
    std::string session; // the token of "se"
    std::int64_t now_ms = scene_now_ms;
};

// What of a body a test wants to look at: the text of a top-level member, or "".
[[nodiscard]] std::string member(std::string_view body, std::string_view name);

[[nodiscard]] http_reply as_reply(const net::http_response& answer);
[[nodiscard]] std::string authorization_path(std::uint64_t position);

[[nodiscard]] std::string wallet_id(std::uint64_t number);
[[nodiscard]] std::string merchant_id(std::uint64_t number);
[[nodiscard]] ledger::program_code program(std::string_view digits);

// A captured payment of merchant 7's terminal 1 from wallet 3, of 1,200 points in Ishinomaki's program.
[[nodiscard]] ledger::payment_decided sample_payment();
// The step of it by entry 41, which leaves it in `status` with 900 captured of which `refunded` were given back.
[[nodiscard]] ledger::payment_changed sample_step(ledger::payment_step step, ledger::payment_status status,
                                                  std::int64_t refunded = 0);
[[nodiscard]] ledger::lot_use sample_lot(std::string_view of_program, std::int64_t amount);

// 800 points of partner 3 that wallet 3 was credited at 2026-04-01T03:04:05.678Z: undecided until the 15th is over.
[[nodiscard]] ledger::points_granted sample_conversion();
// 500 of them to Ishinomaki's program.
[[nodiscard]] ledger::points_transferred sample_transfer();
// Staff member 2 asks for 300 of `budget:042021:health` in Ishinomaki's program to be credited to wallet 3, or taken.
[[nodiscard]] ledger::correction_proposed sample_correction(ledger::correction_kind kind);
// The same, proposed by entry 41 and decided.
[[nodiscard]] ledger::correction_decided sample_decision(ledger::correction_kind kind, bool approved);

} // namespace meguri::test
