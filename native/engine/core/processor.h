// What the processor that this runs on can do, and its operating system lets it: whether the wide registers of a thread
// are kept.
#pragma once

namespace two_layer_net {

// All false on processors that are not x86-64.
struct ProcessorFeatures {
  bool amd;
  bool ssse3, sse4_2, popcnt;
  bool avx2_fma;
  bool avx512;      // F, CD, BW, DQ and VL: what AVX-512 kernels are compiled for
  bool avx512_bf16;
};

// Asks the processor. May be called before any object of C++ is initialised, and on the oldest processor.
ProcessorFeatures processor_features();

}  // namespace two_layer_net
