#include "storage/journal_batch.hpp"

#include "ledger/contract.hpp"

#include <algorithm>

namespace meguri::storage {

void journal_batch::add(const ledger::entry& one) {
    if (empty()) first_ = one.position;
    EXPECTS(one.position == first_ + size());
    begins_.push_back(encoded_.size());
    encode(one, encoded_);
}

void journal_batch::add_copy(ledger::journal_position at, bytes record) {
    if (empty()) first_ = at;
    EXPECTS(at == first_ + size());
    const auto trailer = trailer_of(record);
    EXPECTS(trailer && !*trailer);
    begins_.push_back(encoded_.size());
    encoded_.insert(encoded_.end(), record.begin(), record.end());
}

void journal_batch::clear() noexcept {
    encoded_.clear();
    begins_.clear();
}

chain_end journal_batch::seal(const chain_end& previous, ledger::instant now, chain_hasher& hasher) {
    EXPECTS(!empty() && first_ == previous.last + 1);
    chain_end end{previous.last + size(), {}, std::max(previous.recorded_at, now)};
    append_trailer(encoded_, begins_.back(), end.recorded_at);
    hasher.begin(previous.hash);
    for (std::size_t i = 0; i < size(); ++i) add_to_chain(hasher, record(i), i + 1 == size());
    end.hash = hasher.finish();
    set_trailer_hash(record(size() - 1), end.hash);
    for (std::size_t i = 0; i < size(); ++i) set_checksum(record(i));
    return end;
}

} // namespace meguri::storage
