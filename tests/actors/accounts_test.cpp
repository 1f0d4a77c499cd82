// Whose account may be changed by whom, through real actors: staff change the account of a merchant that is wholly
// their municipality's, do not touch one that others have too, and do not learn of others' that they exist.
#include "tests/actors/payment_scene.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace meguri::test {
namespace {

using actors::ending;
using ledger::refusal;

inline constexpr auto aso = *ledger::program_code::parse("432148");

class accounts : public payment_scene {
protected:
    accounts() {
        furnish();
        const auto op = stepped_switch::first_operator();
        running->decided<ledger::program_opened>(
            op, ledger::command{ledger::open_program{
                    {aso, "阿蘇市ポイント", 180, false, ledger::issuer_kind::municipality, false}}});
    }
    static actors::principal staff_of(ledger::program_code municipality, std::uint64_t person) {
        actors::principal by;
        by.municipality = municipality;
        by.caller = {ledger::caller_kind::municipality, municipality.number()};
        by.person = person;
        return by;
    }
    ledger::merchant_id joined(std::vector<ledger::program_code> programs) {
        return running
            ->decided<ledger::merchant_joined>(stepped_switch::first_operator(),
                                               ledger::command{ledger::join_merchant{"店", std::move(programs)}})
            .id;
    }
    actors::operation_ptr propose(const actors::principal& by, ledger::merchant_id of) {
        ledger::bank_account account;
        account.holder = "ｲｼﾉﾏｷ";
        return running->ask(
            by, ledger::command{ledger::propose_account{{ledger::applicant_kind::merchant, of.value()},
                                                        std::make_shared<const ledger::bank_account>(account),
                                                        ledger::jst_day::of(running->now),
                                                        "開設"}});
    }
    actors::operation_ptr approve(const actors::principal& by, ledger::merchant_id of,
                                  ledger::journal_position proposal) {
        return running->ask(by, ledger::command{ledger::decide_account{
                                    {ledger::applicant_kind::merchant, of.value()}, proposal, true, {}}});
    }
    static void expect_refused(const actors::operation_ptr& op, refusal why) {
        EXPECT_EQ(op->end, ending::refused);
        EXPECT_EQ(op->refusal, why);
    }
};

TEST_F(accounts, of_merchants_are_changed_by_staff_whose_they_wholly_are) {
    const auto own = joined({ishinomaki});
    const auto shared = joined({ishinomaki, aso});
    const auto others = joined({aso});
    const auto maker = staff_of(ishinomaki, 2);
    const auto checker = staff_of(ishinomaki, 3);
    const auto stranger = staff_of(aso, 4);
    expect_refused(propose(maker, shared), refusal::forbidden);
    expect_refused(propose(maker, others), refusal::merchant_unknown);
    const auto proposed = propose(maker, own);
    ASSERT_EQ(proposed->end, ending::decided);
    expect_refused(approve(stranger, own, proposed->record.position), refusal::merchant_unknown);
    expect_refused(approve(maker, own, proposed->record.position), refusal::second_person_required);
    EXPECT_EQ(approve(checker, own, proposed->record.position)->end, ending::decided);

    const auto of_shared = propose(stepped_switch::first_operator(), shared);
    ASSERT_EQ(of_shared->end, ending::decided);
    expect_refused(approve(checker, shared, of_shared->record.position), refusal::forbidden);
}

} // namespace
} // namespace meguri::test
