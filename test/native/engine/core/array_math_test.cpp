#include "../../../../native/engine/core/array_math.h"

#include <gtest/gtest.h>

#include <limits>
#include <vector>

#include "../support/sample.h"

namespace two_layer_net {
namespace {

template <class T>
class ArrayMath : public ::testing::Test {
 protected:
  static constexpr T kNaN = std::numeric_limits<T>::quiet_NaN(), kInfinity = std::numeric_limits<T>::infinity();
};
TYPED_TEST_SUITE(ArrayMath, Arithmetics);

TYPED_TEST(ArrayMath, SumOfSquaresCountsEachValueOnce) {
  using T = TypeParam;
  std::vector<T> values;
  double sum = 0;
  for (int size = 0; size <= 40; size++) {
    EXPECT_EQ(sum_of_squares(values.size(), values.data()), sum) << size;  // integers: no rounding
    values.push_back(static_cast<T>(size + 1));
    sum += (size + 1.0) * (size + 1.0);
  }
}

TEST(ArrayMathOfFloats, SumOfSquaresOfLargeFloatsIsFinite) {
  const std::vector<float> values(10, 1e20f);
  const double square = static_cast<double>(1e20f) * 1e20f;
  EXPECT_NEAR(sum_of_squares(values.size(), values.data()) / (10 * square), 1, 1e-15);
}

// One block of 4096 values, then a second one with full groups of 16 and a remainder.
constexpr size_t kManyValues = 4096 + 2 * 16 + 5;

TYPED_TEST(ArrayMath, FirstNonFiniteFindsABadValueAtEveryPosition) {
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

TYPED_TEST(ArrayMath, FirstNonFiniteReadsNothingPastTheEnd) {
  using T = TypeParam;
  for (size_t size = 0; size <= 50; size++) {
    std::vector<T> values(size + 1, T(1));
    values[size] = this->kNaN;
    EXPECT_EQ(first_non_finite(size, values.data()), size);
    EXPECT_EQ(first_non_finite(size + 1, values.data()), size);
  }
}

TYPED_TEST(ArrayMath, FirstNonFiniteFindsTheFirstOfSeveral) {
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

TYPED_TEST(ArrayMath, FirstNonFiniteAcceptsTheLargestAndSmallestNumbers) {
  using T = TypeParam;
  std::vector<T> values(kManyValues, std::numeric_limits<T>::max());
  for (size_t i = 0; i < values.size(); i += 2) values[i] = std::numeric_limits<T>::lowest();
  for (size_t i = 0; i < values.size(); i += 5) values[i] = std::numeric_limits<T>::denorm_min();
  EXPECT_EQ(first_non_finite(values.size(), values.data()), values.size());
}

}  // namespace
}  // namespace two_layer_net
