// The card in the reader, by the PKCS#11 module of its middleware (OpenSC's, for a real My Number card as for a virtual
// one). Only the certificate for user authentication and its key are used; which token of the module has them is told
// by the certificate's policy, not by names. One thread. Throws reader_error.
#pragma once

#include "net/card_certificate.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include <libp11.h>

namespace meguri::net::reader {

class pin_entry;

class card_token {
public:
    // Waits so long for a card to be laid on a reader.
    card_token(const std::string& module, std::chrono::seconds patience);
    ~card_token(); // and the card knows of no PIN any more
    card_token(const card_token&) = delete;
    card_token& operator=(const card_token&) = delete;

    // DER, as it stands on the card.
    [[nodiscard]] const std::string& certificate() const noexcept { return certificate_; }
    // The reader has keys of its own: the PIN never comes to this program.
    [[nodiscard]] bool asks_by_itself() const noexcept;
    // Throws where the PIN is locked, before a resident types it for nothing.
    void check_not_locked() const;
    // Null where the reader asks by itself.
    void log_in(const pin_entry* pin);
    // PKCS #1 v1.5 (or ECDSA) over the text's hash, and checked against the certificate.
    [[nodiscard]] std::string sign(std::string_view text);

private:
    struct unload_module {
        void operator()(PKCS11_CTX* module) const noexcept;
    };
    using loaded_module = std::unique_ptr<PKCS11_CTX, unload_module>;
    [[nodiscard]] static loaded_module load(const std::string& module);
    // Lists readers and cards anew; true once the card is there.
    [[nodiscard]] bool look();
    [[nodiscard]] bool take_certificate(PKCS11_SLOT& slot);
    void forget_slots() noexcept;

    loaded_module module_;
    PKCS11_SLOT* slots_ = nullptr;
    unsigned slot_count_ = 0;
    PKCS11_SLOT* slot_ = nullptr;  // of slots_
    PKCS11_CERT* found_ = nullptr; // belongs to it
    std::string reader_;           // in which it is
    bool logged_in_ = false;
    std::string certificate_;
    std::optional<card_certificate> read_;
};

} // namespace meguri::net::reader
