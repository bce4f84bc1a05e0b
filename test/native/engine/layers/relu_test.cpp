#include "../../../../native/engine/layers/relu.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "../support/sample.h"

namespace two_layer_net {
namespace {

template <class T>
class Relu : public ::testing::Test {
 protected:
  static constexpr T kNaN = std::numeric_limits<T>::quiet_NaN(), kInfinity = std::numeric_limits<T>::infinity();
};
TYPED_TEST_SUITE(Relu, Arithmetics);

// Widths around the vector sizes.
constexpr int kWidths[] = {1, 2, 3, 7, 8, 9, 15, 16, 17, 31, 33, 50, 67};

TYPED_TEST(Relu, BiasReluIsTheMaximumOfZeroAndTheSum) {
  using T = TypeParam;
  Numbers numbers(1);
  for (int H : kWidths) {
    for (int n : {1, 2, 5}) {
      const std::vector<T> b1 = numbers.several<T>(H, -1, 1), z = numbers.several<T>(n * H, -2, 2);
      std::vector<T> hidden = z, expected(n * H);
      for (int i = 0; i < n * H; i++) expected[i] = std::max(T(0), z[i] + b1[i % H]);
      bias_relu(n, H, b1.data(), hidden.data());
      EXPECT_EQ(hidden, expected) << "n " << n << ", H " << H;
    }
  }
}

TYPED_TEST(Relu, BiasReluKeepsNaNAndInfinity) {
  using T = TypeParam;
  const std::vector<T> b1{0, 1, -1, 0, 0, this->kNaN};
  std::vector<T> hidden{0, -1, 1, this->kInfinity, -this->kInfinity, 1};
  bias_relu(1, 6, b1.data(), hidden.data());
  EXPECT_EQ(std::vector<T>(hidden.begin(), hidden.end() - 1), (std::vector<T>{0, 0, 0, this->kInfinity, 0}));
  EXPECT_TRUE(std::isnan(hidden[5]));
  for (T& value : hidden) value = this->kNaN;
  bias_relu(1, 6, b1.data(), hidden.data());
  for (T value : hidden) EXPECT_TRUE(std::isnan(value));
}

TYPED_TEST(Relu, ReluBackwardPassesGradientsWhereHiddenIsPositive) {
  using T = TypeParam;
  Numbers numbers(2);
  for (int H : kWidths) {
    const int n = 50;
    std::vector<T> hidden = numbers.several<T>(n * H, -1, 1), dhidden = numbers.several<T>(n * H, -1, 1), db1(H, T(9));
    for (T& value : hidden) value = std::max(T(0), value);
    std::vector<T> expected(n * H);
    std::vector<double> sums(H);
    for (int i = 0; i < n * H; i++) {
      expected[i] = hidden[i] > 0 ? dhidden[i] : T(0);
      sums[i % H] += expected[i];
    }
    relu_backward(n, H, hidden.data(), dhidden.data(), db1.data());
    EXPECT_EQ(dhidden, expected);
    EXPECT_TRUE(near(db1, sums, kTolerance<T>)) << "H " << H;
  }
}

TYPED_TEST(Relu, ReluGradientAtZeroIsZero) {
  using T = TypeParam;
  const std::vector<T> hidden{0, T(-0.0), std::numeric_limits<T>::denorm_min()};
  std::vector<T> dhidden{5, 6, 7}, db1(3);
  relu_backward(1, 3, hidden.data(), dhidden.data(), db1.data());
  EXPECT_EQ(dhidden, (std::vector<T>{0, 0, 7}));
  EXPECT_EQ(db1, (std::vector<T>{0, 0, 7}));
}

}  // namespace
}  // namespace two_layer_net
