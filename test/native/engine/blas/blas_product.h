// A product for BLAS tests whose exact result is known.
#pragma once

#include <gtest/gtest.h>

#include <vector>

#include "../../../../native/engine/blas/blas.h"

namespace two_layer_net {

constexpr int kSize = 300;  // large enough that a BLAS uses several threads if it may

struct Product {
  std::vector<float> a = std::vector<float>(kSize * kSize), b = a, out = a;

  Product() {
    for (int i = 0; i < kSize * kSize; i++) {
      a[i] = static_cast<float>(i % 7 - 3);
      b[i] = static_cast<float>(i % 11 - 5);
    }
  }

  void compute() {
    gemm(Transpose::kNo, Transpose::kNo, kSize, kSize, kSize, 1, a.data(), kSize, b.data(), kSize, 0, out.data(),
         kSize);
  }

  // Small integers, so every order of addition gives the same sum.
  void expect_right() const {
    for (int i = 0; i < kSize; i += 37) {
      for (int j = 0; j < kSize; j += 41) {
        float sum = 0;
        for (int k = 0; k < kSize; k++) sum += a[i * kSize + k] * b[k * kSize + j];
        ASSERT_EQ(out[i * kSize + j], sum) << i << ", " << j;
      }
    }
  }
};

}  // namespace two_layer_net
