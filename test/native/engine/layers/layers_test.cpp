#include "../../../../native/engine/layers/layers.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "../support/naive.h"
#include "../support/sample.h"

namespace two_layer_net {
namespace {

template <class T>
class Layers : public ::testing::Test {
 protected:
  static constexpr T kNaN = std::numeric_limits<T>::quiet_NaN(), kInfinity = std::numeric_limits<T>::infinity();
};
TYPED_TEST_SUITE(Layers, Arithmetics);

// Widths around those of vector registers.
constexpr int kWidths[] = {1, 2, 3, 7, 8, 9, 15, 16, 17, 31, 33, 50, 67};

TYPED_TEST(Layers, BiasReluIsTheMaximumOfZeroAndTheSum) {
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

TYPED_TEST(Layers, BiasReluKeepsNaNAndInfinity) {
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

TYPED_TEST(Layers, ReluBackwardPassesGradientsWhereHiddenIsPositive) {
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

TYPED_TEST(Layers, ReluGradientAtZeroIsZero) {
  using T = TypeParam;
  const std::vector<T> hidden{0, T(-0.0), std::numeric_limits<T>::denorm_min()};
  std::vector<T> dhidden{5, 6, 7}, db1(3);
  relu_backward(1, 3, hidden.data(), dhidden.data(), db1.data());
  EXPECT_EQ(dhidden, (std::vector<T>{0, 0, 7}));
  EXPECT_EQ(db1, (std::vector<T>{0, 0, 7}));
}

TYPED_TEST(Layers, SoftmaxLossAndGradientsAreTheArticles) {
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
      const double got = softmax_loss(n, C, b2.data(), labels.data(), T(1) / 50, dscores.data(), db2.data());
      EXPECT_NEAR(got, loss, kTolerance<T> * n) << "n " << n << ", C " << C;
      EXPECT_TRUE(near(dscores, expected, kTolerance<T>)) << "n " << n << ", C " << C;
      EXPECT_TRUE(near(db2, sums, kTolerance<T>)) << "n " << n << ", C " << C;
    }
  }
}

TYPED_TEST(Layers, SoftmaxOfEqualScoresIsUniformHoweverLarge) {
  using T = TypeParam;
  for (T score : {T(0), T(1e4), T(-1e4), T(1e30), T(-1e30)}) {
    std::vector<T> scores(4, score), b2(4), db2(4);
    const int32_t label = 1;
    EXPECT_NEAR(softmax_loss(1, 4, b2.data(), &label, T(1), scores.data(), db2.data()), std::log(4.0), 1e-15);
    EXPECT_EQ(scores, (std::vector<T>{T(0.25), T(-0.75), T(0.25), T(0.25)}));
    EXPECT_EQ(db2, scores);
  }
}

TYPED_TEST(Layers, SoftmaxLossStaysFiniteWhereTheProbabilityUnderflows) {
  using T = TypeParam;
  for (T size : {T(1e4), T(1e30)}) {
    std::vector<T> scores{size, 0, -size}, b2(3), db2(3);
    const int32_t label = 2;
    EXPECT_EQ(softmax_loss(1, 3, b2.data(), &label, T(1), scores.data(), db2.data()), 2 * static_cast<double>(size));
    EXPECT_EQ(scores, (std::vector<T>{1, 0, -1}));
  }
}

// s[label] − max is −6e38, beyond float32; the loss is a double.
TEST(Layers, SoftmaxLossStaysFiniteForAllFiniteFloats) {
  std::vector<float> scores{3e38f, -3e38f}, b2(2), db2(2);
  const int32_t label = 1;
  EXPECT_EQ(softmax_loss(1, 2, b2.data(), &label, 1.0f, scores.data(), db2.data()), 2.0 * 3e38f);
  EXPECT_EQ(scores, (std::vector<float>{1, -1}));
}

TYPED_TEST(Layers, SoftmaxLossOfARowWithNaNOrInfinityIsNotFinite) {
  using T = TypeParam;
  for (T bad : {this->kNaN, this->kInfinity}) {
    for (int at = 0; at < 3; at++) {
      std::vector<T> scores{1, 2, 3, 4, 5, 6}, b2(3), db2(3);
      scores[3 + at] = bad;
      const int32_t labels[] = {0, 1};
      EXPECT_FALSE(std::isfinite(softmax_loss(2, 3, b2.data(), labels, T(1), scores.data(), db2.data()))) << at;
    }
  }
}

TYPED_TEST(Layers, AddBiasAddsToEachRow) {
  using T = TypeParam;
  const std::vector<T> b2{10, 20, 30};
  std::vector<T> scores{1, 2, 3, 4, 5, 6};
  add_bias(2, 3, b2.data(), scores.data());
  EXPECT_EQ(scores, (std::vector<T>{11, 22, 33, 14, 25, 36}));
}

TYPED_TEST(Layers, ArgmaxIsTheFirstOfTheHighest) {
  using T = TypeParam;
  const auto argmax_of = [](std::vector<T> scores) { return argmax(static_cast<int>(scores.size()), scores.data()); };
  EXPECT_EQ(argmax_of({5}), 0);
  EXPECT_EQ(argmax_of({1, 3, 2}), 1);
  EXPECT_EQ(argmax_of({1, 3, 3, 3}), 1);
  EXPECT_EQ(argmax_of({0, T(-0.0), 0}), 0);
  EXPECT_EQ(argmax_of({-3, -2, -1}), 2);
  EXPECT_EQ(argmax_of({-this->kInfinity, -this->kInfinity}), 0);
  EXPECT_EQ(argmax_of({1, this->kInfinity, this->kInfinity}), 1);
}

TYPED_TEST(Layers, ArgmaxRefusesNaNAnywhere) {
  using T = TypeParam;
  for (int at = 0; at < 10; at++) {
    std::vector<T> scores(10, T(1));
    scores[at] = this->kNaN;
    EXPECT_EQ(argmax(10, scores.data()), -1) << at;
  }
}

TYPED_TEST(Layers, SumOfSquaresCountsEachValueOnce) {
  using T = TypeParam;
  std::vector<T> values;
  double sum = 0;
  for (int size = 0; size <= 40; size++) {
    EXPECT_EQ(sum_of_squares(values.size(), values.data()), sum) << size;  // whole numbers: no rounding
    values.push_back(static_cast<T>(size + 1));
    sum += (size + 1.0) * (size + 1.0);
  }
}

TEST(Layers, SumOfSquaresOfLargeFloatsIsFinite) {
  const std::vector<float> values(10, 1e20f);
  const double square = static_cast<double>(1e20f) * 1e20f;
  EXPECT_NEAR(sum_of_squares(values.size(), values.data()) / (10 * square), 1, 1e-15);
}

// One block of 4096 values, whole groups of 16 in a second one, and a rest.
constexpr size_t kManyValues = 4096 + 2 * 16 + 5;

TYPED_TEST(Layers, FirstNonFiniteFindsABadValueAtEveryPosition) {
  using T = TypeParam;
  std::vector<T> values = Numbers(4).several<T>(kManyValues, -1, 1);
  const T bad[] = {this->kNaN, this->kInfinity, -this->kInfinity};
  for (size_t at = 0; at < values.size(); at++) {
    const T before = values[at];
    values[at] = bad[at % 3];
    ASSERT_EQ(first_non_finite(values.size(), values.data()), at);
    values[at] = before;
  }
}

TYPED_TEST(Layers, FirstNonFiniteLooksAtNoMoreThanItWasGiven) {
  using T = TypeParam;
  for (size_t size = 0; size <= 50; size++) {
    std::vector<T> values(size + 1, T(1));
    values[size] = this->kNaN;
    EXPECT_EQ(first_non_finite(size, values.data()), size);
    EXPECT_EQ(first_non_finite(size + 1, values.data()), size);
  }
}

TYPED_TEST(Layers, FirstNonFiniteFindsTheFirstOfSeveral) {
  using T = TypeParam;
  std::vector<T> values(kManyValues);
  // Infinities of both signs must not cancel.
  values[4100] = this->kInfinity;
  values[4116] = -this->kInfinity;
  EXPECT_EQ(first_non_finite(values.size(), values.data()), 4100u);
  values[17] = -this->kInfinity;
  values[1] = this->kInfinity;
  EXPECT_EQ(first_non_finite(values.size(), values.data()), 1u);
}

TYPED_TEST(Layers, FirstNonFiniteTakesTheLargestAndSmallestNumbersForFinite) {
  using T = TypeParam;
  std::vector<T> values(kManyValues, std::numeric_limits<T>::max());
  for (size_t i = 0; i < values.size(); i += 2) values[i] = std::numeric_limits<T>::lowest();
  for (size_t i = 0; i < values.size(); i += 5) values[i] = std::numeric_limits<T>::denorm_min();
  EXPECT_EQ(first_non_finite(values.size(), values.data()), values.size());
}

}  // namespace
}  // namespace two_layer_net
