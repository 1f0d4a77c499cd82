#include "ledger/commands.hpp"

namespace meguri::ledger {

command::command() = default;
command::command(const command&) = default;
command::command(command&&) noexcept = default;
command& command::operator=(const command&) = default;
command& command::operator=(command&&) noexcept = default;
command::~command() = default;

} // namespace meguri::ledger
