// Keys through real actors, journal and state store, stepped: numbered one after the other whatever is under way, found
// at every stage of a checkpoint, and never all taken away.
#include "storage/key_ring.hpp"
#include "tests/actors/payment_scene.hpp"

#include <gtest/gtest.h>

namespace meguri::test {
namespace {

using actors::ending;
using ledger::refusal;
using kind = ledger::caller_kind;

constexpr ledger::key_holder first_holder{kind::operator_, 1};

class keys_of_holders : public payment_scene {
protected:
    [[nodiscard]] ledger::key_holder till_holder() const { return {kind::terminal, by_till().outlet.value()}; }
    [[nodiscard]] actors::principal by_till() const { return till; }
    static ledger::issue_key issuing(const ledger::key_holder& to) {
        return {to, ledger::scope_set::unrestricted(), {}};
    }
    static actors::principal operator_by() { return stepped_switch::first_operator(); }
    static actors::principal staff_of(const char* municipality) {
        actors::principal by;
        by.municipality = *ledger::program_code::parse(municipality);
        by.caller = {kind::municipality, by.municipality.number()};
        by.person = 99;
        return by;
    }
    actors::operation_ptr issue(const ledger::key_holder& to, std::optional<std::int64_t> overlap_s = {},
                                const actors::principal& by = operator_by(),
                                ledger::scope_set scopes = ledger::scope_set::unrestricted()) {
        return running->ask(by, ledger::command{ledger::issue_key{to, scopes, overlap_s}});
    }
    actors::operation_ptr revoke(const ledger::key_holder& of, std::uint32_t number,
                                 const actors::principal& by = operator_by()) {
        return running->ask(by, ledger::command{ledger::revoke_key{of, number, "試験"}});
    }
    void expect_refused(const actors::operation_ptr& op, refusal why) {
        EXPECT_EQ(op->end, ending::refused);
        EXPECT_EQ(op->refusal, why);
    }
    ledger::key_chain chain_of(const ledger::key_holder& holder) {
        return running->thread().reader().find_keys(holder).value();
    }
    // Whose key is shown for that number.
    std::optional<storage::bearer_owner> owner_of(const ledger::key_holder& holder, std::uint32_t number) {
        const auto& ring = running->store().keys();
        const auto text = ring.bearer_key(holder.kind, holder.id, {}, number - 1);
        return running->thread().reader().find_bearer(ring.digest_of_bearer(text.reveal())).value();
    }
};

TEST_F(keys_of_holders, are_numbered_one_after_the_other_wherever_the_last_one_is) {
    furnish();
    const auto holder = till_holder();
    const auto first = running->submit(operator_by(), ledger::command{issuing(holder)});
    const auto at_once = running->submit(operator_by(), ledger::command{issuing(holder)});
    running->settle();
    EXPECT_EQ(std::get<ledger::key_issued>(first->record.what).after.known.back().number, 2u);
    EXPECT_EQ(std::get<ledger::key_issued>(at_once->record.what).after.known.back().number, 3u);
    const auto expect_next = [&](std::uint32_t number, const char* where) {
        const auto op = issue(holder);
        ASSERT_EQ(op->end, ending::decided) << where;
        EXPECT_EQ(std::get<ledger::key_issued>(op->record.what).after.known.back().number, number) << where;
        EXPECT_EQ(chain_of(holder).known.size(), number) << where;
        const auto owner = owner_of(holder, number);
        ASSERT_TRUE(owner.has_value()) << where;
        EXPECT_EQ(owner->key_number, number);
        EXPECT_EQ(owner->caller, till.caller);
        EXPECT_EQ(owner->merchant, till.merchant);
        EXPECT_EQ(owner->outlet, till.outlet);
        EXPECT_EQ(owner->holder(), holder);
    };
    expect_next(4, "in the lag window");
    running->checkpoint();
    expect_next(5, "stored, its actor alive");
    running->checkpoint();
    passivate();
    expect_next(6, "after passivation");
    open(2);
    expect_next(7, "after a restart");
}

TEST_F(keys_of_holders, of_parties_are_the_registrys) {
    furnish();
    const auto staff =
        running->decided<ledger::staff_added>(operator_by(), ledger::command{ledger::add_staff{ishinomaki, "係"}});
    const ledger::key_holder holder{kind::municipality, staff.id.value()};
    const auto op = issue(holder, 60, staff_of("042021"));
    ASSERT_EQ(op->end, ending::decided);
    const auto& issued = std::get<ledger::key_issued>(op->record.what);
    EXPECT_EQ(issued.municipality, ishinomaki);
    EXPECT_EQ(issued.after.find(1)->ends_at, running->now.plus_ms(60'000));
    const auto owner = owner_of(holder, 2);
    ASSERT_TRUE(owner.has_value());
    EXPECT_EQ(owner->caller, (ledger::caller_ref{kind::municipality, 42021}));
    EXPECT_EQ(owner->person, staff.id.value());
    EXPECT_EQ(owner->municipality, ishinomaki);
    EXPECT_EQ(owner->holder(), holder);
    expect_refused(issue(holder, {}, staff_of("432148")), refusal::holder_unknown);
    expect_refused(revoke(holder, 1, staff_of("432148")), refusal::holder_unknown);
    expect_refused(issue({kind::municipality, 777}), refusal::holder_unknown);
    expect_refused(issue({kind::partner, staff.id.value()}), refusal::holder_unknown);
    running->checkpoint();
    open(1); // the registry and its checkpoint are as they were
    EXPECT_EQ(chain_of(holder), issued.after);
}

TEST_F(keys_of_holders, of_outlets_are_changed_by_whoever_may_change_the_outlet) {
    furnish();
    const auto holder = till_holder();
    EXPECT_EQ(issue(holder, {}, staff_of("042021"))->end, ending::decided);
    expect_refused(issue(holder, {}, staff_of("432148")), refusal::merchant_unknown);
    expect_refused(issue({kind::shop, holder.id}), refusal::outlet_unknown);
    expect_refused(issue({kind::terminal, holder.id + 5}), refusal::outlet_unknown);
    expect_refused(issue({kind::terminal, 77'777'777}), refusal::merchant_unknown);
    expect_refused(revoke(holder, 9), refusal::key_unknown);
    EXPECT_EQ(revoke(holder, 2)->end, ending::decided);
    expect_refused(revoke(holder, 2), refusal::invalid_state);
    EXPECT_TRUE(chain_of(holder).find(2)->revoked);
}

TEST_F(keys_of_holders, sixteen_of_one_holder_are_usable_at_most) {
    furnish();
    const auto holder = till_holder();
    for (int i = 0; i < 15; ++i) ASSERT_EQ(issue(holder)->end, ending::decided);
    expect_refused(issue(holder), refusal::keys_exhausted);
    EXPECT_EQ(revoke(holder, 1)->end, ending::decided);
    EXPECT_EQ(issue(holder)->end, ending::decided);
    EXPECT_EQ(chain_of(holder).find(1), nullptr) << "forgotten, and opens nothing for that";
}

TEST_F(keys_of_holders, the_last_operator_is_not_locked_out) {
    furnish();
    const auto scoped = ledger::scope_set{ledger::scope::keys};
    expect_refused(revoke(first_holder, 1), refusal::last_operator_key);
    expect_refused(issue(first_holder, 3'600, operator_by(), scoped), refusal::last_operator_key);
    EXPECT_EQ(issue(first_holder, {}, operator_by(), scoped)->end, ending::decided);
    expect_refused(revoke(first_holder, 1), refusal::last_operator_key); // what is left opens not everything
    EXPECT_EQ(issue(first_holder, 3'600)->end, ending::decided);
    EXPECT_EQ(revoke(first_holder, 1)->end, ending::decided);
    expect_refused(revoke(first_holder, 3), refusal::last_operator_key);
    const auto other =
        running->decided<ledger::operator_added>(operator_by(), ledger::command{ledger::add_operator{"検査"}});
    EXPECT_EQ(revoke(first_holder, 3)->end, ending::decided);
    expect_refused(revoke({kind::operator_, other.id.value()}, 1), refusal::last_operator_key);
    open(1);
    expect_refused(revoke({kind::operator_, other.id.value()}, 1), refusal::last_operator_key); // after a restart
}

} // namespace
} // namespace meguri::test
