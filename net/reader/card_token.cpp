#include "net/reader/card_token.hpp"

#include "net/reader/card_reset.hpp"
#include "net/reader/pin_entry.hpp"
#include "net/reader/reader_error.hpp"

#include <algorithm>
#include <span>
#include <thread>

#include <openssl/err.h>
#include <openssl/x509.h>

namespace meguri::net::reader {
namespace {

// PKCS#11 2.40, return values of C_Login.
constexpr int pin_incorrect = 0xA0;
constexpr int pin_len_range = 0xA2;

// What the module said last; libp11 hands its return value on as the reason.
int last_reason() noexcept { return ERR_GET_REASON(ERR_peek_last_error()); }

std::string last_words() {
    const auto* const words = ERR_reason_error_string(ERR_peek_last_error());
    return words == nullptr ? "code " + std::to_string(last_reason()) : words;
}

std::string der_of(X509* certificate) {
    const int size = i2d_X509(certificate, nullptr);
    if (size <= 0) return {};
    std::string der(static_cast<std::size_t>(size), '\0');
    auto* at = reinterpret_cast<unsigned char*>(der.data());
    i2d_X509(certificate, &at);
    return der;
}

[[noreturn]] void refuse_locked() {
    throw reader_error{exit_status::locked_pin, "the PIN is locked; a municipal office unlocks it"};
}

} // namespace

void card_token::unload_module::operator()(PKCS11_CTX* module) const noexcept {
    PKCS11_CTX_unload(module);
    PKCS11_CTX_free(module);
}

card_token::loaded_module card_token::load(const std::string& module) {
    std::unique_ptr<PKCS11_CTX, decltype(&PKCS11_CTX_free)> fresh{PKCS11_CTX_new(), PKCS11_CTX_free};
    if (!fresh || PKCS11_CTX_load(fresh.get(), module.c_str()) != 0)
        throw reader_error{exit_status::failed, "cannot load the PKCS#11 module " + module + ": " + last_words()};
    return loaded_module{fresh.release()};
}

card_token::card_token(const std::string& module, std::chrono::seconds patience) : module_{load(module)} {
    const auto end = std::chrono::steady_clock::now() + patience;
    while (!look()) {
        if (std::chrono::steady_clock::now() >= end) {
            const auto slots = std::span{slots_, slot_count_};
            const bool any_card = std::ranges::any_of(slots, [](const auto& one) { return one.token != nullptr; });
            const auto why = slots.empty() ? "there is no card reader"
                           : any_card      ? "the card on the reader is no My Number card"
                                           : "there is no card on the reader";
            forget_slots();
            throw reader_error{exit_status::no_card, why};
        }
        std::this_thread::sleep_for(std::chrono::milliseconds{100});
    }
}

card_token::~card_token() {
    forget_slots();
    module_.reset();
    if (logged_in_) reset_card(reader_);
}

void card_token::forget_slots() noexcept {
    if (slots_ != nullptr) PKCS11_release_all_slots(module_.get(), slots_, slot_count_);
    slots_ = nullptr;
    slot_count_ = 0;
    slot_ = nullptr;
    found_ = nullptr;
}

bool card_token::look() {
    forget_slots();
    if (PKCS11_enumerate_slots(module_.get(), &slots_, &slot_count_) != 0) return false;
    return std::ranges::any_of(std::span{slots_, slot_count_},
                               [this](auto& slot) { return slot.token != nullptr && take_certificate(slot); });
}

bool card_token::take_certificate(PKCS11_SLOT& slot) {
    PKCS11_CERT* certificates = nullptr;
    unsigned count = 0;
    if (PKCS11_enumerate_certs(slot.token, &certificates, &count) != 0) return false;
    for (auto& one : std::span{certificates, count}) {
        auto der = der_of(one.x509);
        // Who issued it is the switch's to judge.
        auto read = read_card_certificate(der, {});
        if (!read || !read->is_of_right_kind) continue;
        slot_ = &slot;
        found_ = &one;
        reader_ = slot.description;
        certificate_ = std::move(der);
        read_ = std::move(read);
        return true;
    }
    return false;
}

bool card_token::asks_by_itself() const noexcept { return slot_->token->secureLogin != 0; }

void card_token::check_not_locked() const {
    if (slot_->token->userPinLocked != 0) refuse_locked();
}

void card_token::log_in(const pin_entry* pin) {
    logged_in_ = PKCS11_login(slot_, 0, pin == nullptr ? nullptr : pin->digits()) == 0;
    if (logged_in_) return;
    const int reason = last_reason();
    const auto words = last_words();
    // Another card, or none, may lie there by now.
    if (!look()) throw reader_error{exit_status::no_card, "the card was taken away"};
    check_not_locked();
    if (reason != pin_incorrect && reason != pin_len_range)
        throw reader_error{exit_status::failed, "the card refuses the PIN: " + words};
    // PKCS#11 tells the last try and that there was a wrong one; of this PIN's three that leaves two.
    const auto* const left = slot_->token->userPinFinalTry != 0 ? "one try is left"
                           : slot_->token->userPinCountLow != 0 ? "two tries are left"
                                                                : "no try was used";
    throw reader_error{exit_status::wrong_pin, std::string{"the PIN is wrong; "} + left};
}

std::string card_token::sign(std::string_view text) {
    auto* const key = PKCS11_find_key(found_);
    const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> signer{
        key == nullptr ? nullptr : PKCS11_get_private_key(key), EVP_PKEY_free};
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> signing{EVP_MD_CTX_new(), EVP_MD_CTX_free};
    const auto* const bytes = reinterpret_cast<const unsigned char*>(text.data());
    std::size_t size = 0;
    if (!signer || !signing || EVP_DigestSignInit(signing.get(), nullptr, read_->digest, nullptr, signer.get()) != 1 ||
        EVP_DigestSign(signing.get(), nullptr, &size, bytes, text.size()) != 1)
        throw reader_error{exit_status::failed, "the card's key cannot be used: " + last_words()};
    std::string signature(size, '\0');
    if (EVP_DigestSign(signing.get(), reinterpret_cast<unsigned char*>(signature.data()), &size, bytes, text.size()) !=
        1)
        throw reader_error{exit_status::failed, "the card did not sign: " + last_words()};
    signature.resize(size);
    // A middleware that kept an earlier card's certificate would have the switch decline what nobody understands.
    if (!read_->signed_text(text, signature))
        throw reader_error{exit_status::failed, "the card signed with another key than its certificate's"};
    return signature;
}

} // namespace meguri::net::reader
