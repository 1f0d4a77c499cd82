#include "bench/suite/block_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

namespace meguri::bench {
namespace {

[[noreturn]] void fail_on_disk(const char* what) { throw std::system_error{errno, std::generic_category(), what}; }

} // namespace

block_file::block_file(std::string path, block_writing how) : path_{std::move(path)}, how_{how} {
    const bool in_place = how_ == block_writing::in_place;
    if (in_place) zero();
    file_ = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | (in_place ? O_DIRECT | O_DSYNC : O_APPEND), 0600);
    if (file_ >= 0) return;
    const int why = errno;
    ::unlink(path_.c_str());
    throw std::system_error{why, std::generic_category(), path_};
}

block_file::~block_file() {
    ::close(file_);
    ::unlink(path_.c_str());
}

void block_file::zero() {
    const int file = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    if (file < 0) fail_on_disk("open");
    for (std::size_t i = 0; i < file_blocks; ++i)
        if (::write(file, block_.data(), block_bytes) != static_cast<ssize_t>(block_bytes)) fail_on_disk("write");
    if (::fsync(file) != 0) fail_on_disk("fsync");
    ::close(file);
}

void block_file::write_durably() {
    const bool in_place = how_ == block_writing::in_place;
    const auto offset = static_cast<off_t>(next_++ % file_blocks * block_bytes);
    const auto wrote =
        in_place ? ::pwrite(file_, block_.data(), block_bytes, offset) : ::write(file_, block_.data(), block_bytes);
    if (wrote != static_cast<ssize_t>(block_bytes)) fail_on_disk("write");
    if (!in_place && ::fdatasync(file_) != 0) fail_on_disk("fdatasync");
}

} // namespace meguri::bench
