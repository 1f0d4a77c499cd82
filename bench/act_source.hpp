// What the tills of a town do, by a mix, as bytes for the load generator. It knows what each answer must be, does what
// follows an act only once that was answered, and remembers what was told of every one, for the audit.
#pragma once

#include "bench/act.hpp"
#include "bench/act_mix.hpp"
#include "bench/errand.hpp"
#include "bench/http_load.hpp"
#include "bench/request_text.hpp"
#include "bench/wallet_choice.hpp"

#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace meguri::bench {

struct act_count {
    std::uint64_t asked = 0;
    std::uint64_t as_expected = 0;
};

class act_source final : public load_source {
public:
    // `tag`: at most 16 characters of visible ASCII that make the keys this run's own.
    explicit act_source(std::string tag) : text_{std::move(tag)} {}

    void add_till(const std::string& bearer_key) { text_.add_till(bearer_key); }
    void add_code(const std::string& program, const std::string& code) { text_.add_code(program, code); }
    [[nodiscard]] std::size_t codes() const noexcept { return text_.codes(); }
    [[nodiscard]] std::string_view code(std::size_t index) const { return text_.code(index); }
    // Codes of a wallet without points, and of a frozen one: for a mix with declines.
    void set_declined_codes(std::string without_points, std::string frozen);
    void mix_by(const act_mix& mix) { mix_ = mix; }
    // Codes by Zipf's law, the first added the most; after the last was added. `exponent`: 0 to 10.
    void choose_by(double exponent) { choice_.emplace(text_.codes(), exponent); }
    // Of all that is chosen.
    void seed(std::uint64_t with) { random_.seed(with); }
    // So many payments are drawn now and asked first, each by the credential that `sign` gives it: JSON, as in a
    // request, called on as many threads as there are cores. A signature takes longer than the load has time for.
    using signer = std::function<std::string(const errand& one, const std::string& idempotency_key)>;
    void sign_ahead(std::size_t payments, const signer& sign);
    [[nodiscard]] std::size_t signed_left() const noexcept { return signed_.size(); }
    // Those are never asked: their signatures have grown old.
    void drop_signed() noexcept { signed_.clear(); }
    // So many acts wait before what follows them is asked: it comes some time later, as in a shop.
    void let_wait(std::size_t acts) noexcept { waiting_ = acts; }

    void begin_connections() override { under_way_.clear(); }
    void next_request(std::uint32_t connection, std::string& out) override;
    void on_response(std::uint32_t connection, const http_answer& answer) override;

    // By number, from 1: nothing of number 0.
    [[nodiscard]] const std::deque<act>& acts() const noexcept { return acts_; }
    // The key of an act, and the act of a key: 0 of one that this load never made.
    [[nodiscard]] std::string key_of(std::uint64_t number) const { return text_.key_of(number); }
    [[nodiscard]] std::uint64_t number_of(std::string_view idempotency_key) const {
        return text_.number_of(idempotency_key);
    }

    [[nodiscard]] std::uint64_t requests() const noexcept { return requests_; }
    [[nodiscard]] std::uint64_t answers() const noexcept { return answers_; }
    [[nodiscard]] std::uint64_t shed() const noexcept { return shed_; } // answered 503
    [[nodiscard]] const act_count& count_of(act_kind kind) const { return counts_[static_cast<std::size_t>(kind)]; }
    [[nodiscard]] const act_count& repeated() const noexcept { return repeated_; }     // the same request
    [[nodiscard]] const act_count& key_reused() const noexcept { return key_reused_; } // with another request
    // Answers other than the ones that had to come, and a 503 that does not say when to come again.
    [[nodiscard]] std::vector<std::string> faults() const;

private:
    struct signed_errand {
        errand one;
        std::string credential;
    };

    [[nodiscard]] errand begin_life();
    [[nodiscard]] errand begin_declined();
    void give_number(errand& one);
    void write(errand& one, std::string& out);
    void write_signed(const errand& one, std::string_view credential, std::string& out);
    void write_payment(const errand& one, std::string& out);
    void note_shed(const errand& asked, const http_answer& answer);
    void plan_after(const errand& done, std::string_view body);
    void plan_hold_end(const errand& hold, errand next);
    void plan_refund(const errand& done, errand next);
    void plan_reversal(const errand& done, errand next);
    [[nodiscard]] act_count& counts_for(const errand& one);

    request_text text_;
    std::string poor_code_;
    std::string frozen_code_;
    act_mix mix_;
    std::optional<wallet_choice> choice_;
    std::mt19937_64 random_{1};
    std::size_t waiting_ = 32;
    std::deque<act> acts_{1}; // no vector: growing, it would copy millions at once while the load runs
    std::deque<signed_errand> signed_;
    std::deque<errand> to_follow_;
    std::vector<std::deque<errand>> under_way_; // by connection
    std::array<act_count, act_kinds> counts_{};
    act_count repeated_;
    act_count key_reused_;
    std::uint64_t requests_ = 0;
    std::uint64_t answers_ = 0;
    std::uint64_t shed_ = 0;
    std::uint64_t shed_for_ever_ = 0; // 503 without Retry-After, though it can be tried again
    std::uint64_t wrong_ = 0;
    std::string first_wrong_;
};

} // namespace meguri::bench
