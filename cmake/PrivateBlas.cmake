# Looks in BLAS_FOLDER for a static OpenBLAS that can be linked into the addon as a private copy. Its symbols are
# hidden, so that it and another OpenBLAS in the process do not affect each other. It reads the environment through
# native/engine/blas/environment.cpp, which chooses the kernels and one thread. Sets BLAS_PRIVATE, BLAS_ARCHIVE and
# BLAS_PRIVATE_LINK_OPTIONS.
include(CheckCXXSourceCompiles)

set(BLAS_PRIVATE_LINK_OPTIONS
  -Wl,--wrap=getenv
  -Wl,--exclude-libs,libopenblas.a
  # OpenBLAS registers handlers for fork and exit, so the addon must stay loaded when a Worker ends.
  -Wl,-z,nodelete)

# Tries everything in one link: the archive may not be position-independent or may need a Fortran or OpenMP runtime, and
# the linker may not know the options.
function(check_private_blas)
  set(CMAKE_REQUIRED_FLAGS -fPIC)
  set(CMAKE_REQUIRED_INCLUDES ${BLAS_INCLUDES})
  set(CMAKE_REQUIRED_LIBRARIES ${BLAS_ARCHIVE} Threads::Threads m)
  set(CMAKE_REQUIRED_LINK_OPTIONS -shared -Wl,-z,defs ${BLAS_PRIVATE_LINK_OPTIONS})
  set(CMAKE_REQUIRED_QUIET ON)
  check_cxx_source_compiles("
    #include <cblas.h>
    extern \"C\" char* __real_getenv(const char* name);
    extern \"C\" char* __wrap_getenv(const char* name) { return __real_getenv(name); }
    int main() {
      float x = 1;
      double y = 1;
      cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, 1, 1, 1, 1, &x, 1, &x, 1, 0, &x, 1);
      cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, 1, 1, 1, 1, &y, 1, &y, 1, 0, &y, 1);
      return *openblas_get_config() + *openblas_get_corename();
    }" BLAS_PRIVATE)
endfunction()

if(TWO_LAYER_NET_PRIVATE_BLAS AND CMAKE_SYSTEM_NAME STREQUAL "Linux")
  find_file(BLAS_ARCHIVE libopenblas.a PATHS ${BLAS_FOLDER} NO_DEFAULT_PATH)
  if(BLAS_ARCHIVE)
    check_private_blas()
  endif()
else()
  unset(BLAS_PRIVATE CACHE)
endif()
