# meguri_embed_text(FILE NAME OUT): a source in the build folder that defines
#     namespace meguri::net { std::string_view NAME() noexcept; }
# with the bytes of FILE, made again whenever FILE changes. OUT receives its path, or nothing while FILE does not exist.
function(meguri_embed_text file name out)
    file(GLOB present CONFIGURE_DEPENDS ${file})
    set(${out} "" PARENT_SCOPE)
    if(NOT present)
        return()
    endif()
    set(source ${CMAKE_CURRENT_BINARY_DIR}/${name}.cpp)
    add_custom_command(
        OUTPUT ${source}
        COMMAND ${CMAKE_COMMAND} -D FILE=${file} -D NAME=${name} -D SOURCE=${source}
                -P ${PROJECT_SOURCE_DIR}/cmake/write_embedded_text.cmake
        DEPENDS ${file} ${PROJECT_SOURCE_DIR}/cmake/write_embedded_text.cmake
        VERBATIM)
    set(${out} ${source} PARENT_SCOPE)
endfunction()
