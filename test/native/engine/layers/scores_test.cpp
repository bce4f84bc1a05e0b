#include "../../../../native/engine/layers/scores.h"

#include <gtest/gtest.h>

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

}  // namespace
}  // namespace two_layer_net
