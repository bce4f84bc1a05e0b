// The most that this machine's processor can multiply and add, to hold a step's speed against.
#pragma once

namespace two_layer_net {

enum class Arithmetic { kFloat32, kFloat64, kBfloat16 };

// GFLOP/s of multiply-adds (2 FLOP each) in registers, on so many threads at once, with the instructions that the own
// kernels use: the best few milliseconds of each thread within `seconds`. NaN where there are no such kernels.
double peak(Arithmetic arithmetic, int threads, double seconds);

}  // namespace two_layer_net
