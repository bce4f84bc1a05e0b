#include "../../../../native/engine/core/rows.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <vector>

#include "../../../../native/engine/core/thread_team.h"
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

// Of several bad numbers the first is found, whichever thread comes first.
TEST(NonFinite, IsTheFirstOnAnyTeam) {
  constexpr int kD = 7, kRows = 10'000, kPart = 40;
  std::vector<double> X(kD * kRows, 1.0);
  const Rows rows{X.data(), Element::kFloat64, kRows, nullptr};
  const std::vector<Range> parts = cut(kRows, kPart);
  for (int threads : {1, 2, 3, 7}) {
    ThreadTeam team(threads);
    const auto first = [&] {
      NonFiniteSearch search(rows, kD);
      team.for_each(static_cast<int>(parts.size()), [&](int part, int) { search.look(parts[part]); });
      return search.place();
    };
    std::fill(X.begin(), X.end(), 1.0);
    EXPECT_EQ(first(), -1);
    X.back() = std::numeric_limits<double>::quiet_NaN();
    EXPECT_EQ(first(), static_cast<int64_t>(X.size() - 1));
    for (size_t place : {60'000, 280, 279, 5}) {
      X[place] = std::numeric_limits<double>::infinity();
      EXPECT_EQ(first(), static_cast<int64_t>(place));
    }
  }
}

TEST(NonFinite, IsFoundInTheRowsOfAPartAndNeverInBytes) {
  const float X[] = {1, 2, -std::numeric_limits<float>::infinity(), 4};
  const auto found = [&](Element element, Range part) {
    const Rows rows{X, element, 2, nullptr};
    NonFiniteSearch search(rows, 2);
    search.look(part);
    return search.place();
  };
  EXPECT_EQ(found(Element::kFloat32, {0, 2}), 2);
  EXPECT_EQ(found(Element::kFloat32, {1, 2}), 2);
  EXPECT_EQ(found(Element::kFloat32, {0, 1}), -1);
  EXPECT_EQ(found(Element::kUint8, {0, 2}), -1);
}

}  // namespace
}  // namespace two_layer_net
