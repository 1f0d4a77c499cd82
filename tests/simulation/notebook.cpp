#include "tests/simulation/notebook.hpp"

#include "actors/protocol.hpp" // caf::error, which clang-tidy 14 else takes storage::error for
#include "storage/entry_codec.hpp"
#include "storage/journal_reader.hpp"

#include <sstream>

namespace meguri::test {
namespace {

using actors::ending;
using ledger::entry;
using ledger::journal_position;

std::string bytes_of(const entry& one) {
    std::vector<std::byte> encoded;
    storage::encode(one, encoded);
    return {reinterpret_cast<const char*>(encoded.data()), encoded.size()};
}

std::string at(journal_position position) { return " at entry " + std::to_string(position); }

// What can be seen of a wallet, without the places in the journal that it learns later.
std::string text_of(const ledger::wallet& one) {
    std::ostringstream text;
    text << one.sequence << (one.frozen ? " frozen" : "") << " lots " << one.lots_issued << " codes "
         << one.codes_issued;
    for (const auto& lot : one.lots)
        text << " | " << lot.terms->program.text() << ' ' << lot.terms->number << ' ' << lot.available.value() << '+'
             << lot.held.value();
    for (const auto used : one.codes_used) text << " used " << used;
    for (const auto& hold : one.holds) {
        text << " hold " << hold.sequence << ' ' << hold.amount.value();
        for (const auto& use : hold.lots) text << ' ' << use.lot->number << ':' << use.amount.value();
    }
    text << " home " << one.home.number();
    for (const auto& open : one.corrections) text << " correction " << open.sequence << ' ' << open.maker.id;
    text << " used " << one.used.size() << (one.limit.any() ? " limited" : "");
    return text.str();
}

// The key that the entry reversed or barred; null where it did neither.
const std::string* reversed_key_of(const entry& one) {
    if (const auto* const barred = std::get_if<ledger::key_barred>(&one.what)) return &barred->key;
    const auto* const step = std::get_if<ledger::payment_changed>(&one.what);
    return step != nullptr && step->step == ledger::payment_step::reversal ? &step->reversed_key : nullptr;
}

bool is_approval(const entry& one) {
    const auto* const paid = std::get_if<ledger::payment_decided>(&one.what);
    return paid != nullptr && paid->status != ledger::payment_status::declined;
}

const char* kind_of(const entry& one) {
    static constexpr std::array names{"ledger",
                                      "operator",
                                      "staff",
                                      "partner",
                                      "program",
                                      "merchant",
                                      "outlet",
                                      "wallet",
                                      "code",
                                      "freeze",
                                      "grant",
                                      "expiry",
                                      "payment",
                                      "step",
                                      "bar",
                                      "limits",
                                      "home",
                                      "transfer",
                                      "proposal",
                                      "correction",
                                      "epoch",
                                      "key",
                                      "revocation",
                                      "certificates",
                                      "card",
                                      "card end",
                                      "campaign",
                                      "campaign step",
                                      "campaign grant",
                                      "MyKey ID",
                                      "enrollment",
                                      "password",
                                      "desk",
                                      "renewal",
                                      "terms",
                                      "conversion",
                                      "coupon",
                                      "reconciliation",
                                      "row list",
                                      "file",
                                      "row grant",
                                      "rows left out",
                                      "eligible list",
                                      "eligibility",
                                      "purchase settings",
                                      "purchase request",
                                      "purchase",
                                      "money",
                                      "purchase refund",
                                      "activation",
                                      "activated",
                                      "digits",
                                      "block",
                                      "application",
                                      "account",
                                      "link",
                                      "linked conversion",
                                      "mandate",
                                      "debit order",
                                      "debit",
                                      "card purchase",
                                      "chargeback",
                                      "benefit",
                                      "event",
                                      "claw-back",
                                      "points back"};

    return names.at(one.what.index());
}

// Of the steps that nobody need have asked for, or that undo others, their own name.
std::string name_of(const entry& one) {
    const auto* const step = std::get_if<ledger::payment_changed>(&one.what);
    if (step != nullptr && step->step == ledger::payment_step::hold_expiry) return "hold expiry";
    if (step != nullptr && step->step == ledger::payment_step::reversal) return "reversal";
    const auto* const transfer = std::get_if<ledger::points_transferred>(&one.what);
    if (transfer != nullptr && transfer->by_default) return "transfer by default";
    return kind_of(one);
}

} // namespace

void fold::apply(const entry& one) {
    if (one.wallet) ledger::apply(wallets[one.wallet], one);
    if (one.merchant) ledger::apply(merchants[one.merchant], one);
    if (concerns_registry(one)) ledger::apply(registry, one);
    ledger::apply(books, one);
}

// --- answers ---

void notebook::sent(attempt& one) {
    one.was_reversed = reversed_.contains(one.id());
    if (!one.key.empty()) sent_.insert(one.id());
}

void notebook::answered(const attempt& one, journal_position durable, bool may_fail) {
    const auto& op = *one.op;
    switch (op.end) {
    case ending::decided:
        count(std::string{"answered: "} + kind_of(op.record));
        shown(one, durable);
        return decided(one);
    case ending::replayed:
        count("replayed");
        shown(one, durable);
        return replayed(one);
    case ending::read:
        count("read");
        if (op.wallet_seen) note_read(*op.wallet_seen);
        return;
    case ending::refused:
        count("refused");
        if (answers_.contains(one.id())) throw found_wrong{"a repetition was refused: key " + one.key};
        return;
    case ending::key_reused: return count("key reused");
    case ending::outcome_unknown:
    case ending::read_failed:
        count("failed");
        if (!may_fail) throw found_wrong{"a failure was answered although nothing had failed: key " + one.key};
        return;
    case ending::none:
    case ending::lost: throw found_wrong{"dropped without an answer: key " + one.key};
    }
}

// Whatever the answer shows must be durable by now, and the same for ever.
void notebook::shown(const attempt& one, journal_position durable) {
    const entry& record = one.op->record;
    if (record.position == 0 || record.position > durable)
        throw found_wrong{"answered before it was durable" + at(record.position)};
    const auto [known, is_new] = acknowledged_.try_emplace(record.position, bytes_of(record));
    if (!is_new && known->second != bytes_of(record)) throw found_wrong{"answered in two ways" + at(record.position)};
    if (one.was_reversed && is_approval(record)) throw found_wrong{"approved after its reversal: key " + one.key};
    note_reversal(record);
}

void notebook::decided(const attempt& one) {
    if (one.key.empty()) return;
    // A repetition that was asked on another thread may have been answered sooner.
    const auto position = one.op->record.position;
    const auto [first, is_new] = answers_.try_emplace(one.id(), position);
    if (first->second != position || !decided_.insert(one.id()).second)
        throw found_wrong{"decided twice under key " + one.key + at(first->second)};
}

void notebook::replayed(const attempt& one) {
    const entry& record = one.op->record;
    const auto* const reversed = reversed_key_of(record);
    if (record.idempotency_key == one.key) {
        const auto [first, is_new] = answers_.try_emplace(one.id(), record.position);
        if (first->second != record.position) throw found_wrong{"another entry under key " + one.key};
        return;
    }
    if (reversed == nullptr) throw found_wrong{"somebody else's entry under key " + one.key};
    const auto* const command = one.command();
    const auto* const reversal = command != nullptr ? std::get_if<ledger::reverse_attempt>(command) : nullptr;
    if (*reversed != (reversal != nullptr ? reversal->key : one.key))
        throw found_wrong{"somebody else's reversal under key " + one.key};
}

void notebook::note_reversal(const entry& one) {
    if (const auto* const key = reversed_key_of(one)) reversed_.insert({one.caller, *key});
}

void notebook::note_read(const ledger::wallet& seen) {
    const auto text = text_of(seen);
    const auto [known, is_new] = reads_.try_emplace({seen.id, seen.sequence}, text);
    if (!is_new && known->second != text)
        throw found_wrong{"a wallet was shown in two ways: " + known->second + " and " + text};
}

// --- the journal ---

const fold& notebook::compare(const storage::journal& entries) {
    auto reader = storage::journal_reader::make(entries);
    if (!reader) throw found_wrong{reader.error().text()};
    folded_ = {};
    keys_met_.clear();
    std::vector<std::string> journal;
    const auto end = reader->check_chain({}, storage::journal_reader::to_the_end, [&](const auto& record) {
        journal.push_back(bytes_of(record.what));
        if (record.what.position != journal.size()) throw found_wrong{"another position" + at(journal.size())};
        check_entry(record.what, journal.back());
        if (journal.size() > journal_.size()) count("journal: " + name_of(record.what));
        folded_.apply(record.what);
        check_reads(record.what);
        return true;
    });
    if (!end) throw found_wrong{end.error().text()};
    end_ = *end;
    if (journal.size() < journal_.size() || !std::equal(journal_.begin(), journal_.end(), journal.begin()))
        throw found_wrong{"what a start had found is no longer there, of " + std::to_string(journal_.size())};
    journal_ = std::move(journal);
    if (!acknowledged_.empty() && acknowledged_.rbegin()->first > journal_.size())
        throw found_wrong{"answered, but lost" + at(acknowledged_.rbegin()->first) + " of " +
                          std::to_string(journal_.size())};
    if (!folded_.books.balanced()) throw found_wrong{"the books do not balance"};
    for (const auto& [of, text] : reads_)
        if (folded_.wallets[of.first].sequence < of.second)
            throw found_wrong{"a wallet was shown as it never became: " + text};
    return folded_;
}

void notebook::check_entry(const entry& one, const std::string& bytes) {
    const auto known = acknowledged_.find(one.position);
    if (known != acknowledged_.end() && known->second != bytes)
        throw found_wrong{"not the entry that was answered" + at(one.position)};
    if (one.idempotency_key.empty()) return;
    const key_of_caller id{one.caller, one.idempotency_key};
    if (!sent_.contains(id)) throw found_wrong{"nobody asked for this" + at(one.position)};
    if (!keys_met_.insert(id).second) throw found_wrong{"a key was used twice" + at(one.position)};
}

void notebook::check_reads(const entry& one) {
    if (!one.wallet) return;
    const auto& now = folded_.wallets[one.wallet];
    const auto seen = reads_.find({one.wallet, now.sequence});
    if (seen != reads_.end() && seen->second != text_of(now))
        throw found_wrong{"shown as '" + seen->second + "', but is '" + text_of(now) + '\'' + at(one.position)};
}

} // namespace meguri::test
