#include "storage/damage_guard.hpp"

#include "ledger/contract.hpp"
#include "storage/error.hpp"

#include <algorithm>
#include <atomic>
#include <string>
#include <string_view>
#include <unistd.h>

namespace meguri::storage {
namespace {

std::atomic<bool> guards{false};
std::atomic<ledger::journal_position> position{0};
static_assert(std::atomic<ledger::journal_position>::is_always_lock_free);

// Made before anything happens: a signal's handler must not allocate.
std::string before_position;
std::string after_position;

void say(std::string_view text) noexcept {
    if (::write(STDERR_FILENO, text.data(), text.size()) < 0) ::_exit(1);
}

extern "C" void say_last_words(int) {
    std::array<char, 20> digits{};
    auto first = digits.end();
    for (auto left = damage_guard::next(); left != 0; left /= 10) *--first = static_cast<char>('0' + left % 10);
    say(before_position);
    say(first == digits.end() ? std::string_view{"unknown"} : std::string_view{first, digits.end()});
    say(after_position);
    ::_exit(1);
}

} // namespace

damage_guard::damage_guard(const std::filesystem::path& folder) {
    EXPECTS(!guards.exchange(true));
    const error why{errc::corrupt, {}, 0};
    before_position = "meguri: a database in " + folder.string() + " is damaged (journal position ";
    after_position = ")" + why.text() + "\n";
    struct sigaction with {};
    with.sa_handler = say_last_words;
    for (std::size_t i = 0; i < signals.size(); ++i) ::sigaction(signals[i], &with, &before_[i]);
}

damage_guard::~damage_guard() {
    for (std::size_t i = 0; i < signals.size(); ++i) ::sigaction(signals[i], &before_[i], nullptr);
    position = 0;
    guards = false;
}

void damage_guard::passed(ledger::journal_position at) noexcept { position.store(at, std::memory_order_relaxed); }

ledger::journal_position damage_guard::next() noexcept {
    const auto last = position.load(std::memory_order_relaxed);
    return guards && last != 0 ? last + 1 : 0;
}

} // namespace meguri::storage
