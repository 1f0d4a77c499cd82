# Run by the build, see build_identity.cmake: writes SOURCE where what it says has changed.
find_program(git git)
set(commit unknown)
if(git)
    execute_process(COMMAND ${git} -C ${TREE} describe --always --dirty --abbrev=12
        OUTPUT_VARIABLE described RESULT_VARIABLE failed OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
    if(NOT failed)
        set(commit ${described})
    endif()
endif()
file(CONFIGURE OUTPUT ${SOURCE} @ONLY CONTENT [=[// Made by the build.
#include "bench/suite/build_identity.hpp"
namespace meguri::bench {
build_identity identity_of_build() { return {R"(@commit@)", R"(@TYPE@)", R"(@COMPILER@)", R"(@FLAGS@)"}; }
} // namespace meguri::bench
]=])
