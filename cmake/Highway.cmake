# Google Highway, for the SIMD kernels: sets up the target `highway`, or says why the BLAS is used for every shape.
option(TWO_LAYER_NET_SIMD_KERNELS "Build the SIMD kernels if Highway is found" ON)
set(TWO_LAYER_NET_WITHOUT_SIMD_TARGETS "" CACHE STRING "Highway's targets to leave out, such as HWY_SSE4|HWY_AVX3")
set(TWO_LAYER_NET_HIGHWAY_SOURCE "" CACHE PATH "Highway's sources to link in, in place of the system's library")

if(TWO_LAYER_NET_SIMD_KERNELS AND TWO_LAYER_NET_HIGHWAY_SOURCE)
  # The parts that dispatch needs. They detect the processor, so they must run on the oldest one.
  add_library(highway STATIC
    ${TWO_LAYER_NET_HIGHWAY_SOURCE}/hwy/abort.cc
    ${TWO_LAYER_NET_HIGHWAY_SOURCE}/hwy/targets.cc)
  target_include_directories(highway SYSTEM PUBLIC ${TWO_LAYER_NET_HIGHWAY_SOURCE})
  # The kernels have no use for AES and carry-less products. Not asking for them makes SSE4 all of x86-64-v2, so that it
  # is the oldest target that is compiled.
  target_compile_definitions(highway PUBLIC HWY_STATIC_DEFINE HWY_DISABLE_PCLMUL_AES)
  message(STATUS "SIMD kernels: with Highway, linked in (${TWO_LAYER_NET_HIGHWAY_SOURCE})")
elseif(TWO_LAYER_NET_SIMD_KERNELS)
  find_package(PkgConfig QUIET)
  if(PkgConfig_FOUND)
    pkg_check_modules(HIGHWAY QUIET IMPORTED_TARGET libhwy>=1.0.3)
  endif()
  if(HIGHWAY_FOUND)
    add_library(highway ALIAS PkgConfig::HIGHWAY)
    message(STATUS "SIMD kernels: with Highway ${HIGHWAY_VERSION}")
  endif()
endif()
if(TARGET highway AND TWO_LAYER_NET_WITHOUT_SIMD_TARGETS)
  target_compile_definitions(project_options INTERFACE
                             "TWO_LAYER_NET_WITHOUT_SIMD_TARGETS=(${TWO_LAYER_NET_WITHOUT_SIMD_TARGETS})")
endif()
if(NOT TARGET highway)
  message(STATUS "SIMD kernels: none. The BLAS is used for every shape, and training is slower. They need Google "
                 "Highway 1.0.3 or newer. On Debian and Ubuntu: apt-get install libhwy-dev; Fedora: dnf install "
                 "highway-devel; Alpine: apk add highway-dev; macOS: brew install highway")
endif()
