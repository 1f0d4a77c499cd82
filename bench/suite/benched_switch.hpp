// A switch of the load's own: a fresh ledger with wallets and tills, the program served on it as a process, and
// afterwards the audit of what it acknowledged.
#pragma once

#include "bench/payment_audit.hpp"
#include "bench/payment_source.hpp"
#include "bench/served_program.hpp"

#include <cstdint>
#include <memory>
#include <string>

namespace meguri::bench {

struct benched_town {
    std::uint32_t merchants = 10; // with a till each
    std::uint32_t wallets = 10'000;
};

class benched_switch {
public:
    // Empties `folder` and makes the ledger; every till and card is added to `source`.
    benched_switch(std::string binary, std::string folder, const benched_town& town, payment_source& source);

    // Starts the program, or starts it again.
    served_program& serve();
    [[nodiscard]] served_program& program() { return *program_; }
    // Ends it, lets `meguri verify` check every rule of the ledger, and reads the whole journal. Throws
    // std::runtime_error where the ledger is not sound.
    [[nodiscard]] audit_result audit(const payment_source& source);

private:
    std::string binary_;
    std::string folder_;
    std::unique_ptr<served_program> program_;
};

} // namespace meguri::bench
