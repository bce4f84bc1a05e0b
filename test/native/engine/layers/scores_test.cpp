#include "../../../../native/engine/layers/scores.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "../support/sample.h"

namespace two_layer_net {
namespace {

template <class T>
class Scores : public ::testing::Test {
 protected:
  static constexpr T kNaN = std::numeric_limits<T>::quiet_NaN(), kInfinity = std::numeric_limits<T>::infinity();
};
TYPED_TEST_SUITE(Scores, Arithmetics);

TYPED_TEST(Scores, AddBiasAddsToEachRow) {
  using T = TypeParam;
  const std::vector<T> b2{10, 20, 30};
  std::vector<T> scores{1, 2, 3, 4, 5, 6};
  add_bias(2, 3, b2.data(), scores.data());
  EXPECT_EQ(scores, (std::vector<T>{11, 22, 33, 14, 25, 36}));
}

TYPED_TEST(Scores, ArgmaxIsTheFirstOfEqualMaxima) {
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

TYPED_TEST(Scores, ArgmaxDetectsNaNAnywhere) {
  using T = TypeParam;
  for (int at = 0; at < 10; at++) {
    std::vector<T> scores(10, T(1));
    scores[at] = this->kNaN;
    EXPECT_EQ(argmax(10, scores.data()), -1) << at;
  }
}

TYPED_TEST(Scores, SoftmaxIsTheShareOfEachClass) {
  using T = TypeParam;
  std::vector<T> scores{0, T(std::log(2)), T(std::log(5)), -7, -7, -7, T(1e30), T(-1e30), 0};
  softmax(3, 3, scores.data());
  const double expected[] = {1 / 8.0, 2 / 8.0, 5 / 8.0, 1 / 3.0, 1 / 3.0, 1 / 3.0, 1, 0, 0};
  for (int i = 0; i < 9; i++) EXPECT_NEAR(scores[i], expected[i], 4 * std::numeric_limits<T>::epsilon()) << i;
}

TYPED_TEST(Scores, CrossEntropiesAreThoseOfTheChosenRows) {
  using T = TypeParam;
  // Two rows of two scores, and a number between them that belongs to neither.
  const std::vector<T> scores{0, 1, this->kNaN, 1000, -1000, this->kNaN};
  const std::vector<int32_t> labels{1, 7, 1}, rows{2, 0};
  double losses[2];
  cross_entropies({rows.data(), 0, 2}, 2, scores.data(), 3, labels.data(), losses);
  EXPECT_NEAR(losses[0], std::log1p(std::exp(-1.0)), 1e-15);
  EXPECT_EQ(losses[1], 2000);
}

TYPED_TEST(Scores, CrossEntropyOfANaNIsNaN) {
  using T = TypeParam;
  for (int at = 0; at < 3; at++) {
    std::vector<T> scores(3, T(1));
    scores[at] = this->kNaN;
    const int32_t label = 1;
    double loss;
    cross_entropies({nullptr, 0, 1}, 3, scores.data(), 3, &label, &loss);
    EXPECT_TRUE(std::isnan(loss)) << at;
  }
}

}  // namespace
}  // namespace two_layer_net
