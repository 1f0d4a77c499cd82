// The bytes of a connection that are received and not yet used up, in one piece. On the connection's io thread.
#pragma once

#include "ledger/contract.hpp"

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <span>

namespace meguri::net {

class receive_buffer {
public:
    static constexpr std::size_t usual_bytes = 8 * 1024;

    [[nodiscard]] char* data() noexcept { return bytes_.get() + begin_; }
    [[nodiscard]] std::size_t size() const noexcept { return end_ - begin_; }
    [[nodiscard]] bool empty() const noexcept { return begin_ == end_; }

    // Free room of at least `wanted` bytes behind the data, which may move.
    [[nodiscard]] std::span<char> room(std::size_t wanted) {
        if (capacity_ - end_ < wanted) make_room(wanted);
        return {bytes_.get() + end_, capacity_ - end_};
    }
    void commit(std::size_t received) noexcept { end_ += received; }

    // Drops `count` bytes at the front.
    void consume(std::size_t count) noexcept {
        EXPECTS(count <= size());
        begin_ += count;
        if (empty()) clear();
    }
    // Drops what is behind the first `size` bytes.
    void truncate(std::size_t size) noexcept { end_ = begin_ + size; }

    // Drops everything, and memory that only a large body needed.
    void clear() noexcept {
        begin_ = end_ = 0;
        if (capacity_ > usual_bytes) {
            bytes_.reset();
            capacity_ = 0;
        }
    }

private:
    void make_room(std::size_t wanted) {
        const std::size_t used = size();
        if (capacity_ < used + wanted) {
            const std::size_t larger = std::max(usual_bytes, std::max(used + wanted, 2 * capacity_));
            auto bytes = std::make_unique_for_overwrite<char[]>(larger);
            if (used != 0) std::memcpy(bytes.get(), data(), used);
            bytes_ = std::move(bytes);
            capacity_ = larger;
        } else {
            std::memmove(bytes_.get(), data(), used);
        }
        begin_ = 0;
        end_ = used;
    }

    std::unique_ptr<char[]> bytes_;
    std::size_t capacity_ = 0;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
};

} // namespace meguri::net
