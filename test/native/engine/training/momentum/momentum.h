// Momentum, compiled for every kind of matrix product like the engine's own rules.
#pragma once

#include "../../../../../native/engine/simd/bfloat16/bfloat16.h"
#include "../../../../../native/engine/simd/kernels/kernels.h"
#include "../../../../../native/engine/step/update_rule.h"

namespace two_layer_net {

const SimdUpdate<float>* momentum_simd_float32();
const SimdUpdate<double>* momentum_simd_float64();
extern const Bfloat16Update kMomentumBfloat16;
extern const UpdateRule kMomentumRule;

}  // namespace two_layer_net
