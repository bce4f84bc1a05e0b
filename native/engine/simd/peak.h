// The processor's peak rate of multiply-adds, to compare a step's speed with.
#pragma once

namespace two_layer_net {

enum class Arithmetic { kFloat32, kFloat64, kBfloat16 };

// GFLOP/s of multiply-adds (2 FLOP each) in registers, on `threads` threads at once, with the instructions that the
// SIMD kernels use: the best few milliseconds of each thread within `seconds`. NaN if there are no such kernels.
double peak(Arithmetic arithmetic, int threads, double seconds);

}  // namespace two_layer_net
