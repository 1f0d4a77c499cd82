#include "storage/chain_walk.hpp"

#include <string>

namespace meguri::storage {
namespace {

tl::unexpected<error> broken(std::string what, ledger::journal_position at) {
    return tl::unexpected{error{errc::chain_broken, std::move(what), at}};
}

} // namespace

tl::expected<journal_record, error> decode_at(ledger::journal_position at, bytes record) {
    auto decoded = decode(record);
    if (!decoded) {
        decoded.error().position = at;
        return decoded;
    }
    if (decoded->what.position != at)
        return broken("the entry at this position was written for position " + std::to_string(decoded->what.position),
                      at);
    return decoded;
}

chain_walk::chain_walk(const chain_end& from) : arrived_{from}, seen_{from.last} { hasher_.begin(from.hash); }

tl::expected<journal_record, error> chain_walk::take(bytes record) {
    auto decoded = decode_at(seen_ + 1, record);
    if (!decoded) return decoded;
    ++seen_;
    add_to_chain(hasher_, record, decoded->end_of_batch.has_value());
    if (!decoded->end_of_batch) return decoded;
    if (auto ended = end_batch(*decoded->end_of_batch); !ended) return tl::unexpected{std::move(ended.error())};
    return decoded;
}

tl::expected<void, error> chain_walk::end_batch(const batch_trailer& trailer) {
    if (hasher_.finish() != trailer.hash)
        return broken("the batch that ends at this position is not the one that was chained after position " +
                          std::to_string(arrived_.last),
                      seen_);
    if (trailer.recorded_at < arrived_.recorded_at)
        return broken("the batch that ends at this position was recorded before its predecessor", seen_);
    arrived_ = {seen_, trailer.hash, trailer.recorded_at};
    hasher_.begin(arrived_.hash);
    return {};
}

tl::expected<chain_end, error> chain_walk::finish() const {
    if (seen_ != arrived_.last) return broken("the journal ends in the middle of a batch", seen_);
    return arrived_;
}

} // namespace meguri::storage
