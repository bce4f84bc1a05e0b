// Which products serve a shape: the engine's own kernels (kernels/kernels.h) or the BLAS.
#pragma once

#include "../core/shape.h"

namespace two_layer_net {

// What the caller asks for. kOwn where the package was built without Highway is an error of the caller's.
enum class KernelChoice { kAuto, kOwn, kBlas };

// Whether the package was built with kernels of its own.
bool has_own_kernels();

// Whether the own kernels serve training steps, and passes forward over so many rows.
bool own_kernels_train(KernelChoice choice);
bool own_kernels_infer(KernelChoice choice, const Shape& shape, size_t rows);

}  // namespace two_layer_net
