// Which matrix products are used for a shape: the SIMD kernels (kernels/kernels.h) or the BLAS.
#pragma once

#include "../core/products.h"
#include "../core/shape.h"

namespace two_layer_net {

// Whether the package was built with SIMD kernels.
bool has_simd_kernels();

// Whether the SIMD kernels are used for training steps, and for forward passes over `rows` rows.
bool simd_kernels_train(Products choice);
bool simd_kernels_infer(Products choice, const Shape& shape, size_t rows);

}  // namespace two_layer_net
