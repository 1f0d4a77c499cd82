#include "storage/key_ring.hpp"

#include "ledger/contract.hpp"
#include "storage/base32.hpp"
#include "storage/open_file.hpp"

#include <openssl/evp.h>
#include <sodium.h>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <fcntl.h>
#include <memory>
#include <sys/stat.h>

namespace meguri::storage {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t prefixed_text_max = 1024;

// Appends numbers, little-endian, in front of what is hashed.
class hash_input {
public:
    template <class Number>
    hash_input& number(Number value) noexcept {
        for (std::size_t i = 0; i < sizeof value; ++i)
            bytes_[size_++] = static_cast<unsigned char>(static_cast<std::uint64_t>(value) >> 8 * i & 0xFF);
        return *this;
    }
    hash_input& text(std::string_view value) {
        EXPECTS(value.size() <= prefixed_text_max);
        std::memcpy(bytes_.data() + size_, value.data(), value.size());
        size_ += value.size();
        return *this;
    }
    // Nothing before the first restore: what is derived then stays what it was before there were epochs.
    hash_input& epoch(ledger::epoch_mark mark) noexcept { return mark ? number(mark.value()) : *this; }
    [[nodiscard]] std::string_view view() const noexcept {
        return {reinterpret_cast<const char*>(bytes_.data()), size_};
    }

private:
    std::array<unsigned char, 32 + prefixed_text_max> bytes_;
    std::size_t size_ = 0;
};

// In front of what is hashed, so that two of different purposes never have one digest.
namespace joining_purpose {
constexpr std::uint8_t activation = 1;
constexpr std::uint8_t application = 2;
constexpr std::uint8_t applicant = 3;
constexpr std::uint8_t account = 4;
constexpr std::uint8_t mandate = 5;
constexpr std::uint8_t debits = 6;
} // namespace joining_purpose

const unsigned char* bytes_in(std::string_view text) noexcept {
    return reinterpret_cast<const unsigned char*>(text.data());
}

template <std::size_t Size>
std::array<unsigned char, Size> keyed_hash(std::span<const unsigned char> key, std::string_view of) {
    std::array<unsigned char, Size> hash;
    ENSURES(crypto_generichash(hash.data(), hash.size(), bytes_in(of), of.size(), key.data(), key.size()) == 0);
    return hash;
}

ledger::digest128 siphash128(const std::array<unsigned char, 16>& key, std::string_view of) noexcept {
    std::array<unsigned char, crypto_shorthash_siphashx24_BYTES> hash;
    crypto_shorthash_siphashx24(hash.data(), bytes_in(of), of.size(), key.data());
    ledger::digest128 digest;
    for (std::size_t i = 0; i < 8; ++i) {
        digest.high = digest.high << 8 | hash[i];
        digest.low = digest.low << 8 | hash[8 + i];
    }
    return digest;
}

std::string_view prefix_of(id_kind kind) noexcept {
    constexpr std::array<std::string_view, 38> prefixes{
        "au_", "re_",   "rv_",  "mer_", "ter_", "shop_", "wal_", "opr_", "stf_", "par_", "cur_", "gr_",  "en_",
        "co_", "card_", "cam_", "ses_", "",     "",      "cv_",  "cp_",  "rc_",  "rcp_", "",     "pur_", "tra_",
        "",    "app_",  "ac_",  "lk_",  "lc_",  "",      "man_", "deb_", "",     "elg_", "evt_", "clb_"};
    return prefixes[static_cast<std::size_t>(kind) - 1];
}

std::string_view prefix_of(ledger::caller_kind kind) noexcept {
    constexpr std::array<std::string_view, 8> prefixes{"", "op_", "mu_", "pa_", "te_", "sh_", "", ""};
    return prefixes[static_cast<std::size_t>(kind)];
}

// Of the epoch in which the number in an id was given out.
ledger::epoch_mark mark_of(const ledger::epoch_list& epochs, id_kind kind, std::uint64_t value) noexcept {
    switch (kind) {
    case id_kind::merchant: return epochs.mark_of_merchant(value);
    case id_kind::terminal:
    case id_kind::shop: return epochs.mark_of(ledger::outlet_id{value});
    case id_kind::wallet: return epochs.mark_of_wallet(value);
    case id_kind::operator_:
    case id_kind::staff:
    case id_kind::partner: return epochs.mark_of_party(value);
    case id_kind::authorization:
    case id_kind::refund:
    case id_kind::reversal:
    case id_kind::cursor:
    case id_kind::grant:
    case id_kind::entry:
    case id_kind::correction:
    case id_kind::card:
    case id_kind::campaign:
    case id_kind::session:
    case id_kind::conversion:
    case id_kind::coupon:
    case id_kind::reconciliation:
    case id_kind::recipients:
    case id_kind::purchase:
    case id_kind::transfer:
    case id_kind::application:
    case id_kind::account_change:
    case id_kind::link:
    case id_kind::linked_conversion:
    case id_kind::mandate:
    case id_kind::debit_order:
    case id_kind::eligibility:
    case id_kind::event:
    case id_kind::clawback: break;
    }
    return epochs.mark_at(value);
}

struct cipher_ender {
    void operator()(EVP_CIPHER_CTX* one) const noexcept { EVP_CIPHER_CTX_free(one); }
};

// OpenSSL's contexts are not shared between threads and are dear to set up: each thread keeps one per direction, for
// the ring that it used last.
struct cipher_context {
    std::uint64_t ring = 0;
    std::unique_ptr<EVP_CIPHER_CTX, cipher_ender> raw;

    EVP_CIPHER_CTX* of(std::uint64_t wanted_ring, const std::array<unsigned char, 16>& key, bool encrypt) {
        if (ring == wanted_ring) return raw.get();
        raw.reset(EVP_CIPHER_CTX_new());
        ENSURES(raw != nullptr);
        ENSURES(EVP_CipherInit_ex(raw.get(), EVP_aes_128_ecb(), nullptr, key.data(), nullptr, encrypt ? 1 : 0) == 1);
        EVP_CIPHER_CTX_set_padding(raw.get(), 0);
        ring = wanted_ring;
        return raw.get();
    }
};

using key_secret = secret<std::array<std::byte, key_ring::key_bytes>>;

tl::expected<key_secret, error> read_key(const fs::path& file) {
    auto opened = open_file::open(file, O_RDONLY);
    if (!opened) return tl::unexpected{std::move(opened.error())};
    struct stat found {};
    if (::fstat(opened->descriptor(), &found) != 0)
        return tl::unexpected{system_error(errno, "look at the key file " + file.string())};
    if ((found.st_mode & 077) != 0)
        return tl::unexpected{error{errc::key_exposed, "the key file " + file.string() + " is open to others", 0}};
    std::array<std::byte, key_ring::key_bytes + 1> room{};
    const auto size = opened->read(room);
    if (!size) return tl::unexpected{size.error()};
    if (*size != key_ring::key_bytes)
        return tl::unexpected{error{errc::corrupt, "the key file " + file.string() + " is not 32 bytes long", 0}};
    std::array<std::byte, key_ring::key_bytes> key{};
    std::copy_n(room.begin(), key_ring::key_bytes, key.begin());
    return secret{key};
}

tl::expected<void, error> write_key(const fs::path& file, std::span<const std::byte> key) {
    return open_file::open(file, O_WRONLY | O_CREAT | O_EXCL, 0600).and_then([key](const open_file& opened) {
        return opened.write(key).and_then([&opened] { return opened.sync(); });
    });
}

std::uint64_t next_serial() noexcept {
    static std::atomic<std::uint64_t> last{0};
    return last.fetch_add(1, std::memory_order_relaxed) + 1;
}

} // namespace

tl::expected<void, error> key_ring::create(const fs::path& file) {
    EXPECTS(sodium_init() >= 0);
    std::array<std::byte, key_bytes> key{};
    randombytes_buf(key.data(), key.size());
    auto written = write_key(file, key);
    sodium_memzero(key.data(), key.size());
    return written;
}

tl::expected<void, error> key_ring::copy(const fs::path& from, const fs::path& to) {
    return read_key(from).and_then([&to](const key_secret& key) { return write_key(to, key.reveal()); });
}

tl::expected<key_ring, error> key_ring::load(const fs::path& file) {
    return read_key(file).map([](const key_secret& key) { return key_ring{key}; });
}

key_ring::key_ring(const secret<std::array<std::byte, key_bytes>>& key) : serial_{next_serial()} {
    EXPECTS(sodium_init() >= 0);
    const std::span raw{reinterpret_cast<const unsigned char*>(key.reveal().data()), key_bytes};
    bearer_key_ = keyed_hash<32>(raw, "meguri bearer key");
    code_key_ = keyed_hash<32>(raw, "meguri code");
    my_key_key_ = keyed_hash<32>(raw, "meguri MyKey ID");
    password_key_ = keyed_hash<32>(raw, "meguri password");
    activation_key_ = keyed_hash<32>(raw, "meguri activation code");
    eligibility_key_ = keyed_hash<32>(raw, "meguri eligibility");
    bearer_digest_key_ = keyed_hash<16>(raw, "meguri digest of bearer keys");
    code_digest_key_ = keyed_hash<16>(raw, "meguri digest of codes");
    card_digest_key_ = keyed_hash<16>(raw, "meguri digest of cards");
    password_digest_key_ = keyed_hash<16>(raw, "meguri digest of passwords");
    idempotency_digest_key_ = keyed_hash<16>(raw, "meguri digest of idempotency keys");
    reference_digest_key_ = keyed_hash<16>(raw, "meguri digest of references");
    coupon_key_ = keyed_hash<32>(raw, "meguri coupon");
    conversion_digest_key_ = keyed_hash<16>(raw, "meguri digest of conversions");
    partner_account_digest_key_ = keyed_hash<16>(raw, "meguri digest of partners' accounts");
    tokens_key_ = keyed_hash<32>(raw, "meguri partners' tokens");
    coupon_digest_key_ = keyed_hash<16>(raw, "meguri digest of coupons");
    occasion_digest_key_ = keyed_hash<16>(raw, "meguri digest of occasions");
    purchaser_digest_key_ = keyed_hash<16>(raw, "meguri digest of purchasers");
    transfer_digest_key_ = keyed_hash<16>(raw, "meguri digest of transfers");
    purchase_reference_key_ = keyed_hash<32>(raw, "meguri purchase reference");
    joining_digest_key_ = keyed_hash<16>(raw, "meguri digest of what joins");
    id_key_ = keyed_hash<16>(raw, "meguri ids");
    fingerprint_ = siphash128(keyed_hash<16>(raw, "meguri fingerprint of the key"), "key");
}

secret<std::string> key_ring::bearer_key(ledger::caller_kind kind, std::uint64_t id, ledger::epoch_mark given_in,
                                         std::uint32_t generation) const {
    EXPECTS(kind != ledger::caller_kind::none && kind != ledger::caller_kind::resident);
    const auto input =
        hash_input{}.number(static_cast<std::uint8_t>(kind)).number(id).number(generation).epoch(given_in);
    const auto hash = keyed_hash<24>(bearer_key_, input.view());
    std::array<char, 33> text; // 32 and the zero that libsodium appends
    sodium_bin2base64(text.data(), text.size(), hash.data(), hash.size(), sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    return secret{std::string{prefix_of(kind)} + text.data()};
}

secret<std::string> key_ring::code_text(ledger::wallet_id wallet, std::uint32_t ordinal, ledger::code_kind kind,
                                        ledger::epoch_mark given_in) const {
    const auto input =
        hash_input{}.number(wallet.value()).number(ordinal).number(static_cast<std::uint8_t>(kind)).epoch(given_in);
    const auto hash = keyed_hash<16>(code_key_, input.view());
    std::string text(20, '0');
    encode_base32(hash, base32_upper, text);
    return secret{std::move(text)};
}

// Sixteen digits of 64 bits at a time: each is as likely as any other, but for less than one in a thousand.
secret<std::string> key_ring::numeric_code_text(ledger::wallet_id wallet, std::uint32_t ordinal,
                                                const ledger::numeric_format& format,
                                                ledger::epoch_mark given_in) const {
    constexpr std::size_t portion = 16;
    std::string text = format.prefix;
    const std::size_t end = text.size() + format.random_digits();
    for (std::uint8_t round = 0; text.size() < end; ++round) {
        const auto input = hash_input{}
                               .number(wallet.value())
                               .number(ordinal)
                               .number(static_cast<std::uint8_t>(ledger::code_kind::once))
                               .number(std::uint8_t{1}) // of digits
                               .number(round)
                               .epoch(given_in);
        std::uint64_t bits = 0;
        for (const auto byte : keyed_hash<16>(code_key_, input.view())) bits = bits << 8 | byte;
        for (std::size_t i = 0; i < portion && text.size() < end; ++i, bits /= 10)
            text += static_cast<char>('0' + bits % 10);
    }
    text += ledger::luhn_digit(text);
    return secret{std::move(text)};
}

ledger::activation_code key_ring::activation(ledger::merchant_id merchant, std::uint32_t number,
                                             ledger::epoch_mark given_in) const {
    const auto hash =
        keyed_hash<16>(activation_key_, hash_input{}.number(merchant.value()).number(number).epoch(given_in).view());
    std::array<std::uint8_t, ledger::activation_code::random_characters> values{};
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = hash[i] & 31;
    return ledger::activation_code::of(values);
}

ledger::my_key_id key_ring::my_key(ledger::wallet_id wallet, std::uint32_t drawing, ledger::epoch_mark given_in) const {
    const auto input = hash_input{}.number(wallet.value()).number(drawing).epoch(given_in);
    std::uint64_t bits = 0; // the last eight bytes are left in it
    for (const auto byte : keyed_hash<16>(my_key_key_, input.view())) bits = bits << 8 | byte;
    return ledger::my_key_id::drawn_by(bits);
}

secret<std::string> key_ring::coupon_text(ledger::partner_id partner, std::uint32_t number,
                                          ledger::epoch_mark given_in) const {
    const auto input = hash_input{}.number(partner.value()).number(number).epoch(given_in);
    const auto hash = keyed_hash<16>(coupon_key_, input.view());
    std::string text(20, '0');
    encode_base32(hash, base32_upper, text);
    return secret{std::move(text)};
}

secret<std::array<unsigned char, 32>> key_ring::eligibility_key(ledger::journal_position campaign) const {
    const auto input = hash_input{}.number(campaign).epoch(epochs_.mark_at(campaign));
    return secret{keyed_hash<32>(eligibility_key_, input.view())};
}

ledger::digest128 key_ring::digest_of_eligible(ledger::journal_position campaign, ledger::my_key_id id) const {
    static_assert(crypto_auth_hmacsha256_KEYBYTES == 32);
    const auto key = eligibility_key(campaign);
    const auto text = id.text();
    std::array<unsigned char, crypto_auth_hmacsha256_BYTES> hash{};
    ENSURES(crypto_auth_hmacsha256(hash.data(), bytes_in(text), text.size(), key.reveal().data()) == 0);
    ledger::digest128 digest;
    for (std::size_t i = 0; i < 8; ++i) {
        digest.high = digest.high << 8 | hash[i];
        digest.low = digest.low << 8 | hash[8 + i];
    }
    return digest;
}

ledger::digest128 key_ring::digest_of_bearer(std::string_view key) const noexcept {
    return siphash128(bearer_digest_key_, key);
}

ledger::digest128 key_ring::digest_of_code(std::string_view text) const noexcept {
    return siphash128(code_digest_key_, text);
}

ledger::digest128 key_ring::digest_of_coupon(std::string_view text) const noexcept {
    return siphash128(coupon_digest_key_, text);
}

ledger::digest128 key_ring::digest_of_card(std::string_view identity) const noexcept {
    return siphash128(card_digest_key_, identity);
}

secret<std::string> key_ring::peppered_password(ledger::wallet_id of, std::string_view password) const {
    const auto input = hash_input{}.number(of.value()).text(password);
    const auto hash = keyed_hash<32>(password_key_, input.view());
    return secret{std::string{reinterpret_cast<const char*>(hash.data()), hash.size()}};
}

ledger::digest128 key_ring::digest_of_password(ledger::wallet_id of, std::string_view password) const {
    const auto input = hash_input{}.number(of.value()).text(password);
    return siphash128(password_digest_key_, input.view());
}

ledger::digest128 key_ring::digest_of_idempotency(ledger::caller_ref caller, std::string_view key) const {
    const auto input = hash_input{}.number(static_cast<std::uint8_t>(caller.kind)).number(caller.id).text(key);
    return siphash128(idempotency_digest_key_, input.view());
}

ledger::digest128 key_ring::digest_of_reference(ledger::merchant_id merchant, std::string_view reference) const {
    const auto input = hash_input{}.number(merchant.value()).text(reference);
    return siphash128(reference_digest_key_, input.view());
}

ledger::digest128 key_ring::digest_of_conversion(ledger::partner_id partner, std::string_view reference) const {
    const auto input = hash_input{}.number(partner.value()).text(reference);
    return siphash128(conversion_digest_key_, input.view());
}

ledger::digest128 key_ring::digest_of_partner_account(ledger::partner_id partner, std::string_view subject) const {
    return siphash128(partner_account_digest_key_, hash_input{}.number(partner.value()).text(subject).view());
}

std::string key_ring::seal_tokens(const ledger::digest128& account, std::string_view plain) const {
    constexpr std::size_t nonce_bytes = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
    std::string sealed(nonce_bytes + plain.size() + crypto_aead_xchacha20poly1305_ietf_ABYTES, '\0');
    auto* const out = reinterpret_cast<unsigned char*>(sealed.data());
    randombytes_buf(out, nonce_bytes);
    const auto bound_to = hash_input{}.number(account.high).number(account.low);
    const auto bound = bound_to.view();
    unsigned long long size = 0;
    crypto_aead_xchacha20poly1305_ietf_encrypt(out + nonce_bytes, &size, bytes_in(plain), plain.size(), bytes_in(bound),
                                               bound.size(), nullptr, out, tokens_key_.data());
    ENSURES(size + nonce_bytes == sealed.size());
    return sealed;
}

std::optional<secret<std::string>> key_ring::open_tokens(const ledger::digest128& account,
                                                         std::string_view sealed) const {
    constexpr std::size_t nonce_bytes = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
    constexpr std::size_t overhead = nonce_bytes + crypto_aead_xchacha20poly1305_ietf_ABYTES;
    if (sealed.size() < overhead) return std::nullopt;
    std::string plain(sealed.size() - overhead, '\0');
    const auto bound_to = hash_input{}.number(account.high).number(account.low);
    const auto bound = bound_to.view();
    const auto cipher = sealed.substr(nonce_bytes);
    const int failed = crypto_aead_xchacha20poly1305_ietf_decrypt(
        reinterpret_cast<unsigned char*>(plain.data()), nullptr, nullptr, bytes_in(cipher), cipher.size(),
        bytes_in(bound), bound.size(), bytes_in(sealed), tokens_key_.data());
    if (failed != 0) return std::nullopt;
    return secret{std::move(plain)};
}

ledger::digest128 key_ring::digest_of_activation(const ledger::activation_code& code) const {
    return siphash128(joining_digest_key_, hash_input{}.number(joining_purpose::activation).text(code.text()).view());
}

ledger::digest128 key_ring::digest_of_application(ledger::journal_position application) const {
    return siphash128(joining_digest_key_,
                      hash_input{}.number(joining_purpose::application).number(application).view());
}

ledger::digest128 key_ring::digest_of_applicant(const ledger::application& what) const {
    auto input = hash_input{}.number(joining_purpose::applicant).number(static_cast<std::uint8_t>(what.kind));
    if (what.kind == ledger::applicant_kind::municipality)
        return siphash128(joining_digest_key_, input.number(what.opened.code.number()).view());
    const auto& account = what.account;
    input.number(account.bank).number(account.branch).number(static_cast<std::uint8_t>(account.type));
    return siphash128(joining_digest_key_, input.number(account.number).text(what.name).view());
}

ledger::digest128 key_ring::digest_of_account(const ledger::account_holder& holder) const {
    const auto input =
        hash_input{}.number(joining_purpose::account).number(static_cast<std::uint8_t>(holder.kind)).number(holder.id);
    return siphash128(joining_digest_key_, input.view());
}

ledger::digest128 key_ring::digest_of_mandate(ledger::program_code program, ledger::wallet_id wallet) const {
    const auto input = hash_input{}.number(joining_purpose::mandate).number(program.number()).number(wallet.value());
    return siphash128(joining_digest_key_, input.view());
}

ledger::digest128 key_ring::digest_of_debits(ledger::program_code program, ledger::jst_day day) const {
    const auto input = hash_input{}.number(joining_purpose::debits).number(program.number()).number(day.days());
    return siphash128(joining_digest_key_, input.view());
}

ledger::digest128 key_ring::digest_of_occasion(ledger::journal_position campaign, ledger::wallet_id wallet,
                                               std::string_view occasion) const {
    const auto input = hash_input{}.number(campaign).number(wallet.value()).text(occasion);
    return siphash128(occasion_digest_key_, input.view());
}

ledger::digest128 key_ring::digest_of_clawback(ledger::journal_position clawback, ledger::wallet_id wallet,
                                               std::uint32_t row) const {
    const auto input = hash_input{}.number(clawback).number(wallet.value()).number(row);
    return siphash128(occasion_digest_key_, input.view());
}

ledger::digest128 key_ring::digest_of_purchaser(ledger::program_code program, ledger::wallet_id wallet) const {
    const auto input = hash_input{}.number(program.number()).number(wallet.value());
    return siphash128(purchaser_digest_key_, input.view());
}

ledger::digest128 key_ring::digest_of_transfer(ledger::program_code program, const ledger::transfer_line& line) const {
    const auto day = static_cast<std::uint64_t>(line.day.days());
    const auto input = hash_input{}.number(program.number()).number(day).text(line.number);
    return siphash128(transfer_digest_key_, input.view());
}

ledger::purchase_reference key_ring::draw_reference(ledger::program_code program, ledger::wallet_id wallet,
                                                    ledger::instant at, std::uint32_t drawing,
                                                    ledger::epoch_mark given_in) const {
    const auto input = hash_input{}
                           .number(program.number())
                           .number(wallet.value())
                           .number(static_cast<std::uint64_t>(at.unix_ms()))
                           .number(drawing)
                           .epoch(given_in);
    std::uint64_t bits = 0;
    for (const auto byte : keyed_hash<16>(purchase_reference_key_, input.view())) bits = bits << 8 | byte;
    return ledger::purchase_reference::drawn_by(bits);
}

key_ring::block key_ring::cipher(const block& in, bool encrypt) const {
    thread_local std::array<cipher_context, 2> contexts;
    block out{};
    int written = 0;
    auto* const context = contexts[encrypt ? 1 : 0].of(serial_, id_key_, encrypt);
    ENSURES(EVP_CipherUpdate(context, out.data(), &written, in.data(), static_cast<int>(in.size())) == 1);
    ENSURES(written == static_cast<int>(out.size()));
    return out;
}

// The block: value 8, epoch's mark 4, both little-endian; kind 1; zero 3.
key_ring::block key_ring::tail_of(id_kind kind, std::uint64_t value) const noexcept {
    const std::uint32_t mark = mark_of(epochs_, kind, value).value();
    block tail{};
    for (std::size_t i = 0; i < 4; ++i) tail[8 + i] = static_cast<unsigned char>(mark >> 8 * i & 0xFF);
    tail[12] = static_cast<unsigned char>(kind);
    return tail;
}

id_text key_ring::encode_id(id_kind kind, std::uint64_t value) const {
    block plain = tail_of(kind, value);
    for (std::size_t i = 0; i < 8; ++i) plain[i] = static_cast<unsigned char>(value >> 8 * i & 0xFF);
    const block opaque = cipher(plain, true);
    const std::string_view prefix = prefix_of(kind);
    id_text text;
    text.size_ = static_cast<std::uint8_t>(prefix.size() + base32_block_chars);
    std::copy(prefix.begin(), prefix.end(), text.text_.begin());
    encode_base32(opaque, base32_lower, std::span{text.text_}.subspan(prefix.size(), base32_block_chars));
    return text;
}

// The block as of an id, with the code's number and one more in the last three bytes, which no id has.
std::string key_ring::event_code(ledger::journal_position event, std::uint32_t number) const {
    EXPECTS(number < ledger::event_code_last);
    block plain = tail_of(id_kind::event, event);
    for (std::size_t i = 0; i < 8; ++i) plain[i] = static_cast<unsigned char>(event >> 8 * i & 0xFF);
    for (std::size_t i = 0; i < 3; ++i) plain[13 + i] = static_cast<unsigned char>((number + 1) >> 8 * i & 0xFF);
    std::string text(base32_block_chars, '0');
    encode_base32(cipher(plain, true), base32_upper, text);
    return text;
}

std::optional<key_ring::read_code> key_ring::read_event_code(std::string_view text) const {
    if (text.size() != base32_block_chars) return std::nullopt;
    std::string lower{text};
    for (char& c : lower)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    const auto opaque = decode_base32_block(lower);
    if (!opaque) return std::nullopt;
    const block plain = cipher(*opaque, false);
    read_code found;
    for (std::size_t i = 8; i-- > 0;) found.event = found.event << 8 | plain[i];
    for (std::size_t i = 3; i-- > 0;) found.number = found.number << 8 | plain[13 + i];
    const block tail = tail_of(id_kind::event, found.event);
    if (!std::equal(plain.begin() + 8, plain.begin() + 13, tail.begin() + 8) || found.number == 0) return std::nullopt;
    --found.number;
    return found;
}

std::optional<std::uint64_t> key_ring::decode_id(id_kind kind, std::string_view text) const {
    const std::string_view prefix = prefix_of(kind);
    if (!text.starts_with(prefix)) return std::nullopt;
    const auto opaque = decode_base32_block(text.substr(prefix.size()));
    if (!opaque) return std::nullopt;
    const block plain = cipher(*opaque, false);
    std::uint64_t value = 0;
    for (std::size_t i = 8; i-- > 0;) value = value << 8 | plain[i];
    const block tail = tail_of(kind, value);
    if (!std::equal(plain.begin() + 8, plain.end(), tail.begin() + 8)) return std::nullopt;
    return value;
}

} // namespace meguri::storage
