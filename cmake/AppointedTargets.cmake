# appointed_library(NAME SOURCES ... USES ...): one static library per folder; USES mirrors the
# include rules that tests/tidy checks.
function(appointed_library name)
    cmake_parse_arguments(ARG "" "" "SOURCES;USES;LIBRARIES" ${ARGN})
    add_library(${name} STATIC ${ARG_SOURCES})
    target_include_directories(${name} PUBLIC ${CMAKE_SOURCE_DIR})
    target_link_libraries(${name} PUBLIC ${ARG_USES} PRIVATE ${ARG_LIBRARIES})
endfunction()

# appointed_test(NAME SOURCES ... USES ... [ON_BOTH_ENGINES]): one test program per folder; one on a
# support::TestStorage runs on each engine. COST: its seconds, if many; the longest begin first.
function(appointed_test name)
    cmake_parse_arguments(ARG "ON_BOTH_ENGINES" "COST" "SOURCES;USES" ${ARGN})
    if(NOT ARG_COST)
        set(ARG_COST 1)
    endif()
    add_executable(${name} ${ARG_SOURCES})
    target_link_libraries(${name} PRIVATE ${ARG_USES} GTest::gtest GTest::gmock GTest::gtest_main)
    target_compile_definitions(${name} PRIVATE APPOINTED_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
    add_test(NAME ${name} COMMAND ${name})
    set_tests_properties(${name} PROPERTIES TIMEOUT 300 COST ${ARG_COST})
    if(ARG_ON_BOTH_ENGINES)
        add_test(NAME ${name}_on_postgres COMMAND ${name})
        set_tests_properties(${name}_on_postgres PROPERTIES
                             TIMEOUT 300 COST ${ARG_COST} ENVIRONMENT "APPOINTED_TEST_STORAGE=postgres")
    endif()
endfunction()
