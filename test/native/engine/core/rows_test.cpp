#include "../../../../native/engine/core/rows.h"

#include <gtest/gtest.h>

#include <limits>
#include <vector>

#include "../support/sample.h"

namespace two_layer_net {
namespace {

template <class T>
class Gather : public ::testing::Test {
 protected:
  // Rows 0 … 4 of 3 numbers: 10·row + column.
  template <class Source>
  static std::vector<T> gather(Element element, const int32_t* indices, size_t first, int n, const T* mean) {
    std::vector<Source> X(15);
    for (int i = 0; i < 15; i++) X[i] = static_cast<Source>(10 * (i / 3) + i % 3);
    std::vector<T> out(3 * n, T(-1));
    two_layer_net::gather(Rows{X.data(), element, 5, nullptr}, {indices, first, n}, 3, mean, out.data());
    return out;
  }
};
TYPED_TEST_SUITE(Gather, Arithmetics);

TYPED_TEST(Gather, CopiesRowsByIndexInAnyOrderWithRepeats) {
  using T = TypeParam;
  const int32_t indices[] = {4, 0, 4};
  const std::vector<T> expected{40, 41, 42, 0, 1, 2, 40, 41, 42};
  EXPECT_EQ(this->template gather<uint8_t>(Element::kUint8, indices, 1, 3, nullptr), expected);
  EXPECT_EQ(this->template gather<float>(Element::kFloat32, indices, 1, 3, nullptr), expected);
  EXPECT_EQ(this->template gather<double>(Element::kFloat64, indices, 1, 3, nullptr), expected);
}

TYPED_TEST(Gather, CopiesConsecutiveRowsWithoutIndices) {
  using T = TypeParam;
  const std::vector<T> expected{20, 21, 22, 30, 31, 32};
  EXPECT_EQ(this->template gather<uint8_t>(Element::kUint8, nullptr, 2, 2, nullptr), expected);
  EXPECT_EQ(this->template gather<float>(Element::kFloat32, nullptr, 2, 2, nullptr), expected);
  EXPECT_EQ(this->template gather<double>(Element::kFloat64, nullptr, 2, 2, nullptr), expected);
}

TYPED_TEST(Gather, SubtractsTheMean) {
  using T = TypeParam;
  const T mean[] = {T(0.5), 100, -3};
  const std::vector<T> expected{T(19.5), -79, 25, T(29.5), -69, 35};
  EXPECT_EQ(this->template gather<uint8_t>(Element::kUint8, nullptr, 2, 2, mean), expected);
  EXPECT_EQ(this->template gather<float>(Element::kFloat32, nullptr, 2, 2, mean), expected);
  EXPECT_EQ(this->template gather<double>(Element::kFloat64, nullptr, 2, 2, mean), expected);
}

TYPED_TEST(Gather, ConvertsEveryByteToItsValue) {
  using T = TypeParam;
  std::vector<uint8_t> X(256);
  std::vector<T> out(256), expected(256);
  for (int i = 0; i < 256; i++) X[i] = static_cast<uint8_t>(i), expected[i] = static_cast<T>(i);
  gather<T>(Rows{X.data(), Element::kUint8, 256, nullptr}, {nullptr, 0, 256}, 1, nullptr, out.data());
  EXPECT_EQ(out, expected);
}

// Of several bad numbers the first is found, whichever thread comes first. Chunks are of 2¹⁷ numbers.
TEST(FirstNonFinite, IsTheSameOnAnyTeam) {
  constexpr int kD = 7;
  constexpr size_t kRows = 100'000;
  for (int threads : {1, 2, 3, 7}) {
    ThreadTeam team(threads);
    std::vector<double> X(kD * kRows, 1.0);
    const Rows rows{X.data(), Element::kFloat64, kRows, nullptr};
    EXPECT_EQ(first_non_finite(rows, kD, team), -1);
    X.back() = std::numeric_limits<double>::quiet_NaN();
    EXPECT_EQ(first_non_finite(rows, kD, team), static_cast<int64_t>(X.size() - 1));
    for (size_t place : {size_t{600'000}, size_t{131'072}, size_t{131'071}, size_t{5}}) {
      X[place] = std::numeric_limits<double>::infinity();
      EXPECT_EQ(first_non_finite(rows, kD, team), static_cast<int64_t>(place));
    }
  }
}

TEST(FirstNonFinite, IsFoundInFewRowsAndNeverInBytes) {
  ThreadTeam team(2);
  const float X[] = {1, 2, -std::numeric_limits<float>::infinity(), 4};
  EXPECT_EQ(first_non_finite(Rows{X, Element::kFloat32, 2, nullptr}, 2, team), 2);
  EXPECT_EQ(first_non_finite(Rows{X, Element::kFloat32, 1, nullptr}, 2, team), -1);
  EXPECT_EQ(first_non_finite(Rows{X, Element::kUint8, 2, nullptr}, 2, team), -1);
}

}  // namespace
}  // namespace two_layer_net
