# CMake's toolchain file for scripts/prebuilds.js: zig's clang, with the headers and libraries of every target inside.
set(CMAKE_SYSTEM_NAME ${SIGBRIDGE_SYSTEM})
set(CMAKE_SYSTEM_PROCESSOR ${SIGBRIDGE_MACHINE})
set(CMAKE_C_COMPILER ${SIGBRIDGE_ZIG} cc -target ${SIGBRIDGE_TRIPLE})
set(CMAKE_CXX_COMPILER ${SIGBRIDGE_ZIG} c++ -target ${SIGBRIDGE_TRIPLE})
set(CMAKE_SHARED_LINKER_FLAGS_INIT -s)
# CMake's trials of the compiler read this file anew.
list(APPEND CMAKE_TRY_COMPILE_PLATFORM_VARIABLES SIGBRIDGE_SYSTEM SIGBRIDGE_MACHINE SIGBRIDGE_ZIG SIGBRIDGE_TRIPLE)
