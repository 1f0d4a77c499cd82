#include "net/reader/credential.hpp"

#include <boost/json.hpp>
#include <openssl/evp.h>

namespace meguri::net::reader {
namespace {

std::string to_base64(std::string_view bytes) {
    std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0'); // OpenSSL ends it by a NUL
    const int size =
        EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                        reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
    text.resize(static_cast<std::size_t>(size));
    return text;
}

} // namespace

std::string to_json(const card_credential& credential) {
    return boost::json::serialize(boost::json::object{{"type", "card"},
                                                      {"certificate", to_base64(credential.certificate)},
                                                      {"signature", to_base64(credential.signature)},
                                                      {"signed_at", ledger::to_rfc3339(credential.signed_at)}});
}

std::string to_json(const shown_card& shown) {
    return boost::json::serialize(boost::json::object{{"challenge", shown.challenge},
                                                      {"certificate", to_base64(shown.certificate)},
                                                      {"signature", to_base64(shown.signature)}});
}

} // namespace meguri::net::reader
