// What the resources ask of the past, away from the io threads: whole chains of the journal are read for it.
#pragma once

#include "ledger/accounts.hpp"
#include "ledger/commands.hpp"
#include "ledger/merchant.hpp"
#include "ledger/wallet.hpp"
#include "net/problem.hpp"
#include "storage/error.hpp"

#include <tl/expected.hpp>

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace meguri::net {

class ledger_past {
public:
    template <class T>
    using read = tl::expected<T, storage::error>;

    virtual ~ledger_past() = default;
    // As storage::history has them.
    [[nodiscard]] virtual read<ledger::wallet> wallet_at(ledger::journal_position newest, ledger::instant at) = 0;
    [[nodiscard]] virtual read<ledger::merchant> merchant_at(const ledger::merchant& today, ledger::instant at) = 0;
    [[nodiscard]] virtual read<ledger::books> books_at(ledger::instant at) = 0;
    [[nodiscard]] virtual read<ledger::entry> entry_at(ledger::journal_position position) = 0;
    using visitor = std::function<void(const ledger::entry&)>;
    [[nodiscard]] virtual read<void> wallet_entries(ledger::journal_position newest, ledger::instant at,
                                                    const visitor& visit) = 0;
    [[nodiscard]] virtual read<void> merchant_entries(ledger::journal_position newest, ledger::instant at,
                                                      const visitor& visit) = 0;
};

struct past_answer {
    std::string body;
    std::string_view content_type = "application/json"; // static text
    // To be written down before the answer goes out; the body then is the rest of its entry's, or all of it where it is
    // no JSON.
    std::optional<ledger::command> to_note = {};
};

// A question about the past. Everything that it needs is in it: it runs on another thread.
using past_result = tl::expected<past_answer, problem>;
using past_question = std::function<past_result(ledger_past&)>;

// Where an io thread hands its questions in.
class past_desk {
public:
    virtual ~past_desk() = default;
    // `answered` is called on the io thread that asked, unless it ends before. False where too many are waiting.
    [[nodiscard]] virtual bool ask(past_question question, std::function<void(past_result)> answered) = 0;
};

} // namespace meguri::net
