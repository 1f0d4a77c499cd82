#include "ledger/clawback.hpp"

namespace meguri::ledger {

std::string_view name_of(clawback_status status) noexcept {
    switch (status) {
    case clawback_status::proposed: return "proposed";
    case clawback_status::approved: return "approved";
    case clawback_status::rejected: return "rejected";
    }
    return {};
}

} // namespace meguri::ledger
