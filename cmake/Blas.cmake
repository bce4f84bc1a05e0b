# Finds the BLAS that the engine calls. Defines the interface target `blas` and sets BLAS_SOURCES, the engine's files
# for this BLAS.
#
#   -DBLA_VENDOR=FLAME      exactly this one, by the names of CMake's FindBLAS: OpenBLAS, FLAME (BLIS), Intel10_64lp,
#                           Intel10_64lp_seq, Intel10_64_dyn (MKL), Apple (Accelerate), Generic (libblas), and others
#
# Without BLA_VENDOR, macOS uses Accelerate. Other systems use OpenBLAS, which the project is measured with, as a
# private copy if possible (PrivateBlas.cmake), or else any BLAS with the C interface.
#
# The searches set
#   BLAS_LIBRARIES  what to link: libraries, flags or a target
#   BLAS_LIBRARY    the library's file, for messages
#   BLAS_KIND       openblas, mkl, blis, accelerate or other: whose own functions the engine calls
#                   (native/engine/blas/*.cpp)
#   BLAS_INCLUDES   folders with its headers
#   BLAS_VERSION    empty if unknown
# and, for OpenBLAS, BLAS_FOLDER: where its static library may be.
include(CheckCXXSourceCompiles)

set(BLA_VENDOR "$ENV{BLA_VENDOR}" CACHE STRING "The BLAS to build with, by FindBLAS's name; empty for the default")
unset(ENV{BLA_VENDOR})  # FindBLAS would prefer it to the variable

string(CONCAT BLAS_INSTALL_openblas
  "On Debian and Ubuntu: apt-get install libopenblas-dev; Fedora: dnf install openblas-devel; Alpine: apk add "
  "openblas-dev; macOS: brew install openblas (and put its lib/pkgconfig into PKG_CONFIG_PATH); Windows: vcpkg install "
  "openblas")
string(CONCAT BLAS_INSTALL_blis
  "On Debian and Ubuntu: apt-get install libblis-dev; Fedora: dnf install blis-devel; macOS: brew install blis")
string(CONCAT BLAS_INSTALL_mkl
  "Install Intel oneAPI MKL (Debian and Ubuntu: apt-get install intel-mkl, from non-free) and set MKLROOT, as its "
  "setvars.sh does")
set(BLAS_INSTALL_accelerate "Accelerate is part of macOS 13.3 and newer; xcode-select --install installs its headers")
string(CONCAT BLAS_INSTALL_other
  "Install this BLAS with its C interface and headers, or omit BLA_VENDOR to use OpenBLAS. "
  "${BLAS_INSTALL_openblas}")

# Stops with what was not found and, in a second paragraph, what to install.
function(no_blas kind problem)
  message(FATAL_ERROR "No BLAS: ${problem}\n${BLAS_INSTALL_${kind}}")
endfunction()

# Derives the kind of BLAS from the names of its files.
function(kind_of_blas libraries result)
  set(kind other)
  foreach(library IN LISTS libraries)
    get_filename_component(name "${library}" NAME)
    if(name MATCHES "mkl_")
      set(kind mkl)
    elseif(name MATCHES "openblas")
      set(kind openblas)
    elseif(name MATCHES "blis")
      set(kind blis)
    elseif(name MATCHES "Accelerate")
      set(kind accelerate)
    endif()
  endforeach()
  set(${result} ${kind} PARENT_SCOPE)
endfunction()

# Names the libraries that FindBLAS looks for, for messages; empty for an unknown vendor.
function(libraries_of_vendor vendor result)
  set(known "OpenBLAS=libopenblas" "FLAME=libblis" "Intel10_64_dyn=libmkl_rt" "Generic=libblas"
            "Intel10_64lp=libmkl_intel_lp64, libmkl_intel_thread, libmkl_core and libiomp5"
            "Intel10_64lp_seq=libmkl_intel_lp64, libmkl_sequential and libmkl_core"
            "Apple=the Accelerate framework" "ATLAS=libf77blas and libatlas" "FlexiBLAS=libflexiblas")
  set(words "")
  foreach(entry IN LISTS known)
    if(entry MATCHES "^${vendor}=(.*)$")
      set(words "${CMAKE_MATCH_1}")
    endif()
  endforeach()
  set(${result} "${words}" PARENT_SCOPE)
endfunction()

# Finds OpenBLAS, through pkg-config or by its file's name. Leaves BLAS_LIBRARIES empty if there is none.
macro(find_openblas)
  if(PkgConfig_FOUND)
    pkg_check_modules(OPENBLAS QUIET IMPORTED_TARGET openblas)
  endif()
  if(OPENBLAS_FOUND)
    set(BLAS_LIBRARIES PkgConfig::OPENBLAS)
    set(BLAS_LIBRARY ${OPENBLAS_LINK_LIBRARIES})
    set(BLAS_INCLUDES ${OPENBLAS_INCLUDE_DIRS})
    set(BLAS_VERSION ${OPENBLAS_VERSION})
    set(BLAS_FOLDER ${OPENBLAS_LIBDIR} ${OPENBLAS_LIBRARY_DIRS})
  else()
    find_library(OPENBLAS_LIBRARY openblas)
    if(OPENBLAS_LIBRARY)
      set(BLAS_LIBRARIES ${OPENBLAS_LIBRARY})
      set(BLAS_LIBRARY ${OPENBLAS_LIBRARY})
      get_filename_component(BLAS_FOLDER ${OPENBLAS_LIBRARY} DIRECTORY)
    endif()
  endif()
endmacro()

# Adds the folder of a header to BLAS_INCLUDES. The header is near the library or where the compiler looks.
function(find_blas_header header)
  set(near "$ENV{MKLROOT}/include")
  foreach(library IN LISTS BLAS_LIBRARY)
    get_filename_component(folder "${library}" DIRECTORY)
    list(APPEND near ${folder}/../include ${folder}/../../include)
  endforeach()
  unset(BLAS_HEADER_FOLDER CACHE)
  find_path(BLAS_HEADER_FOLDER ${header} HINTS ${BLAS_INCLUDES} ${near}
            PATH_SUFFIXES openblas blis mkl cblas atlas flexiblas)
  if(BLAS_HEADER_FOLDER)
    set(BLAS_INCLUDES ${BLAS_INCLUDES} ${BLAS_HEADER_FOLDER} PARENT_SCOPE)
  endif()
endfunction()

# Sets the cache variable BLAS_LINKS to whether a program that calls the library links.
function(check_blas_links header statements)
  set(CMAKE_REQUIRED_INCLUDES ${BLAS_INCLUDES})
  set(CMAKE_REQUIRED_LIBRARIES ${BLAS_LIBRARIES} Threads::Threads)
  set(CMAKE_REQUIRED_LINK_OPTIONS ${BLAS_LINKER_FLAGS})
  set(CMAKE_REQUIRED_DEFINITIONS -DACCELERATE_NEW_LAPACK)
  set(CMAKE_REQUIRED_QUIET ON)
  unset(BLAS_LINKS CACHE)  # from an earlier choice
  check_cxx_source_compiles("
    #include <${header}>
    int main() {
      float x = 1;
      double y = 1;
      ${statements}
      return x + y > 2;
    }" BLAS_LINKS)
endfunction()

add_library(blas INTERFACE)
find_package(Threads REQUIRED)
find_package(PkgConfig QUIET)
set(BLAS_LIBRARIES "")
set(BLAS_LIBRARY "")
set(BLAS_INCLUDES "")
set(BLAS_VERSION "")

# 1. The requested BLAS, or the best that is found.
set(BLAS_REQUESTED "${BLA_VENDOR}")
if(APPLE AND NOT BLAS_REQUESTED)
  set(BLAS_REQUESTED Apple)
endif()
if(BLAS_REQUESTED MATCHES "ilp")
  message(FATAL_ERROR "No BLAS: BLA_VENDOR=${BLAS_REQUESTED} uses 64-bit integers, but the engine passes 32-bit ones. "
                      "Use Intel10_64lp, Intel10_64lp_seq or Intel10_64_dyn.")
endif()
if(NOT BLAS_LIBRARIES AND (NOT BLAS_REQUESTED OR BLAS_REQUESTED STREQUAL "OpenBLAS"))
  find_openblas()
endif()
if(NOT BLAS_LIBRARIES)
  set(BLA_VENDOR "${BLAS_REQUESTED}")
  if(NOT BLA_VENDOR)
    set(BLA_VENDOR All)
  endif()
  find_package(BLAS QUIET)
  set(BLAS_LIBRARY "${BLAS_LIBRARIES}")
  list(FILTER BLAS_LIBRARY EXCLUDE REGEX "^-")
endif()
if(NOT BLAS_LIBRARIES AND NOT BLAS_REQUESTED)
  no_blas(openblas "found neither OpenBLAS nor another BLAS that CMake's FindBLAS knows.")
elseif(NOT BLAS_LIBRARIES)
  libraries_of_vendor(${BLAS_REQUESTED} looked_for)
  if(looked_for)
    kind_of_blas("${looked_for}" kind)
    set(where "")
    if(kind STREQUAL "mkl")
      set(where ", neither under MKLROOT nor among the system's libraries")
    endif()
    no_blas(${kind} "BLA_VENDOR=${BLAS_REQUESTED} requests ${looked_for}: not found${where}.")
  endif()
  no_blas(other "BLA_VENDOR=${BLAS_REQUESTED}: CMake's FindBLAS found no library of that name. It knows \
OpenBLAS, FLAME (BLIS), Intel10_64lp, Intel10_64lp_seq, Intel10_64_dyn (MKL), Apple (Accelerate), Generic and others.")
endif()
kind_of_blas("${BLAS_LIBRARY}" BLAS_KIND)

# 2. Its header, and whether it has the functions that the engine calls.
set(cblas_calls "
  cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, 1, 1, 1, 1, &x, 1, &x, 1, 0, &x, 1);
  cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, 1, 1, 1, 1, &y, 1, &y, 1, 0, &y, 1);")
if(BLAS_KIND STREQUAL "openblas")
  set(BLAS_HEADER cblas.h)
  set(calls "${cblas_calls} openblas_get_config(); openblas_get_corename(); openblas_set_num_threads(1);")
  set(BLAS_NAME OpenBLAS)
elseif(BLAS_KIND STREQUAL "mkl")
  set(BLAS_HEADER mkl.h)
  set(calls "${cblas_calls} static_assert(sizeof(MKL_INT) == sizeof(int)); mkl_set_num_threads_local(1);")
  set(BLAS_NAME "Intel MKL")
elseif(BLAS_KIND STREQUAL "blis")
  set(BLAS_HEADER blis.h)
  set(calls "
    rntm_t r;
    bli_rntm_init(&r);
    bli_sgemm_ex(BLIS_TRANSPOSE, BLIS_TRANSPOSE, 1, 1, 1, &x, &x, 1, 1, &x, 1, 1, &x, &x, 1, 1, nullptr, &r);")
  set(BLAS_NAME BLIS)
elseif(BLAS_KIND STREQUAL "accelerate")
  set(BLAS_HEADER Accelerate/Accelerate.h)
  set(calls "${cblas_calls}")
  set(BLAS_NAME Accelerate)
else()
  set(BLAS_HEADER cblas.h)
  set(calls "${cblas_calls}")
  set(BLAS_NAME "an unknown library with the C interface")
endif()
string(REPLACE ";" ", " BLAS_LIBRARY_WORDS "${BLAS_LIBRARY}")
if(NOT BLAS_KIND STREQUAL "accelerate")
  find_blas_header(${BLAS_HEADER})
  if(NOT BLAS_HEADER_FOLDER)
    no_blas(${BLAS_KIND} "${BLAS_LIBRARY_WORDS} was found, but not its header ${BLAS_HEADER}.")
  endif()
endif()
check_blas_links(${BLAS_HEADER} "${calls}")
if(NOT BLAS_LINKS AND BLAS_KIND STREQUAL "other")
  # The C interface may be a separate library. One in another folder could belong to another BLAS.
  list(GET BLAS_LIBRARY 0 BLAS_FOLDER)
  get_filename_component(BLAS_FOLDER "${BLAS_FOLDER}" DIRECTORY)
  unset(CBLAS_LIBRARY CACHE)
  find_library(CBLAS_LIBRARY cblas PATHS ${BLAS_FOLDER} NO_DEFAULT_PATH)
  if(CBLAS_LIBRARY)
    list(PREPEND BLAS_LIBRARIES ${CBLAS_LIBRARY})
    check_blas_links(${BLAS_HEADER} "${calls}")
  endif()
endif()
if(NOT BLAS_LINKS AND BLAS_KIND STREQUAL "blis")
  no_blas(blis "${BLAS_LIBRARY_WORDS} was found, but a program that calls its bli_sgemm_ex does not link.")
elseif(NOT BLAS_LINKS)
  no_blas(${BLAS_KIND} "${BLAS_LIBRARY_WORDS} was found, but it lacks the C interface: a program that calls \
cblas_sgemm does not link.")
endif()

# 3. The target. Its definitions apply to the engine's files and tests.
target_include_directories(blas SYSTEM INTERFACE ${BLAS_INCLUDES})
target_compile_definitions(blas INTERFACE TWO_LAYER_NET_CBLAS_HEADER=<${BLAS_HEADER}>)
set(BLAS_SOURCES native/engine/blas/cblas.cpp native/engine/blas/${BLAS_KIND}.cpp)
if(BLAS_KIND STREQUAL "openblas")
  target_compile_definitions(blas INTERFACE TWO_LAYER_NET_OPENBLAS)
  if(NOT BLAS_VERSION AND EXISTS ${BLAS_HEADER_FOLDER}/openblas_config.h)
    file(STRINGS ${BLAS_HEADER_FOLDER}/openblas_config.h BLAS_VERSION REGEX "OPENBLAS_VERSION")
    string(REGEX REPLACE ".*OpenBLAS ([0-9.]+).*" "\\1" BLAS_VERSION "${BLAS_VERSION}")
  endif()
  include(cmake/PrivateBlas.cmake)
elseif(BLAS_KIND STREQUAL "mkl")
  target_compile_definitions(blas INTERFACE TWO_LAYER_NET_MKL)
  file(STRINGS ${BLAS_HEADER_FOLDER}/mkl_version.h BLAS_VERSION REGEX "define __INTEL_MKL_(_|UPDATE__) ")
  string(REGEX REPLACE ".*_ +([0-9]+);.* ([0-9]+)$" "\\1.\\2" BLAS_VERSION "${BLAS_VERSION}")
elseif(BLAS_KIND STREQUAL "blis")
  set(BLAS_SOURCES native/engine/blas/blis.cpp)
elseif(BLAS_KIND STREQUAL "accelerate")
  target_compile_definitions(blas INTERFACE ACCELERATE_NEW_LAPACK)
else()
  target_compile_definitions(blas INTERFACE TWO_LAYER_NET_BLAS_LIBRARY="${BLAS_LIBRARY_WORDS}")
endif()
if(BLAS_VERSION)
  string(APPEND BLAS_NAME " ${BLAS_VERSION}")
endif()
if(BLAS_KIND STREQUAL "openblas" AND BLAS_PRIVATE)
  message(STATUS "BLAS: a private copy of ${BLAS_NAME} (${BLAS_ARCHIVE})")
  target_link_libraries(blas INTERFACE ${BLAS_ARCHIVE} Threads::Threads m)
  target_link_options(blas INTERFACE ${BLAS_PRIVATE_LINK_OPTIONS})
  target_compile_definitions(blas INTERFACE TWO_LAYER_NET_PRIVATE_BLAS)
else()
  set(remark "")
  if(BLAS_KIND STREQUAL "openblas")
    set(remark ", shared: it chooses its kernels itself, and its number of threads is set for the whole process while \
the engine computes")
  endif()
  message(STATUS "BLAS: ${BLAS_NAME} (${BLAS_LIBRARY_WORDS})${remark}")
  target_link_libraries(blas INTERFACE ${BLAS_LIBRARIES})
  target_link_options(blas INTERFACE ${BLAS_LINKER_FLAGS})
endif()
