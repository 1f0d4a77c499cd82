#include "bench/act_source.hpp"

#include "bench/answer_text.hpp"

#include <algorithm>
#include <thread>
#include <utility>

namespace meguri::bench {
namespace {

constexpr unsigned amount_max = 9;
constexpr std::string_view other_program = "432148"; // that no till of a town of one program accepts

} // namespace

void act_source::set_declined_codes(std::string without_points, std::string frozen) {
    poor_code_ = std::move(without_points);
    frozen_code_ = std::move(frozen);
}

void act_source::next_request(std::uint32_t connection, std::string& out) {
    errand one;
    if (!signed_.empty()) {
        one = std::move(signed_.front().one);
        write_signed(one, signed_.front().credential, out);
        signed_.pop_front();
    } else if (to_follow_.size() > waiting_) {
        one = std::move(to_follow_.front());
        to_follow_.pop_front();
        write(one, out);
    } else {
        one = begin_life();
        write(one, out);
    }
    ++requests_;
    ++counts_for(one).asked;
    if (under_way_.size() <= connection) under_way_.resize(connection + 1);
    under_way_[connection].push_back(std::move(one));
}

void act_source::sign_ahead(std::size_t payments, const signer& sign) {
    const std::size_t from = signed_.size();
    for (std::size_t i = 0; i < payments; ++i) signed_.push_back({begin_life(), {}});
    const std::size_t threads = std::max(1U, std::thread::hardware_concurrency());
    std::vector<std::jthread> signing;
    for (std::size_t first = 0; first < threads; ++first)
        signing.emplace_back([&, first] {
            for (std::size_t i = from + first; i < signed_.size(); i += threads)
                signed_[i].credential = sign(signed_[i].one, text_.key_of(signed_[i].one.number));
        });
}

void act_source::write_signed(const errand& one, std::string_view credential, std::string& out) {
    text_.authorization(out, one.till,
                        {one.number, text_.program(), {}, one.amount, one.kind != act_kind::hold, credential});
}

errand act_source::begin_life() {
    errand one;
    one.within = mix_.draw(random_);
    if (one.within == life::declines) one = begin_declined();
    one.till = static_cast<std::uint16_t>(random_() % text_.tills());
    one.code = static_cast<std::uint32_t>(choice_ ? choice_->next(random_) : random_() % text_.codes());
    one.amount = 1 + static_cast<unsigned>(random_() % amount_max);
    if (one.within == life::hold_capture) one.kind = act_kind::hold;
    if (one.within == life::reversals) {
        constexpr std::array of_reversals{act_kind::pay, act_kind::pay, act_kind::hold, act_kind::bar};
        one.kind = of_reversals[random_() % of_reversals.size()];
        if (one.kind == act_kind::bar) { // the number of the payment to come
            acts_.push_back(act{.kind = act_kind::late});
            one.of = static_cast<std::uint32_t>(acts_.size() - 1);
        }
    }
    give_number(one);
    return one;
}

errand act_source::begin_declined() {
    constexpr std::array kinds{act_kind::unknown_code, act_kind::wrong_program, act_kind::without_points,
                               act_kind::frozen_wallet};
    errand one;
    one.within = life::declines;
    one.kind = kinds[random_() % kinds.size()];
    return one;
}

void act_source::give_number(errand& one) {
    one.number = static_cast<std::uint32_t>(acts_.size());
    acts_.push_back(act{.of = one.of,
                        .till = one.till,
                        .amount = static_cast<std::uint8_t>(one.kind == act_kind::bar ? 0 : one.amount),
                        .kind = one.kind});
}

void act_source::write(errand& one, std::string& out) {
    const unsigned amount = one.leaves_amount_out ? 0 : one.amount;
    switch (rule_of(one.kind).fact) {
    case ledger_fact::capture: return text_.step(out, one.till, one.number, one.payment_id, "captures", amount);
    case ledger_fact::voiding: return text_.step(out, one.till, one.number, one.payment_id, "voids", 0);
    case ledger_fact::refund: return text_.step(out, one.till, one.number, one.payment_id, "refunds", amount);
    case ledger_fact::reversal:
    case ledger_fact::barred: return text_.reversal(out, one.till, one.number, one.of);
    case ledger_fact::captured:
    case ledger_fact::authorized:
    case ledger_fact::declined: return write_payment(one, out);
    }
}

void act_source::write_payment(const errand& one, std::string& out) {
    request_text::payment asked{one.number, text_.program(), text_.code(one.code), one.amount,
                                one.kind != act_kind::hold};
    if (one.again == repetition::other_body) ++asked.amount;
    if (one.kind == act_kind::unknown_code) asked.code = "NOBODYS";
    if (one.kind == act_kind::wrong_program) asked.program = other_program;
    if (one.kind == act_kind::without_points) asked.code = poor_code_;
    if (one.kind == act_kind::frozen_wallet) asked.code = frozen_code_;
    text_.authorization(out, one.till, asked);
}

void act_source::on_response(std::uint32_t connection, const http_answer& answer) {
    ++answers_;
    const errand asked = std::move(under_way_[connection].front());
    under_way_[connection].pop_front();
    if (answer.status == 503) return note_shed(asked, answer);
    const bool names_followed = asked.kind == act_kind::reversal || asked.kind == act_kind::bar;
    const bool is_right = is_as_expected(asked, answer, names_followed ? text_.key_of(asked.of) : std::string{});
    if (!is_right && ++wrong_ == 1)
        first_wrong_ = std::string{rule_of(asked.kind).name} + ' ' + text_.key_of(asked.number) + ": " +
                       std::to_string(answer.status) + ' ' + std::string{answer.body};
    counts_for(asked).as_expected += is_right ? 1U : 0U;
    if (asked.again != repetition::none) return;
    act& told_of = acts_[asked.number];
    told_of.answer = is_right ? told::as_expected : answer.status == 201 ? told::otherwise : told::refused;
    if (!is_right) return;
    told_of.id_digest = digest_of(id_of_act(asked.kind, answer.body));
    plan_after(asked, answer.body);
}

void act_source::note_shed(const errand& asked, const http_answer& answer) {
    ++shed_;
    const auto code = text_behind(answer.body, R"("code":")");
    const bool nothing_happened = code == "overloaded" || code == "not_ready";
    if (nothing_happened && answer.header.find("\r\nRetry-After: ") == std::string_view::npos) ++shed_for_ever_;
    if (asked.again == repetition::none && code != "outcome_unknown") acts_[asked.number].answer = told::refused;
}

// The payment as it stands after the act, for what comes next.
void act_source::plan_after(const errand& done, std::string_view body) {
    if (done.within == life::pay || done.within == life::declines) return;
    errand next = done;
    next.of = is_payment(done.kind) ? done.number : done.of;
    if (is_payment(done.kind)) {
        next.payment_id = id_of_act(done.kind, body);
        next.authorized = done.amount;
        next.captured = done.kind == act_kind::pay ? done.amount : 0;
    }
    switch (done.within) {
    case life::hold_capture: return plan_hold_end(done, std::move(next));
    case life::refunds: return plan_refund(done, std::move(next));
    case life::reversals: return plan_reversal(done, std::move(next));
    case life::retries:
        next.of = done.of;
        next.again = random_() % 4 == 0 ? repetition::other_body : repetition::same;
        next.recorded_answer = digest_of(body);
        return to_follow_.push_back(std::move(next));
    case life::pay:
    case life::declines: return;
    }
}

void act_source::plan_hold_end(const errand& hold, errand next) {
    if (hold.kind != act_kind::hold) return;
    const auto drawn = random_() % 4;
    next.kind = drawn == 0 ? act_kind::voiding : act_kind::capture;
    next.leaves_amount_out = drawn == 1;
    if (drawn > 1) next.amount = 1 + static_cast<unsigned>(random_() % hold.amount);
    give_number(next);
    to_follow_.push_back(std::move(next));
}

void act_source::plan_refund(const errand& done, errand next) {
    if (done.kind == act_kind::refund) {
        next.refunded = done.refunded + done.amount;
        if (random_() % 2 == 0) return;
    }
    const unsigned left = next.captured - next.refunded;
    if (left == 0) return;
    next.kind = act_kind::refund;
    next.leaves_amount_out = random_() % 2 == 0;
    next.amount = next.leaves_amount_out ? left : 1 + static_cast<unsigned>(random_() % left);
    give_number(next);
    to_follow_.push_back(std::move(next));
}

void act_source::plan_reversal(const errand& done, errand next) {
    if (done.kind == act_kind::bar) {
        next.kind = act_kind::late;
        next.number = done.of;
        next.of = done.number;
        acts_[next.number].of = done.number;
        acts_[next.number].till = done.till;
        acts_[next.number].amount = static_cast<std::uint8_t>(done.amount);
    } else if (is_payment(done.kind) && done.kind != act_kind::late) {
        next.kind = act_kind::reversal;
        give_number(next);
    } else {
        return;
    }
    to_follow_.push_back(std::move(next));
}

act_count& act_source::counts_for(const errand& one) {
    if (one.again == repetition::same) return repeated_;
    if (one.again == repetition::other_body) return key_reused_;
    return counts_[static_cast<std::size_t>(one.kind)];
}

std::vector<std::string> act_source::faults() const {
    std::vector<std::string> found;
    if (wrong_ > 0)
        found.push_back(std::to_string(wrong_) +
                        " answers were not the ones that had to come; the first: " + first_wrong_);
    if (shed_for_ever_ > 0)
        found.push_back(std::to_string(shed_for_ever_) + " answers of 503 did not say when to come again");
    return found;
}

} // namespace meguri::bench
