# meguri_add_build_identity(TARGET): gives the target a source that defines meguri::bench::identity_of_build() of
# bench/suite/build_identity.hpp. It is written again by every build in which the commit has changed, so nothing else
# is compiled anew for it.
function(meguri_add_build_identity target)
    string(TOUPPER "${CMAKE_BUILD_TYPE}" type)
    string(STRIP "${CMAKE_CXX_FLAGS} ${CMAKE_CXX_FLAGS_${type}}" flags)
    if(MEGURI_SANITIZE)
        string(APPEND flags " -fsanitize=${MEGURI_SANITIZE}")
    endif()
    set(source ${CMAKE_CURRENT_BINARY_DIR}/build_identity.cpp)
    add_custom_target(${target}_identity
        COMMAND ${CMAKE_COMMAND} -D TREE=${PROJECT_SOURCE_DIR} -D SOURCE=${source} -D TYPE=${CMAKE_BUILD_TYPE}
                -D "COMPILER=${CMAKE_CXX_COMPILER_ID} ${CMAKE_CXX_COMPILER_VERSION}" -D "FLAGS=${flags}"
                -P ${PROJECT_SOURCE_DIR}/cmake/write_build_identity.cmake
        BYPRODUCTS ${source}
        VERBATIM)
    target_sources(${target} PRIVATE ${source})
    set_source_files_properties(${source} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
    add_dependencies(${target} ${target}_identity)
endfunction()
