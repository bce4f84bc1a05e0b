# Replaces Blas.cmake: links the OpenBLAS that TWO_LAYER_NET_BLAS_ARCHIVE and TWO_LAYER_NET_BLAS_INCLUDE name, as a
# private copy like that of PrivateBlas.cmake. scripts/prebuild/openblas.mjs builds it with only the functions that the
# engine calls, and makes it call the engine's getenv; PrivateBlas.cmake has the linker do that.
set(TWO_LAYER_NET_BLAS_ARCHIVE "" CACHE FILEPATH "A static OpenBLAS to link in, in place of any other BLAS")
set(TWO_LAYER_NET_BLAS_INCLUDE "" CACHE PATH "The folder of its cblas.h")

message(STATUS "BLAS: a private copy of OpenBLAS, linked in (${TWO_LAYER_NET_BLAS_ARCHIVE})")
find_package(Threads REQUIRED)
add_library(blas INTERFACE)
set(BLAS_SOURCES native/engine/blas/cblas.cpp native/engine/blas/openblas.cpp)
target_include_directories(blas SYSTEM INTERFACE ${TWO_LAYER_NET_BLAS_INCLUDE})
target_compile_definitions(blas INTERFACE TWO_LAYER_NET_CBLAS_HEADER=<cblas.h> TWO_LAYER_NET_OPENBLAS
                           TWO_LAYER_NET_PRIVATE_BLAS TWO_LAYER_NET_BLAS_CALLS_OUR_GETENV)
target_link_libraries(blas INTERFACE ${TWO_LAYER_NET_BLAS_ARCHIVE} Threads::Threads)
if(NOT WIN32)
  target_link_libraries(blas INTERFACE m)
  # OpenBLAS registers handlers for fork and exit, so the addon must stay loaded when a Worker ends.
  target_link_options(blas INTERFACE -Wl,-z,nodelete)
endif()
