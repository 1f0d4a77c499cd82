// `meguri restore --at` and `--to-position` on the real program: a switch is paid at while it is backed up again and
// again, killed, and restored to a point in the middle. What was acknowledged up to there is there, exactly once and
// with the same answers; what came after it never was, and nothing that was given out for it is given out again.
#include "tests/recovery/busy_till.hpp"
#include "tests/support/switch_process.hpp"
#include "tests/support/temporary_folder.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <optional>
#include <set>
#include <thread>

namespace meguri::test {
namespace {

namespace fs = std::filesystem;

// Something with an id and, some of them, a key or a code, as it was given out.
struct given_out {
    std::string wallet;
    std::string card; // of the lost wallet
    std::string more; // another code of the wallet that stays
    std::string merchant;
    std::string terminal; // another one of the merchant that stays
    std::string terminal_key;
    std::string operator_key;
    std::string staff_key;
    std::string partner;
    std::string grant;
    std::string correction;

    [[nodiscard]] std::set<std::string> all() const {
        return {wallet,       card,      more,    merchant, terminal,  terminal_key,
                operator_key, staff_key, partner, grant,    correction};
    }
};

std::string id_in(const std::string& answer) { return text_at(boost::json::parse(answer), "id"); }

class restored_switch : public testing::Test {
protected:
    void SetUp() override {
        std::ofstream{folder_ / "meguri.toml"} << "[checkpoint]\ninterval_ms = 50\nentries_max = 1000\n";
        operator_key_ = init_ledger(ledger());
        process_.emplace(ledger(), options());
        as_operator_.emplace(process_->port(), operator_key_);
        town_ = make_small_town(*as_operator_, 1, 1'000);
    }
    [[nodiscard]] std::string ledger() const { return (folder_ / "ledger").string(); }
    [[nodiscard]] std::string backup() const { return (folder_ / "backup").string(); }
    [[nodiscard]] std::string copy() const { return (folder_ / "copy").string(); }
    [[nodiscard]] std::vector<std::string> options() const { return {"--config", (folder_ / "meguri.toml").string()}; }

    void back_up() const {
        const auto done = run_meguri({"backup", "--data", ledger(), "--to", backup(), "--segment-entries", "300"});
        ASSERT_EQ(done.status, 0) << done.output << done.errors;
    }
    void restore(const std::vector<std::string>& point, const std::string& to) const {
        std::vector<std::string> words{"restore", "--from", backup(), "--data", to};
        words.insert(words.end(), point.begin(), point.end());
        const auto done = run_meguri(words);
        ASSERT_EQ(done.status, 0) << done.output << done.errors;
        EXPECT_NE(done.output.find("; epoch 1 begins with entry "), std::string::npos) << done.output;
        expect_whole(to);
    }
    static void expect_whole(const std::string& ledger) {
        const auto verified = run_meguri({"verify", "--data", ledger});
        EXPECT_EQ(verified.status, 0) << verified.output << verified.errors;
    }
    void expect_restored_nothing(const std::vector<std::string>& point, const std::string& says) const {
        std::vector<std::string> words{"restore", "--from", backup(), "--data", copy()};
        words.insert(words.end(), point.begin(), point.end());
        const auto refused = run_meguri(words);
        EXPECT_NE(refused.status, 0);
        EXPECT_NE(refused.errors.find(says), std::string::npos) << refused.errors;
        EXPECT_FALSE(fs::exists(copy()));
        EXPECT_FALSE(fs::exists(copy() + ".restoring"));
    }

    // One of everything that has an id, a key or a code. `name` tells its keys from another call's.
    given_out make_one_of_each(api_client& by, const std::string& name) const {
        given_out made;
        made.wallet = text_at(by.made("/v1/wallets", boost::json::object{}), "id");
        made.card = text_at(by.made("/v1/wallets/" + made.wallet + "/codes", {{"kind", "card"}}), "value");
        made.more = text_at(by.made("/v1/wallets/" + town_.wallets[0].id + "/codes", {{"kind", "card"}}), "value");
        made.merchant = text_at(by.made("/v1/merchants", {{"name", "new"}, {"programs", {"042021"}}}), "id");
        const auto terminal = by.made("/v1/merchants/" + town_.merchant + "/terminals", {{"name", "2"}});
        made.terminal = text_at(terminal, "id");
        made.terminal_key = text_at(terminal, "key");
        made.operator_key = text_at(by.made("/v1/operators", {{"name", "second"}}), "key");
        made.staff_key = text_at(by.made("/v1/municipalities/042021/staff", {{"name", "staff"}}), "key");
        made.partner = text_at(by.made("/v1/partners", {{"name", "card"}}), "id");
        boost::json::object points{{"wallet", town_.wallets[0].id}, {"program", "042021"}, {"amount", 10}};
        points["source"] = "budget:042021";
        made.grant = text_at(by.made("/v1/grants", points, name), "id");
        boost::json::object proposal{{"wallet", town_.wallets[0].id}, {"program", "042021"}, {"amount", 5}};
        proposal["kind"] = "credit";
        proposal["source"] = "budget:042021";
        proposal["reason"] = "counted wrongly";
        made.correction = text_at(by.made("/v1/corrections", proposal, name + "-correction"), "id");
        return made;
    }
    // Nobody gets anything with what was given out after the cut.
    void expect_unknown(const given_out& lost, std::uint16_t port) const {
        api_client as_operator{port, operator_key_};
        EXPECT_EQ(as_operator.get("/v1/wallets/" + lost.wallet + "/balances").status, 404);
        EXPECT_EQ(as_operator.get("/v1/merchants/" + lost.merchant + "/balances").status, 404);
        const boost::json::object why{{"reason", "stolen"}};
        EXPECT_EQ(as_operator.post("/v1/terminals/" + lost.terminal + "/freeze", why).status, 404);
        EXPECT_EQ(as_operator.post("/v1/corrections/" + lost.correction + "/rejections", why).status, 404);
        boost::json::object conversion{{"wallet", town_.wallets[0].id}, {"partner", lost.partner}, {"amount", 5}};
        EXPECT_EQ(as_operator.post("/v1/conversions", conversion, "c").status, 400) << "there is no such partner";
        for (const auto* const key : {&lost.terminal_key, &lost.operator_key, &lost.staff_key})
            EXPECT_EQ((api_client{port, *key}.get("/v1/wallets/" + town_.wallets[0].id + "/balances").status), 401);
        api_client till{port, town_.till_key};
        for (const auto* const code : {&lost.card, &lost.more}) {
            const auto declined = till.made("/v1/authorizations", payment({{}, *code}, 1), "lost-" + *code);
            EXPECT_EQ(text_at(declined, "decline_code"), "credential_unknown");
        }
    }
    static void expect_none_again(const given_out& now, const given_out& before) {
        const auto earlier = before.all();
        for (const auto& one : now.all()) EXPECT_FALSE(earlier.contains(one)) << one;
    }

    temporary_folder folder_;
    std::string operator_key_;
    std::optional<switch_process> process_;
    std::optional<api_client> as_operator_;
    small_town town_;
};

// What a till was told, before and after the point.
struct divided {
    std::size_t surely_kept = 0; // so many of the first: told by then
    std::size_t surely_lost = 0; // from this one on: asked for later
    std::size_t kept = 0;        // so many are there
    std::set<std::string> lost_ids;
};

divided divide(const busy_till& till, ledger::instant at, std::uint16_t port) {
    divided found;
    const auto& all = till.payments();
    while (found.surely_kept < all.size() && all[found.surely_kept].told_at <= at) ++found.surely_kept;
    found.surely_lost = found.surely_kept;
    while (found.surely_lost < all.size() && all[found.surely_lost].asked_at <= at) ++found.surely_lost;
    api_client client{port, till.key()};
    for (std::size_t i = 0; i < all.size(); ++i) {
        const auto id = id_in(all[i].answer);
        const auto reply = client.get("/v1/authorizations/" + id);
        if (i < found.surely_kept) {
            EXPECT_EQ(reply.status, 200) << i << ' ' << reply.body;
        }
        if (i >= found.surely_lost) {
            EXPECT_EQ(reply.status, 404) << i << ' ' << reply.body;
        }
        if (reply.status == 200) {
            EXPECT_EQ(reply.body, all[i].answer) << i;
            EXPECT_EQ(found.kept, i) << "one is missing before it";
            ++found.kept;
        } else {
            found.lost_ids.insert(id);
        }
    }
    return found;
}

std::int64_t captured_at(const busy_till& till, api_client& by) {
    const auto balances = by.read("/v1/merchants/" + till.merchant() + "/balances").at("data").as_array();
    return balances.at(0).at("captured").as_int64();
}

// Everything that was acknowledged by then is there once, what came later is free to be paid again under its key, and
// the new ids are nobody's of before.
void expect_divided(const busy_till& till, ledger::instant at, std::uint16_t port, const std::string& operator_key) {
    const auto found = divide(till, at, port);
    const auto& all = till.payments();
    EXPECT_GT(found.surely_kept, 50U) << "too little to prove anything";
    EXPECT_LT(found.surely_lost + 50, all.size()) << "too little to prove anything";
    api_client as_operator{port, operator_key};
    EXPECT_EQ(captured_at(till, as_operator), static_cast<std::int64_t>(found.kept));
    till.expect_there(port, found.kept);
    EXPECT_EQ(captured_at(till, as_operator), static_cast<std::int64_t>(found.kept)) << "asked again, paid once";
    http_client http{port};
    for (std::size_t i = found.kept; i < all.size(); ++i) {
        const auto reply = till.ask(http, i);
        EXPECT_EQ(reply.status, 201) << reply.body;
        EXPECT_FALSE(reply.has("idempotent-replayed")) << i << " is forgotten, so its key is free";
        EXPECT_FALSE(found.lost_ids.contains(id_in(reply.body))) << i;
    }
    EXPECT_EQ(captured_at(till, as_operator), static_cast<std::int64_t>(all.size()));
    for (const auto& id : found.lost_ids)
        EXPECT_EQ((api_client{port, till.key()}.get("/v1/authorizations/" + id).status), 404) << "still nobody's";
}

std::vector<std::string> at(ledger::instant when) { return {"--at", ledger::to_rfc3339(when)}; }

TEST_F(restored_switch, stands_as_it_stood_at_an_instant_under_load) {
    busy_till first{*as_operator_, process_->port(), "first"};
    busy_till second{*as_operator_, process_->port(), "second"};
    ASSERT_TRUE(first.wait_for_more(100) && second.wait_for_more(100));
    back_up();
    ASSERT_TRUE(first.wait_for_more(100) && second.wait_for_more(100));
    const auto point = wall_clock_now();
    std::this_thread::sleep_for(std::chrono::milliseconds{2}); // what is made below is later
    const given_out lost = make_one_of_each(*as_operator_, "lost");
    ASSERT_TRUE(first.wait_for_more(100) && second.wait_for_more(100));
    back_up();
    ASSERT_TRUE(first.wait_for_more(50) && second.wait_for_more(50)) << "the switch goes on";
    first.stop();
    second.stop();
    back_up();
    process_->kill();

    restore(at(point), copy());
    given_out new_ones;
    {
        const switch_process again{copy(), options()};
        expect_unknown(lost, again.port());
        expect_divided(first, point, again.port(), operator_key_);
        expect_divided(second, point, again.port(), operator_key_);
        api_client as_operator{again.port(), operator_key_};
        new_ones = make_one_of_each(as_operator, "lost"); // under the lost ones' keys, even
        expect_none_again(new_ones, lost);
        expect_unknown(lost, again.port());
        const auto shown = http_client{again.ops_port()}.ask("GET", "/metrics").body;
        EXPECT_NE(shown.find("\nmeguri_journal_epoch 1\n"), std::string::npos);
    }
    expect_whole(copy());

    // Again, because that was not the right hour after all: what the first one gave out is nobody's here.
    const auto other = (folder_ / "other").string();
    restore(at(point), other);
    const switch_process again{other, options()};
    expect_unknown(new_ones, again.port());
    api_client as_operator{again.port(), operator_key_};
    const auto made = make_one_of_each(as_operator, "lost");
    expect_none_again(made, lost);
    expect_none_again(made, new_ones);
}

TEST_F(restored_switch, begins_a_line_of_backups_of_its_own) {
    back_up();
    make_one_of_each(*as_operator_, "more");
    back_up();
    EXPECT_EQ(process_->terminate(), 0);
    restore({"--to-position", "15"}, copy());
    const auto verified = run_meguri({"verify", "--data", copy()});
    EXPECT_NE(verified.output.find("epoch 1: restored at "), std::string::npos) << verified.output;
    EXPECT_NE(verified.output.find(" up to entry 15\n"), std::string::npos) << verified.output;
    const auto old_line = run_meguri({"backup", "--data", copy(), "--to", backup()});
    EXPECT_EQ(old_line.status, 1);
    EXPECT_NE(old_line.errors.find("a new or empty one"), std::string::npos) << old_line.errors;
    const auto new_line = (folder_ / "backup of the copy").string();
    for (int run = 0; run < 2; ++run) {
        const auto done = run_meguri({"backup", "--data", copy(), "--to", new_line});
        EXPECT_EQ(done.status, 0) << done.errors;
    }
    const auto again = run_meguri({"restore", "--from", new_line, "--data", (folder_ / "again").string()});
    EXPECT_EQ(again.status, 0) << again.errors;
    EXPECT_NE(again.output.find("epoch 2 begins with entry 17"), std::string::npos) << again.output;
    expect_whole((folder_ / "again").string());
}

TEST_F(restored_switch, is_not_made_from_a_damaged_segment) {
    busy_till till{*as_operator_, process_->port()};
    for (int run = 0; run < 3; ++run) {
        ASSERT_TRUE(till.wait_for_more(400));
        back_up();
    }
    const auto point = wall_clock_now();
    ASSERT_TRUE(till.wait_for_more(100));
    back_up();
    till.stop();
    process_->kill();
    std::set<fs::path> segments; // in order
    for (const auto& one : fs::directory_iterator{backup()})
        if (one.path().extension() == ".mgs") segments.insert(one.path());
    ASSERT_GE(segments.size(), 4U);
    const auto damaged = *std::next(segments.begin());
    const auto size = static_cast<std::streamoff>(fs::file_size(damaged));
    std::fstream file{damaged, std::ios::in | std::ios::out | std::ios::binary};
    file.seekg(size / 2);
    const auto byte = static_cast<char>(file.get() ^ 1);
    file.seekp(size / 2);
    file.put(byte);
    file.close();
    expect_restored_nothing(at(point), damaged.string());
    expect_restored_nothing({}, damaged.string());
    // Up to the damage it can be had.
    const auto first = std::stoull(damaged.filename().string().substr(std::string{"segment-"}.size(), 20));
    restore({"--to-position", std::to_string(first - 1)}, copy());
}

TEST_F(restored_switch, is_refused_where_the_point_is_none) {
    back_up();
    expect_restored_nothing({"--at", "yesterday"}, "2026-04-01T12:00:00+09:00");
    expect_restored_nothing({"--at", "2001-01-01T00:00:00Z"}, "before that there is nothing");
    expect_restored_nothing({"--at", "2199-01-01T00:00:00Z"}, "it does not know");
    expect_restored_nothing({"--to-position", "0"}, "--to-position");
    expect_restored_nothing({"--to-position", "1000000"}, "there is no entry 1000000");
    expect_restored_nothing({"--to-position", "-1"}, "--to-position");
    expect_restored_nothing({"--to-position", "5", "--at", "2026-04-01T12:00:00Z"}, "--at");
}

} // namespace
} // namespace meguri::test
