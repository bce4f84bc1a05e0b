#include "kernel_choice.h"

#include "../simd/kernels/kernels.h"

namespace two_layer_net {
namespace {

// A pass forward lays W1 out anew, which so many rows are worth; and so small a W1 the BLAS multiplies faster.
constexpr size_t kRowsWorthPacking = 256, kLeastWeights = 4096;

}  // namespace

bool has_own_kernels() { return own_kernels<float>() != nullptr; }

// No shape was found that the BLAS trains faster, from D 20, H 16, N 32 to D 4096, H 4096, N 1024 (bench/README.md,
// "Which kernels serve").
bool own_kernels_train(KernelChoice choice) {
  return choice != KernelChoice::kBlas && has_own_kernels();
}

bool own_kernels_infer(KernelChoice choice, const Shape& shape, size_t rows) {
  if (choice == KernelChoice::kAuto && (rows < kRowsWorthPacking || shape.w1_size() < kLeastWeights)) return false;
  return choice != KernelChoice::kBlas && has_own_kernels();
}

}  // namespace two_layer_net
