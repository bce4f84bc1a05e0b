# What the target two_layer_net needs to run on other machines than the one that builds it (scripts/prebuild.mjs).

# Code outside of kernels. What runs before the registration has refused an older processor is for the oldest: the
# answers to OpenBLAS, which asks while it is loaded, Highway, which asks the processor, and the libraries of the
# compiler.
if(TWO_LAYER_NET_BASELINE STREQUAL "x86-64-v2")
  target_compile_options(engine PRIVATE -march=x86-64-v2)
  target_compile_options(two_layer_net PRIVATE -march=x86-64-v2)
  set_source_files_properties(native/addon/registration.cpp PROPERTIES
    COMPILE_OPTIONS -march=x86-64
    COMPILE_DEFINITIONS TWO_LAYER_NET_NEEDS_X86_64_V2)
  set_source_files_properties(native/engine/blas/environment.cpp native/engine/core/processor.cpp PROPERTIES
    COMPILE_OPTIONS -march=x86-64)
elseif(TWO_LAYER_NET_BASELINE)
  message(FATAL_ERROR "TWO_LAYER_NET_BASELINE: expected x86-64-v2 or nothing but received ${TWO_LAYER_NET_BASELINE}")
endif()

# Messages of assertions name files: as from here, not as this machine has them.
if(NOT MSVC)
  foreach(part engine two_layer_net highway)
    target_compile_options(${part} PRIVATE -ffile-prefix-map=${CMAKE_CURRENT_SOURCE_DIR}/=)
  endforeach()
endif()

# Node finds two functions; everything else that was linked in, the C++ library among it, is nobody else's. What is
# needed of the system must be there when the addon is loaded, or the fallback could not serve.
if(CMAKE_SYSTEM_NAME STREQUAL "Linux")
  set(EXPORTED ${CMAKE_CURRENT_SOURCE_DIR}/cmake/exported-symbols.map)
  target_link_options(two_layer_net PRIVATE -Wl,--version-script=${EXPORTED} -Wl,-Bsymbolic -Wl,--gc-sections -Wl,-z,now
                      -Wl,-z,relro -Wl,-s)
  set_target_properties(two_layer_net PROPERTIES LINK_DEPENDS ${EXPORTED})
endif()
