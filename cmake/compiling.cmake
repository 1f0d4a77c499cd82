# How everything of ours is compiled and linked: language, warnings as errors, sanitizers, a fast linker.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

# No path of the machine that builds in what is built, nor in what ccache compares: a clone elsewhere compiles nothing again.
add_compile_options(-ffile-prefix-map=${PROJECT_SOURCE_DIR}/=)

# Linked privately by each of our own targets, so that third-party code never sees these flags.
add_library(meguri_warnings INTERFACE)
target_compile_options(meguri_warnings INTERFACE
    -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wold-style-cast -Wnon-virtual-dtor -Werror)
if(NOT CMAKE_UNITY_BUILD)
    target_compile_options(meguri_warnings INTERFACE -Wshadow)
elseif(CMAKE_CXX_COMPILER_ID STREQUAL GNU)
    # Sources that are compiled together have one scope: a local name may be that of another file's constant, and a
    # source counts as a header. The release build, where each stands alone, keeps both warnings.
    target_compile_options(meguri_warnings INTERFACE -Wno-subobject-linkage)
endif()

if(MEGURI_SANITIZE)
    add_compile_options(-fsanitize=${MEGURI_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
    add_link_options(-fsanitize=${MEGURI_SANITIZE})
    if(CMAKE_CXX_COMPILER_ID STREQUAL GNU)
        if(MEGURI_SANITIZE MATCHES undefined)
            # Checks of each single access, two fifths of the time of compiling; what they find ASan mostly finds too. The
            # preset fuzz, by clang, keeps them.
            add_compile_options(-fno-sanitize=null,alignment,object-size,vptr)
        endif()
        # Under sanitizers gcc's flow analysis reports the standard library's own code; the release build keeps the warning.
        target_compile_options(meguri_warnings INTERFACE -Wno-maybe-uninitialized)
        if(MEGURI_SANITIZE MATCHES thread)
            # gcc warns wherever Boost or the standard library uses a fence, which TSan cannot model.
            add_compile_options(-Wno-tsan)
        endif()
    endif()
endif()

if(MEGURI_FUZZ)
    if(NOT CMAKE_CXX_COMPILER_ID STREQUAL Clang)
        message(FATAL_ERROR "MEGURI_FUZZ needs clang, libFuzzer's compiler: use the preset fuzz")
    endif()
    # clang counts EXPECTS(!"a reason") among the conversions.
    target_compile_options(meguri_warnings INTERFACE -Wno-string-conversion)
    # What libFuzzer learns from; its main() is linked to the fuzzers alone, see tests/fuzz.
    add_compile_options(-fsanitize=fuzzer-no-link)
endif()

find_program(MEGURI_MOLD mold)
find_program(MEGURI_LLD ld.lld)
if(MEGURI_MOLD)
    add_link_options(-fuse-ld=mold)
elseif(MEGURI_LLD)
    add_link_options(-fuse-ld=lld)
endif()
