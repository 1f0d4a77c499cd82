#include "net/card_trust.hpp"

#include <sodium.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <fstream>
#include <iterator>
#include <system_error>

namespace meguri::net {
namespace {

namespace fs = std::filesystem;

std::optional<std::string> text_of_file(const fs::path& file) {
    std::ifstream from{file, std::ios::binary};
    std::string text{std::istreambuf_iterator<char>{from}, {}};
    if (!from.is_open() || from.bad()) return std::nullopt;
    return text;
}

// A file from the future was not fetched later than now.
ledger::instant fetched_at(fs::file_time_type changed) {
    const auto wall = std::chrono::file_clock::to_sys(std::min(changed, fs::file_time_type::clock::now()));
    return ledger::instant{std::chrono::duration_cast<std::chrono::milliseconds>(wall.time_since_epoch()).count()};
}

} // namespace

tl::expected<std::shared_ptr<const card_authorities>, error> card_trust::load_authorities(const std::string& file) {
    if (file.empty()) return std::make_shared<const card_authorities>();
    const auto text = text_of_file(file);
    if (!text) return tl::unexpected{error{error_kind::bad_card_authorities, file + " cannot be read"}};
    return card_authorities::parse(*text, file).map([](card_authorities&& found) {
        return std::make_shared<const card_authorities>(std::move(found));
    });
}

tl::expected<std::shared_ptr<card_trust>, error> card_trust::load(const card_files& files) {
    return load_authorities(files.authorities).map([&files](std::shared_ptr<const card_authorities>&& found) {
        std::shared_ptr<card_trust> loaded{new card_trust};
        loaded->use(files, std::move(found));
        return loaded;
    });
}

void card_trust::use(const card_files& files, std::shared_ptr<const card_authorities> authorities) {
    const std::lock_guard one_at_a_time{refreshing_};
    const std::lock_guard lock{mutex_};
    files_ = files;
    authorities_ = std::move(authorities);
    lists_mark_.reset();
    if (files.crl.empty()) lists_.reset();
    places_.clear();
}

tl::expected<void, error> card_trust::refresh() {
    const std::lock_guard one_at_a_time{refreshing_};
    if (files_.crl.empty()) return {};
    const auto bad = [this](const std::string& why) {
        return tl::unexpected{error{error_kind::bad_card_crl, files_.crl + ": " + why}};
    };
    std::error_code failed;
    const auto changed = fs::last_write_time(files_.crl, failed);
    if (failed) return bad(failed.message());
    const file_mark mark{changed, fs::file_size(files_.crl, failed)};
    if (failed) return bad(failed.message());
    if (lists_mark_ == mark) return {};
    const auto text = text_of_file(files_.crl);
    if (!text) return bad("cannot be read");
    auto lists = card_revocations::parse(*text, files_.crl, *authorities_, fetched_at(changed));
    if (!lists) return tl::unexpected{std::move(lists.error())};
    auto fresh = std::make_shared<const card_revocations>(std::move(*lists));
    lists_mark_ = mark;
    const std::lock_guard lock{mutex_};
    lists_.swap(fresh);
    return {};
}

std::shared_ptr<const card_certificate> card_trust::read(std::string_view der) {
    certificate_digest digest{};
    crypto_generichash(digest.data(), digest.size(), reinterpret_cast<const unsigned char*>(der.data()), der.size(),
                       nullptr, 0);
    std::size_t at = 0;
    std::memcpy(&at, digest.data(), sizeof at);
    at %= place_count;
    std::shared_ptr<const card_authorities> authorities;
    {
        const std::lock_guard lock{mutex_};
        if (!places_.empty() && places_[at].read != nullptr && places_[at].of == digest) return places_[at].read;
        authorities = authorities_;
    }
    auto found = read_card_certificate(der, *authorities);
    if (!found) return nullptr;
    auto kept = std::make_shared<const card_certificate>(std::move(*found));
    const std::lock_guard lock{mutex_};
    if (authorities != authorities_) return kept; // chained by those of before a reload: good for this once
    if (places_.empty()) places_.resize(place_count);
    places_[at] = {digest, kept};
    return kept;
}

// What is not genuine needs no list to be declined.
std::optional<ledger::card_facts> card_trust::judge(const card_certificate& card, bool is_signed,
                                                    ledger::instant now) const {
    std::shared_ptr<const card_revocations> lists;
    std::int64_t age_max_ms = 0;
    bool by_answers = false;
    {
        const std::lock_guard lock{mutex_};
        if (authorities_->all().empty()) return std::nullopt;
        lists = lists_;
        age_max_ms = files_.crl_age_max_ms;
        by_answers = files_.asks_responder;
    }
    ledger::card_facts found{.begins = card.begins, .ends = card.ends};
    found.is_genuine = is_signed && card.is_good();
    if (!found.is_genuine) return found;
    auto known = revocation::unknown;
    if (by_answers)
        known = statuses_.look_up(card, now, age_max_ms);
    else if (lists != nullptr)
        known = lists->look_up(card.issued_by, card.serial, now, age_max_ms);
    if (known == revocation::unknown) return std::nullopt;
    found.is_revoked = known == revocation::revoked;
    return found;
}

bool card_trust::asks_responder() const {
    const std::lock_guard lock{mutex_};
    return files_.asks_responder;
}

// What is not genuine is declined without any question.
bool card_trust::must_ask(const card_certificate& card, ledger::instant now) const {
    return card.is_good() && asks_responder() && statuses_.look_up(card, now, age_max_ms()) == revocation::unknown;
}

std::shared_ptr<const card_authorities> card_trust::authorities() const {
    const std::lock_guard lock{mutex_};
    return authorities_;
}

std::shared_ptr<const card_revocations> card_trust::lists() const {
    const std::lock_guard lock{mutex_};
    return lists_;
}

std::int64_t card_trust::age_max_ms() const {
    const std::lock_guard lock{mutex_};
    return files_.crl_age_max_ms;
}

tl::expected<void, error> card_trust::may_replace(const std::string& pem, const std::string& origin) const {
    std::shared_ptr<const card_authorities> authorities;
    {
        const std::lock_guard lock{mutex_};
        authorities = authorities_;
    }
    const auto wanted = card_revocations::parse(pem, origin, *authorities, {});
    if (!wanted) return tl::unexpected{wanted.error()};
    const auto in_use = lists_in_use();
    for (const auto& one : wanted->all_dates())
        for (const auto& other : in_use)
            if (one.authority == other.authority && one.begins < other.begins)
                return tl::unexpected{error{error_kind::bad_card_crl, origin + ": it is older than the one in use"}};
    return {};
}

std::vector<card_revocations::dates> card_trust::lists_in_use() const {
    const std::lock_guard lock{mutex_};
    return lists_ != nullptr ? lists_->all_dates() : std::vector<card_revocations::dates>{};
}

std::optional<ledger::instant> card_trust::lists_fetched_at() const {
    const std::lock_guard lock{mutex_};
    return lists_ != nullptr ? std::optional{lists_->fetched_at()} : std::nullopt;
}

std::optional<ledger::card_facts> held_certificate::judge(ledger::instant now) const {
    return trust_.judge(*card_, true, now);
}

std::optional<ledger::card_facts> signed_payment::judge(ledger::instant now) const {
    return trust_.judge(*card_, card_->is_good() && card_->signed_text(text_, signature_), now);
}

} // namespace meguri::net
