# Makes the target two_layer_net run on machines other than the one that builds it (scripts/prebuild.mjs).

# Compiles code outside the kernels for the baseline. Code that runs before the registration rejects an older processor
# must run on the oldest one: the registration itself, environment.cpp, which OpenBLAS calls while it is loaded, the
# detection of the processor, here and in Highway, and the compiler's libraries.
if(TWO_LAYER_NET_BASELINE STREQUAL "x86-64-v2")
  target_compile_options(engine PRIVATE -march=x86-64-v2)
  target_compile_options(two_layer_net PRIVATE -march=x86-64-v2)
  set_source_files_properties(native/addon/registration.cpp PROPERTIES
    COMPILE_OPTIONS -march=x86-64
    COMPILE_DEFINITIONS TWO_LAYER_NET_NEEDS_X86_64_V2)
  set_source_files_properties(native/engine/blas/environment.cpp native/engine/core/processor.cpp PROPERTIES
    COMPILE_OPTIONS -march=x86-64)
elseif(TWO_LAYER_NET_BASELINE)
  message(FATAL_ERROR "TWO_LAYER_NET_BASELINE: expected x86-64-v2 or an empty string but received "
                      "${TWO_LAYER_NET_BASELINE}")
endif()

# Failed assertions name source files: by paths in the repository, not on the machine that built them.
if(NOT MSVC)
  foreach(part engine two_layer_net highway)
    target_compile_options(${part} PRIVATE -ffile-prefix-map=${CMAKE_CURRENT_SOURCE_DIR}/=)
  endforeach()
endif()

# Exports only the two functions that Node needs, and none of the libraries that are linked in, such as the C++ library.
# All symbols are bound when the addon is loaded, so that a missing one leads to the TypeScript fallback.
if(CMAKE_SYSTEM_NAME STREQUAL "Linux")
  set(EXPORTED ${CMAKE_CURRENT_SOURCE_DIR}/cmake/exported-symbols.map)
  target_link_options(two_layer_net PRIVATE -Wl,--version-script=${EXPORTED} -Wl,-Bsymbolic -Wl,--gc-sections -Wl,-z,now
                      -Wl,-z,relro -Wl,-s)
  set_target_properties(two_layer_net PROPERTIES LINK_DEPENDS ${EXPORTED})
endif()
