# Google Highway, for the engine's own kernels: sets up the target `highway`, or says why only the BLAS is used.
option(TWO_LAYER_NET_OWN_KERNELS "Build the engine's own kernels where Highway is found" ON)
set(TWO_LAYER_NET_HIGHWAY_SOURCE "" CACHE PATH "Highway's sources, linked in instead of the system's library")

if(TWO_LAYER_NET_OWN_KERNELS AND TWO_LAYER_NET_HIGHWAY_SOURCE)
  # The part of the library that dispatch needs. It queries the processor, so it must run on the oldest one.
  add_library(highway STATIC
    ${TWO_LAYER_NET_HIGHWAY_SOURCE}/hwy/abort.cc
    ${TWO_LAYER_NET_HIGHWAY_SOURCE}/hwy/targets.cc)
  target_include_directories(highway SYSTEM PUBLIC ${TWO_LAYER_NET_HIGHWAY_SOURCE})
  target_compile_definitions(highway PUBLIC HWY_STATIC_DEFINE)
  message(STATUS "Own kernels: with Highway, linked in (${TWO_LAYER_NET_HIGHWAY_SOURCE})")
elseif(TWO_LAYER_NET_OWN_KERNELS)
  find_package(PkgConfig QUIET)
  if(PkgConfig_FOUND)
    pkg_check_modules(HIGHWAY QUIET IMPORTED_TARGET libhwy>=1.0.3)
  endif()
  if(HIGHWAY_FOUND)
    add_library(highway ALIAS PkgConfig::HIGHWAY)
    message(STATUS "Own kernels: with Highway ${HIGHWAY_VERSION}")
  endif()
endif()
if(NOT TARGET highway)
  message(STATUS "Own kernels: none, so every product uses the BLAS and steps are slower. They need Google Highway 1.0.3 "
                 "or newer. Debian and Ubuntu: apt-get install libhwy-dev; Fedora: dnf install highway-devel; "
                 "Alpine: apk add highway-dev; macOS: brew install highway")
endif()
