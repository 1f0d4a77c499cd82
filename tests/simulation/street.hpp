// Who asks the simulated switch for something: an operator, the tills and shops of a few merchants, residents with
// cards and codes. Random but by its seed alone; learns from the answers what there is to ask for next.
#pragma once

#include "tests/simulation/notebook.hpp"
#include "tests/support/seeds.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace meguri::test {

class street {
public:
    explicit street(dice& random) : dice_{random} {}

    // What there must be before anything can be paid. To be asked one after the other, each once the one before was
    // answered; nullopt when all is there.
    [[nodiscard]] std::optional<attempt> furnish();
    [[nodiscard]] attempt next();
    void learn(const attempt& answered);
    // An attempt that was cut off: it will come again.
    void cut_off(const attempt& one) { unanswered_.push_back(one); }

    [[nodiscard]] const std::vector<ledger::wallet_id>& wallets() const noexcept { return wallets_; }

private:
    struct payment {
        actors::principal by; // of its merchant
        ledger::journal_position position = 0;
        std::string key;
    };

    struct proposal {
        ledger::wallet_id wallet;
        ledger::journal_position position = 0;
    };

    [[nodiscard]] attempt asked(const actors::principal& by, ledger::command what);
    [[nodiscard]] attempt by_operator(ledger::command what);
    [[nodiscard]] attempt pay();
    [[nodiscard]] attempt step();
    [[nodiscard]] attempt reverse();
    [[nodiscard]] attempt again();
    [[nodiscard]] attempt grant();
    [[nodiscard]] attempt freeze();
    [[nodiscard]] attempt limit();
    [[nodiscard]] attempt change_keys();
    [[nodiscard]] attempt undecided();
    [[nodiscard]] attempt correct();
    [[nodiscard]] attempt look();
    [[nodiscard]] attempt new_party();
    [[nodiscard]] const payment& any_payment();

    dice& dice_;
    std::uint64_t keys_ = 0;
    std::vector<ledger::merchant_id> merchants_;
    std::vector<actors::principal> outlets_;
    std::vector<ledger::wallet_id> wallets_;
    std::vector<ledger::digest128> codes_;
    std::size_t programs_ = 0;
    std::vector<payment> payments_; // approved
    std::vector<proposal> proposals_;
    std::vector<attempt> sent_; // the latest
    std::vector<attempt> unanswered_;
};

} // namespace meguri::test
