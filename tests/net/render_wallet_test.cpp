#include "net/render_wallet.hpp"

#include "tests/net/api_scene.hpp"

#include <gtest/gtest.h>

namespace meguri::net {
namespace {

using test::program;

ledger::lot lot_of(const ledger::lot_use& use, std::int64_t held) {
    return {use.lot, use.amount, *ledger::points::from(held)};
}

ledger::wallet sample_wallet() {
    ledger::wallet one;
    one.id = ledger::wallet_id{3};
    one.lots = {lot_of(test::sample_lot("042021", 3000), 0), lot_of(test::sample_lot("042021", 800), 50),
                lot_of(test::sample_lot("432148", 0), 7)};
    return one;
}

std::string balances(ledger::program_code only) {
    std::string body;
    id_texts ids{test::scene_keys()};
    render_balances(body, sample_wallet(), only, ids);
    return body;
}

TEST(render_balances, by_program_and_lot) {
    const std::string terms = R"("expires_on":"2027-03-31","source":"budget:042021:health"})";
    const std::string first = R"({"program":"042021","available":3800,"held":50,"lots":[{"amount":3000,"held":0,)" +
                              terms + R"(,{"amount":800,"held":50,)" + terms + "]}";
    const std::string second =
        R"({"program":"432148","available":0,"held":7,"lots":[{"amount":0,"held":7,)" + terms + "]}";
    EXPECT_EQ(balances({}), R"({"data":[)" + first + "," + second + R"(],"undecided":[],"home_municipality":null})");
    EXPECT_EQ(balances(program("042021")), R"({"data":[)" + first + "]}");
    EXPECT_EQ(balances(program("432148")), R"({"data":[)" + second + "]}");
    EXPECT_EQ(balances(program("040002")), R"({"data":[]})");
}

TEST(render_balances, shows_what_a_lot_is_earmarked_for) {
    const auto own = test::sample_lot("042021", 10);
    auto marked = std::make_shared<ledger::lot_terms>(*own.lot);
    marked->number = 2;
    marked->earmark = *ledger::category_set::from({"food", "books"});
    ledger::wallet seen;
    seen.lots = {{own.lot, own.amount, {}}, {marked, own.amount, {}}};
    id_texts ids{test::scene_keys()};
    std::string body;
    render_balances(body, seen, {}, ids);
    const std::string lot = R"({"amount":10,"held":0,"expires_on":"2027-03-31","source":"budget:042021:health")";
    EXPECT_EQ(body, R"({"data":[{"program":"042021","available":20,"held":0,"lots":[)" + lot + "}," + lot +
                        R"(,"earmark":["books","food"]}]}],"undecided":[],"home_municipality":null})");
}

// Staff see neither what is undecided nor where it goes.
TEST(render_balances, shows_operators_what_is_undecided) {
    ledger::wallet seen;
    seen.home = program("432148");
    const auto own = test::sample_lot("042021", 10);
    const auto converted = test::sample_conversion().lot;
    auto later = std::make_shared<ledger::lot_terms>(*converted.lot);
    later->number = 2;
    later->issued_at = *ledger::parse_rfc3339("2026-04-01T15:00:00Z"); // the 2nd in Japan
    seen.lots = {{own.lot, own.amount, {}},
                 {converted.lot, converted.amount, {}},
                 {std::move(later), *ledger::points::from(5), {}}};
    const auto shown = [&](ledger::program_code only) {
        id_texts ids{test::scene_keys()};
        std::string body;
        render_balances(body, seen, only, ids);
        return body;
    };
    const std::string partner = R"({"partner":")" + test::scene_keys().encode_id(storage::id_kind::partner, 3).str();
    const std::string data = R"({"data":[{"program":"042021","available":10,"held":0,"lots":[{"amount":10,"held":0,)"
                             R"("expires_on":"2027-03-31","source":"budget:042021:health"}]}])";
    EXPECT_EQ(shown({}), data + R"(,"undecided":[)" + partner +
                             R"(","amount":800,"undecided_until":"2026-04-15T15:00:00.000Z"},)" + partner +
                             R"(","amount":5,"undecided_until":"2026-04-16T15:00:00.000Z"}],)" +
                             R"("home_municipality":"432148"})");
    EXPECT_EQ(shown(program("042021")), data + "}");
    EXPECT_EQ(shown(program("432148")), R"({"data":[]})");
}

// By day, then by program; what is over, held, or further away than 30 days is no notice.
TEST(render_expiry_notices, by_day_and_program_within_30_days) {
    const auto today = *ledger::parse_date("2026-11-24");
    const auto lot = [&](std::string_view of_program, std::int32_t days_left, std::int64_t available,
                         std::int64_t held) {
        const ledger::lot_terms terms{
            1, program(of_program), *ledger::funding_source::parse("budget:x"), today.plus_days(days_left), {}};
        return ledger::lot{std::make_shared<const ledger::lot_terms>(terms), *ledger::points::from(available),
                           *ledger::points::from(held)};
    };
    ledger::wallet seen;
    seen.lots = {lot("042021", -1, 1, 0), lot("042021", 0, 2, 0),  lot("042021", 30, 3, 0), lot("042021", 30, 40, 9),
                 lot("042021", 31, 5, 0), lot("432148", 30, 6, 0), lot("432148", 7, 0, 70), lot("432148", 1, 8, 0)};
    const auto undecided = test::sample_conversion().lot; // does not expire
    seen.lots.push_back({undecided.lot, undecided.amount, {}});
    const auto shown = [&](ledger::program_code only) {
        id_texts ids{test::scene_keys()};
        std::string body;
        render_expiry_notices(body, seen, only, today, ids);
        return body;
    };
    const std::string first = R"({"program":"042021","amount":2,"expires_on":"2026-11-24","days_left":0})";
    const std::string second = R"({"program":"432148","amount":8,"expires_on":"2026-11-25","days_left":1})";
    const std::string third = R"({"program":"042021","amount":43,"expires_on":"2026-12-24","days_left":30})";
    const std::string fourth = R"({"program":"432148","amount":6,"expires_on":"2026-12-24","days_left":30})";
    EXPECT_EQ(shown({}), R"({"data":[)" + first + "," + second + "," + third + "," + fourth + "]}");
    EXPECT_EQ(shown(program("042021")), R"({"data":[)" + first + "," + third + "]}");
    EXPECT_EQ(shown(program("040002")), R"({"data":[]})");
}

std::string line(ledger::fact what, ledger::program_code only = {}) {
    id_texts ids{test::scene_keys()};
    ledger::entry one;
    one.position = 41;
    one.decided_at = ledger::instant{1'775'012'645'678};
    one.wallet = ledger::wallet_id{3};
    one.what = std::move(what);
    std::string out;
    json_writer json{out};
    return render_wallet_entry(json, one, only, ids) ? out : "";
}

ledger::points_expired expiry(std::initializer_list<ledger::lot_use> lots) { return {ledger::wallet_id{3}, lots}; }

TEST(render_wallet_entry, golden_bytes_of_a_payment) {
    const std::string en = test::scene_keys().encode_id(storage::id_kind::entry, 41).str();
    const std::string au = test::scene_keys().encode_id(storage::id_kind::authorization, 41).str();
    EXPECT_EQ(line(test::sample_payment()),
              R"({"id":")" + en + R"(","type":"payment","program":"042021","amount":1200,"authorization":")" + au +
                  R"(","status":"captured","decline_code":null,"merchant":")" + test::merchant_id(7) +
                  R"(","reason":null,"lots":[{"program":"042021","amount":1200,"expires_on":"2027-03-31",)"
                  R"("source":"budget:042021:health"}],"created_at":"2026-04-01T03:04:05.678Z"})");
}

// The line names the payment and not the step's own entry.
TEST(render_wallet_entry, golden_bytes_of_a_step) {
    const std::string en = test::scene_keys().encode_id(storage::id_kind::entry, 41).str();
    auto step = test::sample_step(ledger::payment_step::capture, ledger::payment_status::captured);
    auto after = *step.after;
    after.position = 40;
    step.after = std::make_shared<const ledger::payment_state>(after);
    step.captured = {test::sample_lot("042021", 900)};
    const auto lot = [](std::string_view amount) {
        return R"([{"program":"042021","amount":)" + std::string{amount} +
               R"(,"expires_on":"2027-03-31","source":"budget:042021:health"}])";
    };
    EXPECT_EQ(line(step), R"({"id":")" + en +
                              R"(","type":"capture","program":"042021","amount":300,"authorization":")" +
                              test::scene_keys().encode_id(storage::id_kind::authorization, 40).str() +
                              R"(","status":"captured","decline_code":null,"merchant":")" + test::merchant_id(7) +
                              R"(","reason":null,"lots":)" + lot("900") + R"(,"returned":)" + lot("250") +
                              R"(,"expired":)" + lot("50") + R"(,"created_at":"2026-04-01T03:04:05.678Z"})");
}

TEST(render_wallet_entry, golden_bytes_of_undecided_points) {
    const std::string en = R"({"id":")" + test::scene_keys().encode_id(storage::id_kind::entry, 41).str();
    const std::string partner = test::scene_keys().encode_id(storage::id_kind::partner, 3).str();
    const std::string nobody =
        R"("authorization":null,"status":null,"decline_code":null,"merchant":null,"reason":null,)";
    const std::string at = R"("created_at":"2026-04-01T03:04:05.678Z"})";
    EXPECT_EQ(line(test::sample_conversion()), en + R"(","type":"conversion","program":"undecided:)" + partner +
                                                   R"(","amount":800,)" + nobody + R"("lots":[{"program":"undecided:)" +
                                                   partner + R"(","amount":800,"expires_on":null,"source":"partner:)" +
                                                   partner + R"("}],)" + at);
    EXPECT_EQ(line(test::sample_transfer()),
              en + R"(","type":"transfer","program":"042021","amount":500,)" + nobody +
                  R"("lots":[{"program":"042021","amount":500,"expires_on":"2026-10-02","source":"partner:)" + partner +
                  R"("}],"by_default":false,)" + at);
    auto by_default = test::sample_transfer();
    by_default.by_default = true;
    EXPECT_EQ(test::member(line(by_default), "by_default"), "true");
    EXPECT_EQ(line(ledger::home_chosen{ledger::wallet_id{3}, program("042021")}),
              en + R"(","type":"home_municipality","program":"042021","amount":null,)" + nobody + R"("lots":[],)" + at);
}

// A decision is told with its own reason, or where it has none, with that of the proposal.
TEST(render_wallet_entry, golden_bytes_of_a_correction) {
    using enum ledger::correction_kind;
    const std::string en = R"({"id":")" + test::scene_keys().encode_id(storage::id_kind::entry, 41).str();
    const std::string nobody = R"("authorization":null,"status":null,"decline_code":null,"merchant":null,)";
    const auto rest = [](std::string_view kind) {
        return R"("correction":")" + test::scene_keys().encode_id(storage::id_kind::correction, 41).str() +
               R"(","kind":")" + std::string{kind} + R"(","created_at":"2026-04-01T03:04:05.678Z"})";
    };
    EXPECT_EQ(line(test::sample_correction(debit)),
              en + R"(","type":"correction_proposal","program":"042021","amount":300,)" + nobody +
                  R"("reason":"二重付与","lots":[],)" + rest("debit"));
    EXPECT_EQ(line(test::sample_decision(credit, true)),
              en + R"(","type":"correction","program":"042021","amount":300,)" + nobody +
                  R"("reason":"二重付与","lots":[{"program":"042021","amount":300,"expires_on":"2027-03-31",)"
                  R"("source":"budget:042021:health"}],)" +
                  rest("credit"));
    auto rejected = test::sample_decision(debit, false);
    rejected.reason = "違う";
    EXPECT_EQ(line(rejected), en + R"(","type":"correction_rejection","program":"042021","amount":300,)" + nobody +
                                  R"("reason":"違う","lots":[],)" + rest("debit"));
}

TEST(render_wallet_entry, names_every_kind) {
    struct row {
        ledger::fact what;
        std::string_view type;
        std::string_view program;
        std::string_view amount;
    };
    using ledger::payment_status;
    using ledger::payment_step;
    const auto step = [](payment_step of, payment_status then) { return test::sample_step(of, then); };
    const ledger::wallet_id wallet{3};
    const row rows[] = {
        {ledger::wallet_opened{wallet}, "opening", "null", "null"},
        {ledger::code_issued{wallet, 1, ledger::code_kind::card, {}, {}}, "code", "null", "null"},
        {ledger::once_code_issued{wallet, 1, {}, {}, {}}, "code", "null", "null"},
        {ledger::code_blocked{wallet, 1, 1, "r", 0, {}}, "code_block", "null", "null"},
        {ledger::code_blocked{wallet, 1, 1, "r", 2, {}}, "code_reissue", "null", "null"},
        {ledger::freeze_changed{ledger::freeze_subject::wallet, 3, true, "r"}, "freeze", "null", "null"},
        {ledger::freeze_changed{ledger::freeze_subject::wallet, 3, false, "r"}, "unfreeze", "null", "null"},
        {ledger::limits_set{ledger::limit_subject::wallet, 3, {}, "r"}, "limits", "null", "null"},
        {ledger::points_granted{wallet, test::sample_lot("042021", 5)}, "grant", "042021", "5"},
        {expiry({test::sample_lot("042021", 5), test::sample_lot("042021", 6)}), "expiry", "042021", "11"},
        {expiry({test::sample_lot("042021", 5), test::sample_lot("432148", 6)}), "expiry", "null", "11"},
        {test::sample_payment(), "payment", "042021", "1200"},
        {step(payment_step::capture, payment_status::captured), "capture", "042021", "300"},
        {step(payment_step::voiding, payment_status::voided), "void", "042021", "300"},
        {step(payment_step::hold_expiry, payment_status::expired), "hold_expiry", "042021", "300"},
        {step(payment_step::refund, payment_status::captured), "refund", "042021", "300"},
        {step(payment_step::reversal, payment_status::reversed), "reversal", "042021", "300"},
    };
    for (const auto& one : rows) {
        const auto body = line(one.what);
        EXPECT_EQ(test::member(body, "type"), one.type);
        EXPECT_EQ(test::member(body, "program"), one.program) << one.type;
        EXPECT_EQ(test::member(body, "amount"), one.amount) << one.type;
    }
}

TEST(render_wallet_entry, shows_staff_their_own_program_alone) {
    const auto own = program("042021");
    const ledger::wallet_id wallet{3};
    EXPECT_EQ(line(ledger::wallet_opened{wallet}, own), "");
    EXPECT_EQ(line(ledger::freeze_changed{ledger::freeze_subject::wallet, 3, true, "r"}, own), "");
    EXPECT_EQ(line(ledger::points_granted{wallet, test::sample_lot("432148", 5)}, own), "");
    EXPECT_EQ(line(ledger::home_chosen{wallet, own}, own), "");
    EXPECT_EQ(line(test::sample_conversion(), own), "");
    EXPECT_EQ(test::member(line(test::sample_transfer(), own), "type"), "transfer");
    EXPECT_EQ(line(test::sample_transfer(), program("432148")), "");
    const auto correction = test::sample_correction(ledger::correction_kind::credit);
    EXPECT_EQ(test::member(line(correction, own), "type"), "correction_proposal");
    EXPECT_EQ(line(correction, program("432148")), "");
    EXPECT_EQ(line(test::sample_decision(ledger::correction_kind::credit, true), program("432148")), "");
    EXPECT_EQ(line(test::sample_payment(), program("432148")), "");
    const auto refund = test::sample_step(ledger::payment_step::refund, ledger::payment_status::captured);
    EXPECT_EQ(line(refund, program("432148")), "");
    EXPECT_EQ(test::member(line(refund, own), "type"), "refund");
    EXPECT_EQ(line(expiry({test::sample_lot("432148", 6)}), own), "");
    const auto mixed = line(expiry({test::sample_lot("042021", 5), test::sample_lot("432148", 6)}), own);
    EXPECT_EQ(test::member(mixed, "program"), "042021");
    EXPECT_EQ(test::member(mixed, "amount"), "5");
    EXPECT_EQ(mixed.find("432148"), std::string::npos);
}

} // namespace
} // namespace meguri::net
