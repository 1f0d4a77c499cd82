// Cards on a stepped switch: one card to one wallet, whoever is quicker, and a judgement that comes after the look at
// the idempotency key.
#include "storage/journal_writer.hpp"
#include "tests/actors/payment_scene.hpp"

namespace meguri::test {
namespace {

using actors::ending;
using ledger::refusal;

// Says what the test wants, and counts how often it was asked.
class told_evidence final : public ledger::card_evidence {
public:
    std::optional<ledger::card_facts> found = ledger::card_facts{true, false, {}, ledger::instant{1'990'000'000'000}};
    mutable int judged = 0;
    [[nodiscard]] std::optional<ledger::card_facts> judge(ledger::instant) const override {
        ++judged;
        return found;
    }
};

class cards : public payment_scene {
protected:
    cards() { furnish(); }

    [[nodiscard]] ledger::command bind(ledger::wallet_id to) const { return ledger::bind_card{to, identity, evidence}; }
    [[nodiscard]] ledger::command pay_by_card(std::int64_t amount) const {
        return ledger::authorize{ishinomaki, yen(amount), "R-1",
                                 identity,   true,        ledger::presented_card{signed_at, evidence}};
    }
    void bound() { running->decided<ledger::card_bound>(stepped_switch::first_operator(), bind(wallet)); }

    ledger::digest128 identity{7, 8};
    std::shared_ptr<told_evidence> evidence = std::make_shared<told_evidence>();
    ledger::instant signed_at = running->now;
};

TEST_F(cards, come_to_one_wallet_though_two_bind_at_once) {
    for (const std::uint32_t threads : {1U, 3U}) {
        SCOPED_TRACE(threads);
        open(threads);
        auto& on = *running;
        const auto by = stepped_switch::first_operator();
        const auto other = on.decided<ledger::wallet_opened>(by, ledger::command{ledger::open_wallet{}}).id;
        identity.low += threads;
        const auto first = on.submit(by, bind(wallet));
        const auto second = on.submit(by, bind(other));
        on.settle();
        EXPECT_NE(first->end == ending::decided, second->end == ending::decided);
        const auto& late = first->end == ending::decided ? second : first;
        EXPECT_EQ(late->end, ending::refused);
        EXPECT_EQ(late->refusal, refusal::card_already_bound);
        for (const auto to : {wallet, other}) EXPECT_EQ(on.ask(by, bind(to))->refusal, refusal::card_already_bound);
        on.checkpoint();
        for (const auto to : {wallet, other}) EXPECT_EQ(on.ask(by, bind(to))->refusal, refusal::card_already_bound);
    }
}

TEST_F(cards, that_cannot_be_bound_can_be_bound_later) {
    const auto by = stepped_switch::first_operator();
    const auto good = evidence->found;
    evidence->found.reset();
    EXPECT_EQ(running->ask(by, bind(wallet), "b-1")->refusal, refusal::verification_unavailable);
    evidence->found = ledger::card_facts{};
    EXPECT_EQ(running->ask(by, bind(wallet), "b-1")->refusal, refusal::card_not_accepted);
    evidence->found = good;
    EXPECT_EQ(running->ask(by, bind(wallet), "b-1")->end, ending::decided);
    evidence->found.reset();
    EXPECT_EQ(running->ask(by, bind(wallet), "b-1")->end, ending::replayed);
}

TEST_F(cards, are_not_judged_for_a_repetition) {
    bound();
    const auto paid = running->decided<ledger::payment_decided>(till, pay_by_card(100), "p-1");
    EXPECT_EQ(paid.status, ledger::payment_status::captured);
    const int judged = evidence->judged;
    evidence->found.reset();
    running->now = running->now.plus_ms(10 * day_ms);
    const auto again = running->ask(till, pay_by_card(100), "p-1");
    EXPECT_EQ(again->end, ending::replayed);
    EXPECT_EQ(evidence->judged, judged);
}

TEST_F(cards, that_cannot_be_judged_leave_the_key_free) {
    bound();
    const auto good = evidence->found;
    evidence->found.reset();
    const auto before = running->store().writer().durable_position();
    const auto refused = running->ask(till, pay_by_card(100), "p-1");
    EXPECT_EQ(refused->end, ending::refused);
    EXPECT_EQ(refused->refusal, refusal::verification_unavailable);
    EXPECT_EQ(running->store().writer().durable_position(), before);
    evidence->found = good;
    EXPECT_EQ(running->decided<ledger::payment_decided>(till, pay_by_card(100), "p-1").decline,
              ledger::decline_code::none);
    EXPECT_EQ(balance(), 4900);
}

TEST_F(cards, are_retired_in_the_state_store_too) {
    bound();
    const auto by = stepped_switch::first_operator();
    running->decided<ledger::card_retired>(by, ledger::command{ledger::retire_card{wallet, 2, 1, "紛失"}});
    running->checkpoint();
    passivate();
    EXPECT_EQ(running->decided<ledger::payment_decided>(till, pay_by_card(100), "p-1").decline,
              ledger::decline_code::credential_revoked);
    EXPECT_EQ(running->ask(by, ledger::command{ledger::retire_card{wallet, 2, 1, "紛失"}})->refusal,
              refusal::invalid_state);
}

} // namespace
} // namespace meguri::test
