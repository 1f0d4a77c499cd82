#include "tests/virtual_card/card_folder.hpp"

#include <cstdio>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>

#include <fcntl.h>
#include <openssl/pem.h>
#include <unistd.h>

namespace meguri::virtual_card {
namespace {

struct close_file {
    void operator()(std::FILE* file) const { std::fclose(file); }
};
using open_file = std::unique_ptr<std::FILE, close_file>;

void must(bool done, const std::filesystem::path& file, const char* what) {
    if (!done) throw std::runtime_error{file.string() + ": " + what};
}

open_file open(const std::filesystem::path& file, const char* mode) {
    open_file opened{std::fopen(file.c_str(), mode)};
    must(opened != nullptr, file, "cannot open it");
    return opened;
}

// Private to the owner from its first byte on.
open_file create(const std::filesystem::path& file) {
    const int made = ::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    must(made >= 0, file, "cannot make it");
    return open_file{::fdopen(made, "w")};
}

bytes read_bytes(const std::filesystem::path& file) {
    std::ifstream from{file, std::ios::binary};
    bytes read{std::istreambuf_iterator<char>{from}, {}};
    must(!read.empty(), file, "is missing or empty");
    return read;
}

void write_bytes(const std::filesystem::path& file, const bytes& content) {
    const auto to = create(file);
    must(std::fwrite(content.data(), 1, content.size(), to.get()) == content.size() && std::fflush(to.get()) == 0, file,
         "cannot write it");
}

void sync_folder(const std::filesystem::path& folder) {
    const int opened = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const bool done = opened >= 0 && ::fsync(opened) == 0;
    if (opened >= 0) ::close(opened);
    must(done, folder, "cannot bring it to the disk");
}

} // namespace

std::filesystem::path card_folder::file(card_use use, const char* ending) const {
    return path_ / ((use == card_use::authentication ? "user_authentication" : "signing") + std::string{ending});
}

void card_folder::write(const card_contents& contents) const {
    std::filesystem::create_directories(path_);
    std::filesystem::permissions(path_, std::filesystem::perms::owner_all);
    write_bytes(path_ / "authority.der", contents.authority);
    for (const auto use : card_uses) {
        const auto& half = contents.of(use);
        write_bytes(file(use, ".der"), half.certificate);
        const auto key = file(use, ".key");
        must(PEM_write_PKCS8PrivateKey(create(key).get(), half.key.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1,
             key, "cannot write a key");
        keep(use, half.pin);
    }
}

card_contents card_folder::read() const {
    card_contents contents;
    contents.authority = read_bytes(path_ / "authority.der");
    for (const auto use : card_uses) {
        auto& half = contents.of(use);
        half.certificate = read_bytes(file(use, ".der"));
        const auto key = file(use, ".key");
        half.key = {PEM_read_PrivateKey(open(key, "r").get(), nullptr, nullptr, nullptr), EVP_PKEY_free};
        must(half.key != nullptr && EVP_PKEY_is_a(half.key.get(), "RSA") == 1, key, "holds no RSA key");
        half.pin = read_pin(use);
    }
    return contents;
}

card_pin card_folder::read_pin(card_use use) const {
    const auto from = file(use, ".pin");
    card_pin pin;
    std::ifstream{from} >> pin.tries_left >> pin.tries_max >> pin.hash;
    must(!pin.hash.empty() && pin.tries_left <= pin.tries_max && pin.tries_max < 16, from, "holds no PIN");
    return pin;
}

void card_folder::keep(card_use use, const card_pin& pin) const {
    const auto to = file(use, ".pin");
    const auto fresh = file(use, ".pin.new");
    {
        const auto opened = create(fresh);
        must(std::fprintf(opened.get(), "%u %u %s\n", pin.tries_left, pin.tries_max, pin.hash.c_str()) > 0 &&
                 std::fflush(opened.get()) == 0 && ::fsync(::fileno(opened.get())) == 0,
             fresh, "cannot write a PIN");
    }
    std::filesystem::rename(fresh, to);
    sync_folder(path_);
}

} // namespace meguri::virtual_card
