#include "products.h"

#include "../simd/kernels/kernels.h"

namespace two_layer_net {
namespace {

// A forward pass must first convert W1's layout, which only pays off from this number of rows on. The BLAS is also
// faster if W1 has fewer weights than this.
constexpr size_t kRowsWorthPacking = 256, kLeastWeights = 4096;

}  // namespace

bool has_simd_kernels() { return simd_kernels<float>() != nullptr; }

// The BLAS did not train faster for any shape measured, from D 20, H 16, N 32 to D 4096, H 4096, N 1024
// (bench/README.md, "Which matrix products are used").
bool simd_kernels_train(Products choice) {
  return choice != Products::kBlas && has_simd_kernels();
}

bool simd_kernels_infer(Products choice, const Shape& shape, size_t rows) {
  if (choice == Products::kAuto && (rows < kRowsWorthPacking || shape.w1_size() < kLeastWeights)) return false;
  return choice != Products::kBlas && has_simd_kernels();
}

}  // namespace two_layer_net
