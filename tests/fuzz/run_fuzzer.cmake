# Run by ctest: FUZZER on the corpus NAME for a while. What it finds and what fails stays beside the program.
cmake_path(GET FUZZER PARENT_PATH here)
set(found ${here}/${NAME}.found)
file(MAKE_DIRECTORY ${found})

set(seconds 20)
if(DEFINED ENV{MEGURI_FUZZ_SECONDS})
    set(seconds $ENV{MEGURI_FUZZ_SECONDS})
endif()
set(dictionary "")
if(EXISTS ${SOURCES}/${NAME}.dict)
    set(dictionary -dict=${SOURCES}/${NAME}.dict)
endif()

execute_process(
    COMMAND ${FUZZER} -max_total_time=${seconds} -rss_limit_mb=2048 -timeout=10 -print_final_stats=1 ${dictionary}
            -artifact_prefix=${here}/${NAME}.failed- ${found} ${SOURCES}/corpus/${NAME}
    RESULT_VARIABLE failed)
if(failed)
    file(GLOB inputs ${here}/${NAME}.failed-*)
    foreach(input ${inputs})
        message(NOTICE "To run it again: ${FUZZER} ${input}")
    endforeach()
    message(FATAL_ERROR "fuzz.${NAME}: ${failed}")
endif()
