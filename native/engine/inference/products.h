// Decides between the SIMD kernels (simd/kernels/kernels.h) and the BLAS.
#pragma once

#include <climits>
#include <cstddef>

#include "../core/products.h"
#include "../core/shape.h"

namespace two_layer_net {

// Whether the package was built with SIMD kernels.
bool has_simd_kernels();

// Whether the SIMD kernels compute training steps, and forward passes over `rows` rows.
bool simd_kernels_train(Products choice);
bool simd_kernels_infer(Products choice, const Shape& shape, size_t rows);

// More rows than any rule looks at.
inline constexpr size_t kManyRows = INT_MAX;

}  // namespace two_layer_net
