# Warnings, sanitizers, linker and compiler cache: one place for all targets.

find_program(CCACHE ccache)
if(CCACHE)
    set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
endif()

find_program(MOLD mold)
if(MOLD)
    add_link_options(-fuse-ld=mold)
endif()

add_compile_options(-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor -Werror)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # GCC 12 reports these inside its own library's inlined code when it optimises.
    add_compile_options(-Wno-restrict -Wno-maybe-uninitialized -Wno-stringop-overflow)
endif()

if(CMAKE_UNITY_BUILD)
    # Several sources are one translation unit then: a type that only one of them knows is no longer
    # in the main file, and another one's local name may hide it.
    add_compile_options(-Wno-subobject-linkage -Wno-shadow -Wshadow=local)
endif()

option(APPOINTED_ASAN "Build with the address and undefined behaviour sanitizers" OFF)
if(APPOINTED_ASAN)
    add_compile_options(-fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
    add_link_options(-fsanitize=address,undefined)
endif()

option(APPOINTED_TSAN "Build with the thread sanitizer" OFF)
if(APPOINTED_TSAN)
    add_compile_options(-fsanitize=thread -fno-omit-frame-pointer)
    add_link_options(-fsanitize=thread)
endif()

# Beast translation units take a gigabyte each: one at a time, so that small machines survive.
set_property(GLOBAL PROPERTY JOB_POOLS heavy=1)
