#include "tests/support/ocsp_responder.hpp"

#include "tests/support/child_process.hpp"

#include <openssl/bn.h>

#include <csignal>
#include <fstream>
#include <stdexcept>

#include <unistd.h>

namespace meguri::test {
namespace {

std::string serial_in_hex(const issued_certificate& one) {
    const std::unique_ptr<BIGNUM, decltype(&BN_free)> number{
        ASN1_INTEGER_to_BN(X509_get0_serialNumber(one.certificate.get()), nullptr), BN_free};
    char* const text = BN_bn2hex(number.get());
    std::string found{text};
    OPENSSL_free(text);
    return found;
}

} // namespace

ocsp_responder::ocsp_responder(const issued_certificate& authority, const issued_certificate& signer,
                               std::filesystem::path folder)
    : folder_{std::move(folder)} {
    std::ofstream{folder_ / "ocsp_authority.pem"} << authority.pem();
    std::ofstream{folder_ / "ocsp_signer.pem"} << signer.pem();
    std::ofstream{folder_ / "ocsp_signer.key"} << signer.key_pem();
    know({});
    start();
}

// As openssl ca writes it: status, end, revocation, number, file, subject. No two may have one subject.
void ocsp_responder::know(const std::vector<issued_certificate>& good, const std::vector<issued_certificate>& revoked) {
    std::ofstream to{folder_ / "ocsp_index.txt", std::ios::trunc};
    const auto write = [&to](const issued_certificate& one, const char* how) {
        const auto number = serial_in_hex(one);
        to << how << '\t' << number << "\tunknown\t/C=JP/CN=" << number << '\n';
    };
    for (const auto& one : good) write(one, "V\t491231235959Z\t");
    for (const auto& one : revoked) write(one, "R\t491231235959Z\t200101000000Z");
    to.close();
    if (pid_ > 0) start();
}

void ocsp_responder::kill() {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGKILL);
    static_cast<void>(wait_for_end(pid_));
    ::close(output_);
    pid_ = -1;
}

// It says "ACCEPT [::]:PORT PID=..." when it takes questions, and more later: so its output stays open.
void ocsp_responder::start() {
    kill();
    const auto child =
        start_program("/usr/bin/openssl",
                      {"ocsp", "-port", std::to_string(port_), "-index", (folder_ / "ocsp_index.txt").string(), "-CA",
                       (folder_ / "ocsp_authority.pem").string(), "-rsigner", (folder_ / "ocsp_signer.pem").string(),
                       "-rkey", (folder_ / "ocsp_signer.key").string(), "-ndays", "1", "-ignore_err"},
                      (folder_ / "ocsp.log").string());
    pid_ = child.pid;
    std::string line;
    for (char one = 0; ::read(child.output, &one, 1) == 1 && one != '\n';) line += one;
    output_ = child.output;
    const auto colon = line.rfind(':', line.find(" PID="));
    if (!line.starts_with("ACCEPT ") || colon == std::string::npos)
        throw std::runtime_error{"the responder does not start: " + line};
    port_ = static_cast<std::uint16_t>(std::stoi(line.substr(colon + 1)));
}

} // namespace meguri::test
