// A small ledger that has one of everything, made on the real program through its public API: every kind of fact, of
// step, of decline, of limit, ... What it must have says tests/upgrade/kinds.hpp, and a test holds it to that.
#pragma once

#include "tests/support/http_client.hpp"
#include "tests/support/switch_process.hpp"
#include "tests/support/test_cards.hpp"
#include "tests/upgrade/recorded_ledger.hpp"

#include <boost/json.hpp>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace meguri::test {

class ledger_of_everything {
public:
    // Makes the ledger in `folder`/ledger, which is for tests, and serves it.
    explicit ledger_of_everything(const std::filesystem::path& folder);

    // Everything that can happen in one day.
    void one_day();
    // Comes from its backup 20 days later: holds ended, points expired, undecided ones went home; and what follows from
    // that.
    void twenty_days_later();
    // Restarts once more and goes on for less than a checkpoint takes.
    void go_on();

    // What the switch answers now to everything that was asked and can be seen.
    [[nodiscard]] recorded_ledger record();
    void stop();
    void kill();

private:
    struct purse {
        std::string path; // /v1/wallets/...
        std::string id;
        std::string card;
    };
    struct shop_front {
        std::string path; // /v1/merchants/...
        std::string id;
        std::string terminal; // its path
        std::string till_key;
        std::string shop; // its path
        std::string shop_key;
    };

    void start(std::int64_t clock_turned_s);
    // 2xx, or it throws. To be repeated when it is recorded.
    boost::json::value make(const std::string& bearer, const std::string& path, const boost::json::value& body,
                            const std::string& idempotency_key = {});
    // The same of a body as it is.
    boost::json::value make_of_text(const std::string& bearer, const std::string& path, const std::string& body,
                                    const std::string& idempotency_key = {});
    boost::json::value by_operator(const std::string& path, const boost::json::value& body) {
        return make(operator_key_, path, body);
    }
    // To be asked when it is recorded.
    void see(const std::string& bearer, const std::string& path);
    [[nodiscard]] std::int64_t now_s() const;

    void make_parties();
    shop_front join(const char* name);
    purse open_wallet();
    std::string issue(const purse& to, const char* kind);
    void grant(const purse& to, const char* source, std::int64_t amount, std::int64_t days = 0);
    void grant_from_every_source();
    boost::json::object paying(const std::string& code, std::int64_t amount) const;
    // The payment's path.
    std::string pay(const std::string& bearer, const boost::json::object& body, const char* expected,
                    const std::string& idempotency_key = {});
    std::string hold(std::int64_t amount);
    void follow_up_payments();
    void freeze_everything();
    void limit_everything();
    void bind_a_terminal();
    void be_declined();
    void pay_by_card();
    void enroll();
    void correct();
    void grant_from_campaigns();
    void grant_benefits();
    void claw_back(const std::string& campaign);
    void buy_points();
    void buy_by_debit();
    // A line of the bank's statement; gives the path of the money.
    std::string told_by_the_bank(std::int64_t amount, const std::string& reference);
    void change_keys();
    void convert();
    void give_my_keys();
    void convert_by_terms();
    void reconcile();
    void join_by_application();
    void restore_from_backup() const;
    void add_to_the_epoch();
    void activate_a_terminal();
    void block_codes();
    void look_at_everything();

    std::filesystem::path folder_;
    test_cards cards_{folder_};
    std::string operator_key_;
    std::int64_t turned_s_ = 0;
    std::optional<switch_process> process_;
    std::optional<http_client> http_;
    std::size_t made_ = 0;
    std::vector<asked> questions_;

    std::string checker_key_;
    std::string staff_key_;
    std::string partner_;
    shop_front market_;
    shop_front kiosk_; // the one to be frozen and limited
    purse resident_;
    purse neighbour_;
    std::string code_not_used_;
    std::string paid_from_the_short_lot_;
    std::string never_paid_; // a purchase's reference
    int lines_of_the_bank_ = 0;
};

} // namespace meguri::test
