// The SIMD kernels of stochastic gradient descent (step/rules/sgd-inl.h).
#pragma once

#include "kernels.h"

namespace two_layer_net {

// Of the current target. Null if the package was built without SIMD kernels.
const SimdUpdate<float>* sgd_simd_float32();
const SimdUpdate<double>* sgd_simd_float64();

}  // namespace two_layer_net
