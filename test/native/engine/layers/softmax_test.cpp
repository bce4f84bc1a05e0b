#include "../../../../native/engine/layers/softmax.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include "../support/naive.h"
#include "../support/sample.h"

namespace two_layer_net {
namespace {

template <class T>
class Softmax : public ::testing::Test {
 protected:
  static constexpr T kNaN = std::numeric_limits<T>::quiet_NaN(), kInfinity = std::numeric_limits<T>::infinity();
};
TYPED_TEST_SUITE(Softmax, Arithmetics);

TYPED_TEST(Softmax, SoftmaxLossAndGradientsMatchTheArticle) {
  using T = TypeParam;
  Numbers numbers(3);
  for (int C : {1, 2, 3, 10, 37}) {
    for (int n : {1, 2, 50}) {
      const std::vector<T> b2 = numbers.several<T>(C, -1, 1), scores = numbers.several<T>(n * C, -3, 3);
      std::vector<int32_t> labels(n);
      for (int32_t& label : labels) label = numbers.below(C);
      double loss = 0;
      std::vector<double> expected, sums(C), gradient, row(C);
      for (int i = 0; i < n; i++) {
        for (int c = 0; c < C; c++) row[c] = static_cast<double>(scores[i * C + c]) + b2[c];
        loss += naive::cross_entropy(row, labels[i], gradient);
        for (int c = 0; c < C; c++) {
          expected.push_back(gradient[c] / 50);
          sums[c] += gradient[c] / 50;
        }
      }
      std::vector<T> dscores = scores, db2(C, T(9));
      const Targets<T> targets{labels.data(), nullptr, T(1) / 50};
      const double got = softmax_loss(n, C, b2.data(), targets, dscores.data(), db2.data());
      EXPECT_NEAR(got, loss, kTolerance<T> * n) << "n " << n << ", C " << C;
      EXPECT_TRUE(near(dscores, expected, kTolerance<T>)) << "n " << n << ", C " << C;
      EXPECT_TRUE(near(db2, sums, kTolerance<T>)) << "n " << n << ", C " << C;
    }
  }
}

TYPED_TEST(Softmax, SoftmaxOfEqualScoresIsUniformHoweverLarge) {
  using T = TypeParam;
  for (T score : {T(0), T(1e4), T(-1e4), T(1e30), T(-1e30)}) {
    std::vector<T> scores(4, score), b2(4), db2(4);
    const int32_t label = 1;
    const Targets<T> targets{&label, nullptr, T(1)};
    EXPECT_NEAR(softmax_loss(1, 4, b2.data(), targets, scores.data(), db2.data()), std::log(4.0), 1e-15);
    EXPECT_EQ(scores, (std::vector<T>{T(0.25), T(-0.75), T(0.25), T(0.25)}));
    EXPECT_EQ(db2, scores);
  }
}

TYPED_TEST(Softmax, SoftmaxLossStaysFiniteIfTheProbabilityUnderflows) {
  using T = TypeParam;
  for (T size : {T(1e4), T(1e30)}) {
    std::vector<T> scores{size, 0, -size}, b2(3), db2(3);
    const int32_t label = 2;
    const Targets<T> targets{&label, nullptr, T(1)};
    EXPECT_EQ(softmax_loss(1, 3, b2.data(), targets, scores.data(), db2.data()), 2 * static_cast<double>(size));
    EXPECT_EQ(scores, (std::vector<T>{1, 0, -1}));
  }
}

// s[label] − max is −6e38, which a float32 cannot hold; the loss is a double.
TEST(SoftmaxOfFloats, SoftmaxLossStaysFiniteForAllFiniteFloats) {
  std::vector<float> scores{3e38f, -3e38f}, b2(2), db2(2);
  const int32_t label = 1;
  EXPECT_EQ(softmax_loss<float>(1, 2, b2.data(), {&label, nullptr, 1.0f}, scores.data(), db2.data()), 2.0 * 3e38f);
  EXPECT_EQ(scores, (std::vector<float>{1, -1}));
}

TYPED_TEST(Softmax, SoftmaxLossOfARowWithNaNOrInfinityIsNotFinite) {
  using T = TypeParam;
  for (T bad : {this->kNaN, this->kInfinity}) {
    for (int at = 0; at < 3; at++) {
      std::vector<T> scores{1, 2, 3, 4, 5, 6}, b2(3), db2(3);
      scores[3 + at] = bad;
      const int32_t labels[] = {0, 1};
      const Targets<T> targets{labels, nullptr, T(1)};
      EXPECT_FALSE(std::isfinite(softmax_loss(2, 3, b2.data(), targets, scores.data(), db2.data()))) << at;
    }
  }
}

}  // namespace
}  // namespace two_layer_net
