// A password on its way from a request to the thread that hashes it.
#pragma once

#include "net/json_fields.hpp"
#include "storage/secret.hpp"

#include <memory>
#include <string>
#include <utility>

namespace meguri::net {

inline constexpr text_bounds password_bounds{8, 64};

// Shared, so that the work can be copied and the password cannot.
using hidden_text = std::shared_ptr<const storage::secret<std::string>>;

[[nodiscard]] inline hidden_text hide(storage::secret<std::string> one) {
    return std::make_shared<const storage::secret<std::string>>(std::move(one));
}

} // namespace meguri::net
