#include "kernel_choice.h"

#include "kernels/kernels.h"

namespace two_layer_net {
namespace {

// Rows from which on a pass forward is worth laying W1 out anew for (bench/README.md, "Which kernels serve").
constexpr size_t kWorthPacking = 256;

}  // namespace

bool has_own_kernels() { return own_kernels<float>() != nullptr; }

// Measured on Zen 5 with both (bench/README.md, "Which kernels serve"): no shape was found that the BLAS trains faster,
// from D 20, H 16, N 32 to D 4096, H 4096, N 1024.
bool own_kernels_train(KernelChoice choice, const Shape&, int) {
  return choice != KernelChoice::kBlas && has_own_kernels();
}

bool own_kernels_infer(KernelChoice choice, const Shape&, size_t rows) {
  if (choice == KernelChoice::kAuto && rows < kWorthPacking) return false;
  return choice != KernelChoice::kBlas && has_own_kernels();
}

}  // namespace two_layer_net
