// A value that opens doors. It cannot be printed, logged or compared by accident: reveal() is the one way to it, easy
// to search for.
#pragma once

#include <ostream>
#include <utility>

namespace meguri::storage {

template <class T>
class secret {
public:
    explicit secret(T value) noexcept : value_{std::move(value)} {}
    [[nodiscard]] const T& reveal() const& noexcept { return value_; }
    [[nodiscard]] T reveal() && noexcept { return std::move(value_); }

private:
    T value_;
};

template <class T>
std::ostream& operator<<(std::ostream&, const secret<T>&) = delete;

} // namespace meguri::storage
