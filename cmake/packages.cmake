# The Debian packages we link with. Their headers lie in /usr/include, which the compiler treats as SYSTEM.
find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)
find_package(Boost 1.81.0 EXACT CONFIG REQUIRED COMPONENTS headers json)
find_package(OpenSSL 3 REQUIRED)
find_package(simdjson REQUIRED)
find_package(tl-expected REQUIRED)
find_package(CLI11 REQUIRED)
find_package(spdlog REQUIRED)
find_package(prometheus-cpp CONFIG REQUIRED)
pkg_check_modules(lmdb REQUIRED IMPORTED_TARGET lmdb)
pkg_check_modules(sodium REQUIRED IMPORTED_TARGET libsodium)
pkg_check_modules(tomlplusplus REQUIRED IMPORTED_TARGET tomlplusplus)

# Takes the place of malloc in the programs that are run (not under sanitizers, which bring their own): operations are
# made on one thread, touched by another and freed in bursts.
find_package(mimalloc 2.0 REQUIRED)

# Debian's CAF 0.17 ships no CMake configuration.
find_library(CAF_CORE_LIBRARY caf_core REQUIRED)
find_path(CAF_INCLUDE_DIR caf/all.hpp REQUIRED)
add_library(caf_core INTERFACE)
target_link_libraries(caf_core INTERFACE ${CAF_CORE_LIBRARY} Threads::Threads)
target_include_directories(caf_core SYSTEM INTERFACE ${CAF_INCLUDE_DIR})

# Neither does its libzint, which is C without a pkg-config file.
find_library(ZINT_LIBRARY zint REQUIRED)
find_path(ZINT_INCLUDE_DIR zint.h REQUIRED)
add_library(zint INTERFACE)
target_link_libraries(zint INTERFACE ${ZINT_LIBRARY})
target_include_directories(zint SYSTEM INTERFACE ${ZINT_INCLUDE_DIR})

if(MEGURI_TESTS)
    find_package(GTest REQUIRED)
    find_package(yaml-cpp REQUIRED)
endif()
if(MEGURI_BENCH)
    find_package(benchmark REQUIRED)
endif()
