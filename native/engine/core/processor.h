// The instruction sets that this processor supports and the operating system has enabled: wide registers are usable
// only if the system saves them for each thread. And the size of its caches.
#pragma once

#include <cstddef>

namespace two_layer_net {

// All false on other architectures than x86-64.
struct ProcessorFeatures {
  bool amd;
  bool ssse3, sse4_2, popcnt;
  bool avx2_fma;
  bool avx512;      // F, CD, BW, DQ and VL, which AVX-512 kernels use
  bool avx512_bf16;
};

// Queries the processor. May be called before any C++ object is initialized, and on any x86-64 processor.
ProcessorFeatures processor_features();

// How many processors this process may use; 1 if the system does not say.
int processors();

// Bytes of a core's second-level cache, within these bounds: sizes for which blocks have been measured. 512 KB if the
// processor does not say. No result depends on it.
size_t second_level_cache();
inline constexpr size_t kLeastSecondLevelCache = 256 * 1024, kMostSecondLevelCache = 1024 * 1024;

// Makes second_level_cache() return `bytes`, or what the processor says if it is 0. For tests and measurements. Must
// not be called while another thread computes.
void force_second_level_cache(size_t bytes);

}  // namespace two_layer_net
