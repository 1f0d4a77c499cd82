#include "tests/reader/reader_program.hpp"

#include <cstdlib>
#include <filesystem>
#include <stdexcept>

namespace meguri::test {
namespace {

std::string reader_program() {
    const char* const binary = std::getenv("MEGURI_BINARY");
    if (binary == nullptr) throw std::runtime_error{"ctest sets MEGURI_BINARY to the released program"};
    return (std::filesystem::path{binary}.parent_path() / "meguri-reader").string();
}

} // namespace

terminal_result sign_payment(const payment_to_sign& payment, const std::string& pin,
                             const std::vector<std::string>& more) {
    std::vector<std::string> arguments{"pay",
                                       "--merchant",
                                       payment.merchant,
                                       "--outlet",
                                       payment.outlet,
                                       "--amount",
                                       std::to_string(payment.amount),
                                       "--idempotency-key",
                                       payment.idempotency_key,
                                       "--wait",
                                       std::to_string(payment.wait_s)};
    if (!payment.program.empty()) arguments.insert(arguments.end(), {"--program", payment.program});
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run_at_terminal(reader_program(), arguments, "PIN of the card", pin + "\n");
}

terminal_result sign_challenge(const std::string& challenge, const std::string& audience, const std::string& pin) {
    return run_at_terminal(reader_program(), {"login", "--challenge", challenge, "--audience", audience, "--wait", "0"},
                           "PIN of the card", pin + "\n");
}

} // namespace meguri::test
