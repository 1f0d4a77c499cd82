#include "bench/suite/benched_switch.hpp"

#include "bench/in_process.hpp"
#include "storage/data_folder.hpp"
#include "storage/journal_reader.hpp"
#include "storage/key_ring.hpp"
#include "storage/live_journal.hpp"

#include <filesystem>
#include <stdexcept>
#include <utility>
#include <variant>

namespace meguri::bench {

benched_switch::benched_switch(std::string binary, std::string folder, const benched_town& town, payment_source& source)
    : binary_{std::move(binary)},
      folder_{std::move(folder)} {
    std::filesystem::remove_all(folder_);
    in_process_switch making{folder_};
    const auto made = furnish(making, town.merchants, town.wallets);
    const auto& keys = making.store().keys();
    for (const auto& till : made.tills)
        source.add_till(keys.bearer_key(ledger::caller_kind::terminal, till.outlet.value(), {}).reveal());
    for (const auto wallet : made.wallets)
        source.add_code("042021", keys.code_text(wallet, 1, ledger::code_kind::card, {}).reveal());
}

served_program& benched_switch::serve() {
    program_.reset();
    program_ = std::make_unique<served_program>(binary_, serving(folder_));
    return *program_;
}

audit_result benched_switch::audit(const payment_source& source) {
    program_.reset();
    static_cast<void>(output_of(binary_, {"verify", "--data", folder_}));
    const auto journal = storage::live_journal::open(storage::data_folder::journal_of(folder_));
    if (!journal) throw std::runtime_error{journal.error().text()};
    auto reader = storage::journal_reader::make(*journal);
    if (!reader) throw std::runtime_error{reader.error().text()};
    payment_audit audit{source.answers_told()};
    const auto done = reader->read_from(1, [&](storage::journal_record&& record) {
        const auto* const paid = std::get_if<ledger::payment_decided>(&record.what.what);
        if (paid == nullptr) return true;
        audit.see(source.number_of(record.what.idempotency_key), paid->status == ledger::payment_status::captured,
                  paid->amount.value());
        return true;
    });
    if (!done) throw std::runtime_error{done.error().text()};
    return audit.result();
}

} // namespace meguri::bench
