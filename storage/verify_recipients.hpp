// What the replay of `meguri verify` knows of files of recipients: the rows of each that are still to come. Part of
// verify; one thread.
#pragma once

#include "ledger/entry.hpp"
#include "storage/error.hpp"

#include <tl/expected.hpp>

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <vector>

namespace meguri::storage {

struct verify_recipients {
    using read_entry = std::function<tl::expected<ledger::entry, error>(ledger::journal_position)>;

    struct awaited_row {
        ledger::wallet_id wallet;
        std::string occasion;
        ledger::points amount;
        std::uint32_t line = 0;
        bool has_come = false;
    };
    struct awaited_file {
        std::vector<awaited_row> rows;
        std::size_t left = 0;
    };

    // The rows of its lists; nullopt where they are not what the acceptance says, or come after it.
    [[nodiscard]] static std::optional<awaited_file> read_accepted(const ledger::recipients_accepted& fact,
                                                                   const ledger::entry& one, const read_entry& read);
    // Whether the file awaits just that.
    [[nodiscard]] bool take(const ledger::recipient_granted& fact);
    [[nodiscard]] bool take(const ledger::recipients_left_out& fact);

    // By the position of the acceptance, until all rows of it have come.
    std::map<ledger::journal_position, awaited_file> files;

private:
    // The row, if it is still to come and `is_wanted` says that it is the one: it has come then.
    template <class Wanted>
    [[nodiscard]] std::optional<ledger::points> take_row(ledger::journal_position file, std::uint32_t row,
                                                         Wanted is_wanted);
};

} // namespace meguri::storage
