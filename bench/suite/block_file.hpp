// A file into which one thread makes 4 KiB durable at a time: what the disk itself takes.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

namespace meguri::bench {

enum class block_writing {
    appended, // written behind each other, then fdatasync
    in_place, // O_DIRECT|O_DSYNC into room that was zeroed before, as the commit log writes
};

class block_file {
public:
    // Throws std::system_error: a file system without direct writes refuses in_place with EINVAL.
    block_file(std::string path, block_writing how);
    // Removes it.
    ~block_file();
    block_file(const block_file&) = delete;
    block_file& operator=(const block_file&) = delete;

    void write_durably();

private:
    static constexpr std::size_t block_bytes = 4'096;
    static constexpr std::size_t file_blocks = 1'024; // written over and over

    void zero();

    alignas(block_bytes) std::array<char, block_bytes> block_{}; // O_DIRECT takes aligned memory alone
    std::string path_;
    block_writing how_;
    int file_ = -1;
    std::uint64_t next_ = 0;
};

} // namespace meguri::bench
