#include "tests/virtual_card/jpki_applet.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include <openssl/rsa.h>

namespace meguri::virtual_card {
namespace {

constexpr std::array<std::uint8_t, 10> applet_id{0xD3, 0x92, 0xF0, 0x00, 0x26, 0x01, 0x00, 0x00, 0x00, 0x01};

constexpr std::uint8_t cla_iso = 0x00;
constexpr std::uint8_t cla_own = 0x80; // signing is the application's own command
constexpr std::uint8_t ins_verify = 0x20;
constexpr std::uint8_t ins_sign = 0x2A;
constexpr std::uint8_t ins_select = 0xA4;
constexpr std::uint8_t ins_read_binary = 0xB0;
constexpr std::uint8_t by_name = 0x04; // P1 of SELECT
constexpr std::uint8_t by_file_id = 0x02;
constexpr std::uint8_t no_answer_data = 0x0C;  // P2 of SELECT
constexpr std::uint8_t selected_object = 0x80; // P2 of VERIFY and of signing

constexpr std::uint16_t done = 0x9000;
constexpr std::uint16_t tries_left_are = 0x63C0;
constexpr std::uint16_t wrong_length = 0x6700;
constexpr std::uint16_t pin_not_verified = 0x6982;
constexpr std::uint16_t pin_locked = 0x6984; // ISO has 6983 for it; these cards answer so
constexpr std::uint16_t no_key_selected = 0x6985;
constexpr std::uint16_t no_file_selected = 0x6986;
constexpr std::uint16_t no_such_file = 0x6A82;
constexpr std::uint16_t other_parameters = 0x6A86;
constexpr std::uint16_t behind_the_end = 0x6B00;
constexpr std::uint16_t unknown_ins = 0x6D00;
constexpr std::uint16_t unknown_cla = 0x6E00;
constexpr std::uint16_t card_failed = 0x6F00;

constexpr std::size_t padding_size = 11; // what PKCS#1 v1.5 adds at least

bytes say(std::uint16_t status, bytes data = {}) {
    data.push_back(static_cast<std::uint8_t>(status >> 8));
    data.push_back(static_cast<std::uint8_t>(status & 0xFF));
    return data;
}

bytes say_tries(const card_pin& pin) { return say(static_cast<std::uint16_t>(tries_left_are + pin.tries_left)); }

} // namespace

const std::array<jpki_applet::card_file, 8> jpki_applet::files{{
    {0x000A, card_use::authentication, file_kind::certificate},
    {0x000B, card_use::authentication, file_kind::authority},
    {0x0017, card_use::authentication, file_kind::key},
    {0x0018, card_use::authentication, file_kind::pin},
    {0x0001, card_use::signing, file_kind::certificate},
    {0x0002, card_use::signing, file_kind::authority},
    {0x001A, card_use::signing, file_kind::key},
    {0x001B, card_use::signing, file_kind::pin},
}};

jpki_applet::jpki_applet(card_contents contents, keep_pin keep)
    : contents_{std::move(contents)},
      keep_{std::move(keep)} {}

void jpki_applet::reset() noexcept {
    applet_selected_ = false;
    file_ = nullptr;
    verified_ = {};
}

bytes jpki_applet::answer(byte_view command) {
    const auto parsed = parse_command(command);
    if (!parsed) return say(wrong_length);
    if (parsed->cla == cla_own && parsed->ins == ins_sign) return sign(*parsed);
    if (parsed->cla != cla_iso) return say(parsed->cla == cla_own ? unknown_ins : unknown_cla);
    switch (parsed->ins) {
    case ins_select: return select(*parsed);
    case ins_read_binary: return read_binary(*parsed);
    case ins_verify: return verify(*parsed);
    default: return say(unknown_ins);
    }
}

bytes jpki_applet::select(const command_apdu& command) {
    if (command.has_parameters(by_name, no_answer_data)) {
        if (!std::ranges::equal(command.data, applet_id)) return say(no_such_file);
        reset(); // who selects the application again begins anew
        applet_selected_ = true;
        return say(done);
    }
    if (!command.has_parameters(by_file_id, no_answer_data)) return say(other_parameters);
    if (command.data.size() != 2) return say(wrong_length);
    const auto id = static_cast<std::uint16_t>(command.data[0] << 8 | command.data[1]);
    const auto* const found = std::ranges::find(files, id, &card_file::id);
    if (!applet_selected_ || found == files.end()) return say(no_such_file);
    file_ = found;
    return say(done);
}

bytes jpki_applet::read_binary(const command_apdu& command) const {
    if (file_ == nullptr || (file_->kind != file_kind::certificate && file_->kind != file_kind::authority))
        return say(no_file_selected);
    if (!command.data.empty() || !command.answers) return say(wrong_length);
    if (command.p1 >= 0x80) return say(other_parameters); // would name a file in P1
    // Who signs documents is named in that certificate, so it is shown to its owner alone.
    if (file_->use == card_use::signing && file_->kind == file_kind::certificate && !verified(file_->use))
        return say(pin_not_verified);
    const byte_view file =
        file_->kind == file_kind::certificate ? contents_.of(file_->use).certificate : contents_.authority;
    const auto offset = static_cast<std::size_t>(command.p1 << 8 | command.p2);
    if (offset >= file.size()) return say(behind_the_end);
    const auto read = file.subspan(offset, std::min(*command.answers, file.size() - offset));
    return say(done, {read.begin(), read.end()});
}

bytes jpki_applet::verify(const command_apdu& command) {
    if (!command.has_parameters(0, selected_object)) return say(other_parameters);
    if (file_ == nullptr || file_->kind != file_kind::pin) return say(no_file_selected);
    const auto use = file_->use;
    auto& pin = contents_.of(use).pin;
    if (command.data.empty()) return say_tries(pin); // also when it was verified: it only asks
    if (pin.locked()) return say(pin_locked);
    // The try is gone before it is made, so that a power-off in between is no free one.
    --pin.tries_left;
    verified_[static_cast<std::size_t>(use)] = false;
    keep_(use, pin);
    const std::string_view tried{reinterpret_cast<const char*>(command.data.data()), command.data.size()};
    if (!is_right(pin, tried)) return say_tries(pin);
    pin.tries_left = pin.tries_max;
    keep_(use, pin);
    verified_[static_cast<std::size_t>(use)] = true;
    return say(done);
}

// PKCS#1 v1.5 over what the caller has hashed and wrapped (DigestInfo) itself.
bytes jpki_applet::sign(const command_apdu& command) const {
    if (!command.has_parameters(0, selected_object)) return say(other_parameters);
    if (file_ == nullptr || file_->kind != file_kind::key) return say(no_key_selected);
    if (!verified(file_->use)) return say(pin_not_verified);
    auto* const key = contents_.of(file_->use).key.get();
    std::size_t size = static_cast<std::size_t>(EVP_PKEY_get_size(key));
    if (command.data.empty() || command.data.size() + padding_size > size) return say(wrong_length);
    bytes signature(size);
    const std::unique_ptr<EVP_PKEY_CTX, decltype(&EVP_PKEY_CTX_free)> signing{EVP_PKEY_CTX_new(key, nullptr),
                                                                              EVP_PKEY_CTX_free};
    if (!signing || EVP_PKEY_sign_init(signing.get()) != 1 ||
        EVP_PKEY_CTX_set_rsa_padding(signing.get(), RSA_PKCS1_PADDING) != 1 ||
        EVP_PKEY_sign(signing.get(), signature.data(), &size, command.data.data(), command.data.size()) != 1)
        return say(card_failed);
    signature.resize(size);
    return say(done, std::move(signature));
}

} // namespace meguri::virtual_card
