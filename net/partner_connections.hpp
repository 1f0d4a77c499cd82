// The partners at which residents may link their accounts, as the operator's file says (config/partner_file.hpp), with
// their secrets. Immutable once it is read; any thread.
#pragma once

#include "config/partner_file.hpp"
#include "ledger/ids.hpp"
#include "storage/secret.hpp"

#include <tl/expected.hpp>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace meguri::storage {
class key_ring;
}

namespace meguri::net {

struct partner_connection {
    ledger::partner_id partner;
    config::partner_entry at;
    storage::secret<std::string> client_secret{std::string{}};
};

class partner_connections {
public:
    partner_connections() = default;
    explicit partner_connections(std::vector<partner_connection> all) : all_{std::move(all)} {}
    // Errors: a file that cannot be used, an id that is no partner's, one that is named twice, an address that is none,
    // a secret that cannot be read. `keys` decode the ids.
    [[nodiscard]] static tl::expected<partner_connections, config::error> load(const std::string& file,
                                                                               const storage::key_ring& keys);

    // Null: no account can be linked there.
    [[nodiscard]] const partner_connection* find(ledger::partner_id partner) const noexcept;
    [[nodiscard]] const std::vector<partner_connection>& all() const noexcept { return all_; }

private:
    std::vector<partner_connection> all_;
};

} // namespace meguri::net
