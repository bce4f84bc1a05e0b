// Which products serve a shape: the engine's own kernels (kernels/kernels.h) or the BLAS.
#pragma once

#include "../core/products.h"
#include "../core/shape.h"

namespace two_layer_net {

// Whether the package was built with kernels of its own.
bool has_simd_kernels();

// Whether the own kernels serve training steps, and passes forward over so many rows.
bool simd_kernels_train(Products choice);
bool simd_kernels_infer(Products choice, const Shape& shape, size_t rows);

}  // namespace two_layer_net
