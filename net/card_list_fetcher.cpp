#include "net/card_list_fetcher.hpp"

#include "net/card_trust.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <memory>
#include <system_error>
#include <utility>

namespace meguri::net {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t list_bytes_max = std::size_t{128} << 20; // some three million revoked certificates
constexpr std::int64_t fetch_time_max_ms = 60'000;
constexpr std::chrono::seconds again_after_failure{30};

using bio_ptr = std::unique_ptr<BIO, decltype(&BIO_free)>;

// A list in DER, as authorities mostly publish it, becomes PEM; empty where it is neither.
std::string as_pem(const std::string& body) {
    if (body.find("-----BEGIN X509 CRL-----") != std::string::npos) return body.ends_with('\n') ? body : body + '\n';
    const auto* bytes = reinterpret_cast<const unsigned char*>(body.data());
    const std::unique_ptr<X509_CRL, decltype(&X509_CRL_free)> read{
        d2i_X509_CRL(nullptr, &bytes, static_cast<long>(body.size())), X509_CRL_free};
    const bio_ptr out{BIO_new(BIO_s_mem()), BIO_free};
    if (read == nullptr || PEM_write_bio_X509_CRL(out.get(), read.get()) != 1) {
        ERR_clear_error();
        return {};
    }
    char* text = nullptr;
    const auto size = BIO_get_mem_data(out.get(), &text);
    return {text, static_cast<std::size_t>(size)};
}

} // namespace

void card_list_fetcher::use(card_list_sources sources) {
    const std::lock_guard lock{mutex_};
    wanted_ = std::move(sources);
}

std::string card_list_fetcher::fetch_when_due() {
    {
        const std::lock_guard lock{mutex_};
        if (wanted_ != sources_) {
            sources_ = wanted_;
            lists_.clear();
            for (const auto& url : sources_.urls) lists_.push_back({url, {}, {}, {}, {}});
            due_ = {};
            complaint_.clear();
        }
    }
    const auto now = std::chrono::steady_clock::now();
    if (lists_.empty() || now < due_) return complaint_;
    complaint_ = fetch_all();
    const std::chrono::milliseconds every{sources_.every_ms};
    due_ = now + (complaint_.empty() ? every : std::min<std::chrono::milliseconds>(every, again_after_failure));
    return complaint_;
}

std::string card_list_fetcher::fetch_all() {
    std::string wrong;
    for (auto& one : lists_) {
        if (ending_.load(std::memory_order_relaxed)) return wrong;
        auto failed = fetch_one(one);
        if (failed.empty()) continue;
        probes_.failed.add();
        if (wrong.empty()) wrong = one.url + ": " + std::move(failed);
    }
    // Without one of them the file would lack it: whatever it says already is better.
    const bool has_all =
        std::none_of(lists_.begin(), lists_.end(), [](const known_list& one) { return one.pem.empty(); });
    if (!has_all) return wrong;
    auto failed = write();
    return wrong.empty() ? std::move(failed) : wrong;
}

std::string card_list_fetcher::fetch_one(known_list& one) {
    const auto began = std::chrono::system_clock::now();
    auto answer =
        fetch({one.url, one.etag, one.last_modified, sources_.authorities, list_bytes_max, fetch_time_max_ms}, ending_);
    if (!answer) return std::move(answer.error());
    if (answer->is_unchanged) {
        if (one.pem.empty()) return "it is answered 304 to who has nothing";
        one.fetched_at = began;
        probes_.unchanged.add();
        return {};
    }
    auto pem = as_pem(answer->body);
    if (pem.empty()) return "it is no revocation list";
    if (auto usable = judges_.may_replace(pem, "the list"); !usable) return std::move(usable.error().detail);
    one.pem = std::move(pem);
    one.etag = std::move(answer->etag);
    one.last_modified = std::move(answer->last_modified);
    one.fetched_at = began;
    probes_.fresh.add();
    return {};
}

// Beside the file first, and with its time: card_trust takes that for when the lists were fetched, the oldest of them.
std::string card_list_fetcher::write() const {
    const fs::path file{sources_.file};
    fs::path beside = file;
    beside += ".new";
    std::ofstream out{beside, std::ios::binary | std::ios::trunc};
    auto oldest = lists_.front().fetched_at;
    for (const auto& one : lists_) {
        out << one.pem;
        oldest = std::min(oldest, one.fetched_at);
    }
    out.close();
    std::error_code failed;
    if (!out) return beside.string() + " cannot be written";
    fs::last_write_time(beside, std::chrono::file_clock::from_sys(oldest), failed);
    if (!failed) fs::rename(beside, file, failed);
    return failed ? file.string() + ": " + failed.message() : std::string{};
}

} // namespace meguri::net
