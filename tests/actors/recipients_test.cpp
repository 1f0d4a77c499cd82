// Files of recipients through real actors, journal and state store, stepped: checked whole before anything is granted,
// their budget reserved at once, their rows granted once however often the switch ends in between.
#include "tests/actors/payment_scene.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <utility>

namespace meguri::test {
namespace {

using actors::ending;
using ledger::left_out_reason;
using ledger::line_fault;
using ledger::refusal;

// Lines that are read already.
class lines_at_hand final : public ledger::recipients_source {
public:
    explicit lines_at_hand(std::vector<ledger::read_recipient> lines) : lines_{std::move(lines)} {
        for (std::size_t i = 0; i < lines_.size(); ++i) lines_[i].line = static_cast<std::uint32_t>(i + 2);
    }
    bool read_some(std::size_t lines_max, std::vector<ledger::read_recipient>& into,
                   std::vector<ledger::faulty_line>&) override {
        for (std::size_t i = 0; i < lines_max && next_ < lines_.size(); ++i) into.push_back(lines_[next_++]);
        return next_ < lines_.size();
    }
    void tell(const ledger::faulty_line& one) override { told.push_back(one); }
    [[nodiscard]] std::size_t faults() const noexcept override { return told.size(); }

    std::vector<ledger::faulty_line> told;

private:
    std::vector<ledger::read_recipient> lines_;
    std::size_t next_ = 0;
};

class recipients : public payment_scene {
protected:
    void begin(std::int64_t budget, std::uint32_t io_threads = 1) {
        open(io_threads);
        furnish();
        const auto added = running->decided<ledger::operator_added>(stepped_switch::first_operator(),
                                                                    ledger::command{ledger::add_operator{"検査"}});
        second.caller = {ledger::caller_kind::operator_, added.id.value()};
        second.person = added.id.value();
        approve_campaign(budget, *ledger::parse_date("2026-01-01"));
    }
    // The one that files are sent to from now on.
    void approve_campaign(std::int64_t budget, ledger::jst_day first_day) {
        const ledger::campaign_terms terms{"歩いて健康",
                                           *ledger::funding_source::parse("budget:042021:health"),
                                           yen(budget),
                                           first_day,
                                           *ledger::parse_date("2027-03-31"),
                                           ledger::amount_rule::up_to,
                                           yen(100),
                                           {}};
        const auto op = running->ask(stepped_switch::first_operator(),
                                     ledger::command{ledger::propose_campaign{
                                         ishinomaki, std::make_shared<const ledger::campaign_terms>(terms)}});
        campaign = op->record.position;
        running->decided<ledger::campaign_changed>(
            second, ledger::command{ledger::decide_campaign{ishinomaki, campaign, true, {}}});
    }
    std::vector<ledger::wallet_id> new_wallets(std::size_t count) {
        std::vector<ledger::wallet_id> made(count);
        for (auto& one : made)
            one = running
                      ->decided<ledger::wallet_opened>(stepped_switch::first_operator(),
                                                       ledger::command{ledger::open_wallet{}})
                      .id;
        return made;
    }
    static ledger::read_recipient line(ledger::wallet_id to, std::string occasion, std::int64_t amount) {
        return {0, to, {}, std::move(occasion), yen(amount), {}};
    }
    actors::operation_ptr send(std::vector<ledger::read_recipient> lines, const std::string& key,
                               unsigned char digest = 1) {
        source = std::make_shared<lines_at_hand>(std::move(lines));
        ledger::accept_recipients asked{ishinomaki, campaign, {}, source};
        asked.digest.fill(std::byte{digest});
        return running->submit(stepped_switch::first_operator(), ledger::command{std::move(asked)}, key);
    }
    ledger::campaign stands() {
        const auto op = running->ask(stepped_switch::first_operator(), actors::read_campaigns{ishinomaki, campaign});
        return op->campaigns_seen.at(0);
    }
    void freeze(ledger::wallet_id one) {
        running->decided<ledger::freeze_changed>(
            stepped_switch::first_operator(),
            ledger::command{ledger::set_freeze{ledger::freeze_subject::wallet, one.value(), true, "紛失"}});
    }
    // Another run of the process over the same ledger.
    void start_again(std::uint32_t io_threads = 1) {
        running->shared().end();
        open(io_threads);
        running->thread().follow_recipients(running->now);
        running->settle();
    }
    std::int64_t available(ledger::wallet_id one) {
        const auto op = running->ask(stepped_switch::first_operator(), actors::read_wallet{one});
        return op->wallet_seen->available(ishinomaki, ledger::jst_day::of(running->now)).value();
    }
    void expect_refused(const actors::operation_ptr& op, refusal why) {
        EXPECT_EQ(op->end, ending::refused);
        EXPECT_EQ(op->refusal, why);
    }

    ledger::journal_position campaign = 0;
    actors::principal second;
    std::shared_ptr<lines_at_hand> source;
};

TEST_F(recipients, are_granted_row_by_row_once_their_file_is_accepted) {
    begin(100'000, 2);
    const auto wallets = new_wallets(600);
    std::vector<ledger::read_recipient> lines;
    for (const auto one : wallets) lines.push_back(line(one, "walk", 100));
    const auto op = send(lines, "k");
    running->settle();
    ASSERT_EQ(op->end, ending::decided);
    const auto& accepted = std::get<ledger::recipients_accepted>(op->record.what);
    EXPECT_EQ(accepted.rows, 600U);
    EXPECT_EQ(accepted.sum, yen(60'000));
    EXPECT_EQ(accepted.lists.size(), 3U);
    const auto after = stands();
    EXPECT_EQ(after.granted, yen(60'000));
    EXPECT_EQ(after.reserved, yen(0));
    EXPECT_EQ(after.files.at(0).granted, 600U);
    for (const auto one : wallets) EXPECT_EQ(available(one), 100);
    const auto again = send(lines, "k");
    running->settle();
    EXPECT_EQ(again->end, ending::replayed);
    const auto repeated = send(lines, "another");
    running->settle();
    expect_refused(repeated, refusal::recipients_repeated);
    EXPECT_EQ(stands().granted, yen(60'000));
}

TEST_F(recipients, of_a_file_with_a_wrong_line_get_nothing) {
    begin(100'000);
    const auto wallets = new_wallets(120);
    running->decided<ledger::campaign_granted>(
        stepped_switch::first_operator(),
        ledger::command{ledger::grant_from_campaign{ishinomaki, campaign, wallets[7], "walk", yen(100)}}, "single");
    freeze(wallets[60]);
    std::vector<ledger::read_recipient> lines;
    for (const auto one : wallets) lines.push_back(line(one, "walk", 100));
    lines[3].amount = yen(101);
    lines.push_back(line(wallets[0], "walk", 50));
    lines.push_back(line(ledger::wallet_id{}, "walk", 50));
    lines.back().my_key = *ledger::my_key_id::parse("NOBODYS0");
    lines.push_back(line(ledger::wallet_id{9999}, "walk", 50));
    const auto op = send(lines, "k");
    running->settle();
    expect_refused(op, refusal::recipients_refused);
    std::vector<std::pair<std::uint32_t, line_fault>> told;
    for (const auto& one : source->told) told.emplace_back(one.line, one.fault);
    const decltype(told) expected{{5, line_fault::amount_not_allowed}, {9, line_fault::already_granted},
                                  {62, line_fault::wallet_frozen},     {122, line_fault::line_repeated},
                                  {123, line_fault::mykey_id_unknown}, {124, line_fault::wallet_unknown}};
    EXPECT_EQ(told, expected);
    EXPECT_EQ(stands().granted, yen(100));
    EXPECT_EQ(stands().files.size(), 0U);
    EXPECT_EQ(available(wallets[0]), 0);
}

TEST_F(recipients, of_several_files_at_once_get_no_more_than_the_budget) {
    begin(10'000, 2);
    const auto wallets = new_wallets(90);
    std::vector<actors::operation_ptr> files;
    std::vector<actors::operation_ptr> singles;
    for (unsigned char i = 0; i < 4; ++i) {
        std::vector<ledger::read_recipient> lines;
        for (std::size_t n = 0; n < 45; ++n) lines.push_back(line(wallets[n], "walk " + std::to_string(i), 100));
        files.push_back(send(std::move(lines), "f" + std::to_string(i), i));
        for (std::size_t n = 45; n < 90; n += 3) {
            const std::string key = std::to_string(i) + "-" + std::to_string(n);
            singles.push_back(running->submit(
                stepped_switch::first_operator(),
                ledger::command{ledger::grant_from_campaign{ishinomaki, campaign, wallets[n], key, yen(100)}}, key));
        }
    }
    running->settle();
    std::int64_t expected = 0;
    for (const auto& one : files) {
        expected += one->end == ending::decided ? 4'500 : 0;
        if (one->end != ending::decided) expect_refused(one, refusal::budget_exceeded);
    }
    for (const auto& one : singles) {
        expected += one->end == ending::decided ? 100 : 0;
        if (one->end != ending::decided) expect_refused(one, refusal::budget_exceeded);
    }
    EXPECT_GE(expected, 4'500 + 100) << "some of each";
    EXPECT_LE(expected, 10'000);
    EXPECT_EQ(stands().granted, yen(expected));
    EXPECT_EQ(stands().reserved, yen(0));
}

TEST_F(recipients, that_come_in_two_files_at_once_get_it_once) {
    begin(100'000);
    const auto wallets = new_wallets(60);
    std::vector<ledger::read_recipient> lines;
    for (const auto one : wallets) lines.push_back(line(one, "walk", 100));
    const auto first = send(lines, "a", 1);
    const auto second_file = send(lines, "b", 2);
    running->settle();
    EXPECT_EQ(first->end, ending::decided);
    EXPECT_EQ(second_file->end, ending::decided) << "its lines were checked before a row of the first had come";
    const auto after = stands();
    EXPECT_EQ(after.granted, yen(6'000));
    EXPECT_EQ(after.reserved, yen(0));
    EXPECT_EQ(after.files.at(1).granted + after.files.at(0).granted, 60U);
    EXPECT_EQ(after.files.at(1).left_out, 60U);
    EXPECT_EQ(after.files.at(1).left_out_sum, yen(6'000));
    const auto entry = running->thread().reader().read(after.files.at(1).last_left_out);
    ASSERT_TRUE(entry.has_value());
    for (const auto& one : std::get<ledger::recipients_left_out>(entry->what).rows)
        EXPECT_EQ(one.why, left_out_reason::already_granted);
}

TEST_F(recipients, whose_wallet_was_frozen_in_between_are_left_out_and_their_points_are_free) {
    begin(1'000);
    const auto wallets = new_wallets(10);
    std::vector<ledger::read_recipient> lines;
    for (const auto one : wallets) lines.push_back(line(one, "walk", 100));
    const auto op = send(lines, "k");
    while (op->end == ending::none) { // up to its acceptance, and no further
        running->turn();
        running->commit();
    }
    const auto frozen = running->submit(
        stepped_switch::first_operator(),
        ledger::command{ledger::set_freeze{ledger::freeze_subject::wallet, wallets[4].value(), true, "紛失"}});
    running->settle();
    ASSERT_EQ(op->end, ending::decided);
    ASSERT_EQ(frozen->end, ending::decided);
    const auto after = stands();
    EXPECT_EQ(after.files.at(0).granted, 9U);
    EXPECT_EQ(after.files.at(0).left_out, 1U);
    EXPECT_EQ(after.granted, yen(900));
    EXPECT_EQ(after.reserved, yen(0));
    const auto entry = running->thread().reader().read(after.files.at(0).last_left_out);
    ASSERT_TRUE(entry.has_value());
    EXPECT_EQ(std::get<ledger::recipients_left_out>(entry->what).rows,
              (std::vector<ledger::left_out_row>{{4, 6, left_out_reason::wallet_frozen}}));
}

// What was left out of a list before the end is not granted after it.
TEST_F(recipients, that_were_left_out_stay_so_when_the_switch_goes_on) {
    begin(100'000);
    const auto wallets = new_wallets(530);
    std::vector<ledger::read_recipient> lines;
    for (const auto one : wallets) lines.push_back(line(one, "walk", 100));
    const auto op = send(lines, "k");
    while (op->end == ending::none) {
        running->turn();
        running->commit();
    }
    const auto freezing = [&](bool frozen) {
        return ledger::command{ledger::set_freeze{ledger::freeze_subject::wallet, wallets[4].value(), frozen, "紛失"}};
    };
    running->submit(stepped_switch::first_operator(), freezing(true));
    const auto tells_of_one = [&] {
        const auto last = running->store().writer().durable_position();
        const auto entry = running->thread().reader().read(last);
        return entry && std::holds_alternative<ledger::recipients_left_out>(entry->what);
    };
    while (!tells_of_one()) {
        running->turn();
        running->commit();
    }
    running->shared().end();
    running->settle();
    ASSERT_LT(running->store().writer().durable_position(), op->record.position + 530) << "all had come";
    open(1);
    running->decided<ledger::freeze_changed>(stepped_switch::first_operator(), freezing(false));
    running->thread().follow_recipients(running->now);
    running->settle();
    const auto after = stands();
    EXPECT_TRUE(after.files.at(0).is_finished());
    EXPECT_EQ(after.files.at(0).left_out, 1U);
    EXPECT_EQ(after.granted, yen(52'900));
    EXPECT_EQ(available(wallets[4]), 0);
}

// The rows before them are on their way since yesterday: nothing is granted before its campaign begins.
TEST_F(recipients, of_a_campaign_that_begins_at_midnight_are_granted_after_it) {
    begin(100'000);
    const auto wallets = new_wallets(800);
    const auto midnight = ledger::jst_day::of(running->now).end();
    running->now = midnight.plus_ms(-2);
    const auto today_s = campaign;
    approve_campaign(1'000, ledger::jst_day::of(midnight));
    const auto tomorrow_s = std::exchange(campaign, today_s);
    std::vector<ledger::read_recipient> lines;
    for (const auto one : wallets) lines.push_back(line(one, "walk", 100));
    const auto first = send(lines, "k");
    while (first->end == ending::none) {
        running->turn();
        running->commit();
    }
    campaign = tomorrow_s;
    running->now = midnight;
    const auto at_once = send({line(wallets[0], "new", 50)}, "k2", 2);
    running->settle();
    ASSERT_EQ(at_once->end, ending::decided);
    ASSERT_LT(at_once->record.position, first->record.position + 800) << "not between the rows of the first file";
    EXPECT_TRUE(stands().files.at(0).is_finished());
    EXPECT_EQ(stands().granted, yen(50));
    running->checkpoint();
}

// Ended after so many turns and batches, whichever row that is, and begun again.
TEST_F(recipients, get_it_once_wherever_the_switch_ends) {
    begin(1'000'000);
    const auto wallets = new_wallets(530);
    std::size_t interrupted = 0;
    for (unsigned char round = 0; round < 24; ++round) {
        std::vector<ledger::read_recipient> lines;
        for (const auto one : wallets) lines.push_back(line(one, "walk " + std::to_string(round), 1));
        const auto op = send(lines, "k" + std::to_string(round), round);
        while (op->end == ending::none) {
            running->turn();
            running->commit();
        }
        for (int turns = 0; turns < round * 2; ++turns) {
            running->turn();
            if (turns % 3 != 0) running->commit();
            if (turns == round) running->checkpoint();
        }
        running->shared().end();
        running->settle();
        interrupted += running->store().writer().durable_position() < op->record.position + 530;
        start_again(round % 2 == 0 ? 1 : 2);
        const auto after = stands();
        EXPECT_TRUE(after.files.back().is_finished()) << int{round};
        EXPECT_EQ(after.granted, yen(530 * (round + 1)));
        EXPECT_EQ(after.reserved, yen(0));
    }
    EXPECT_GT(interrupted, 9U);
    for (const auto one : wallets) EXPECT_EQ(available(one), 24);
}

TEST_F(recipients, of_a_file_that_was_not_accepted_when_the_switch_ended_get_nothing) {
    begin(100'000);
    const auto wallets = new_wallets(600);
    std::vector<ledger::read_recipient> lines;
    for (const auto one : wallets) lines.push_back(line(one, "walk", 100));
    const auto before = running->store().writer().durable_position();
    const auto op = send(lines, "k");
    while (running->store().writer().durable_position() < before + 2) { // two of its three lists
        running->turn();
        running->commit();
    }
    ASSERT_EQ(op->end, ending::none);
    op->reply = nullptr; // whoever waits for it is gone with the process
    start_again();
    EXPECT_EQ(stands().files.size(), 0U);
    EXPECT_EQ(stands().granted, yen(0));
    const auto again = send(lines, "k");
    running->settle();
    EXPECT_EQ(again->end, ending::decided);
    EXPECT_EQ(stands().granted, yen(60'000));
}

} // namespace
} // namespace meguri::test
