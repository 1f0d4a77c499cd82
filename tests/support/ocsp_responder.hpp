// OpenSSL's own responder (openssl ocsp) of one authority of cards as a process of its own, with an index of what the
// authority has issued and revoked; to be killed and started again on the same port.
#pragma once

#include "tests/support/card_authority.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include <sys/types.h>

namespace meguri::test {

class ocsp_responder {
public:
    // `signer`: the authority itself, or whom it gave that use.
    ocsp_responder(const issued_certificate& authority, const issued_certificate& signer, std::filesystem::path folder);
    ~ocsp_responder() { kill(); }
    ocsp_responder(const ocsp_responder&) = delete;
    ocsp_responder& operator=(const ocsp_responder&) = delete;

    // Any other number is unknown to it. It reads its index when it starts: one that runs is started again.
    void know(const std::vector<issued_certificate>& good, const std::vector<issued_certificate>& revoked = {});
    void kill();
    void start();
    [[nodiscard]] std::string url() const { return "http://127.0.0.1:" + std::to_string(port_) + "/ocsp"; }

private:
    std::filesystem::path folder_;
    std::uint16_t port_ = 0;
    pid_t pid_ = -1;
    int output_ = -1; // the read end
};

} // namespace meguri::test
