// The system calls themselves, behind those that libc_calls.cpp puts in their place.
#pragma once

#include <cstddef>

#include <sys/types.h>

namespace meguri::test::real {

ssize_t pwrite(int descriptor, const void* data, std::size_t bytes, off_t at);

} // namespace meguri::test::real
