#include "../../../../native/engine/training/loss.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>
#include <vector>

#include "../support/naive.h"
#include "../support/simd.h"

namespace two_layer_net {
namespace {

template <class T>
class SimdLoss : public OnSimdTargets<T> {};
TYPED_TEST_SUITE(SimdLoss, Arithmetics);

// A block has 1000 rows.
TYPED_TEST(SimdLoss, MatchTheNaiveLossAndGradients) {
  using T = TypeParam;
  for (int n : {1, 4, 41, 1003}) {
    const ExactSample<float> sample({{33, 11, 5}, n}, true, false);
    std::vector<int32_t> all(sample.data.count);
    std::iota(all.begin(), all.end(), 0);
    Net<double> expected(sample.start.shape);
    const double loss = naive::loss(sample.start, sample.data, all, 0.1, expected);
    const Net<T> net(sample.start);
    const auto expect_naive = [&](Products products) {
      ThreadTeam team(2);
      Net<T> gradients(net.shape, 9, 9);  // overwritten
      EXPECT_NEAR(loss_and_gradients(net.shape, net.view(), sample.data.rows(), sample.data.labels.data(), 0.1, team,
                                     gradients.view(), products),
                  loss, kTolerance<T> * std::max(1.0, loss));
      EXPECT_TRUE(near(gradients, expected)) << "N " << n;
    };
    expect_naive(Products::kBlas);
    this->on_each_target([&] { expect_naive(Products::kSimd); });
  }
}

template <class T>
double loss_of(const Net<T>& net, const Data<float>& data, Products products) {
  ThreadTeam team(1);
  Net<T> gradients(net.shape);
  return loss_and_gradients(net.shape, net.view(), data.rows(), data.labels.data(), 0, team, gradients.view(),
                            products);
}

// In every position of the vectors of classes, because a vector maximum may ignore NaN, and so may exp.
TYPED_TEST(SimdLoss, ShowNaNAndInfinityInTheLoss) {
  using T = TypeParam;
  const Shape shape{19, 7, 33};
  const Data<float> data(6, shape, 2);
  Net<T> active(shape, 1, 0.1);
  std::fill(active.b1.begin(), active.b1.end(), T(10));
  this->on_each_target([&] {
    for (T bad : {std::numeric_limits<T>::quiet_NaN(), std::numeric_limits<T>::infinity()}) {
      for (size_t array = 0; array < 4; array++) {
        for (size_t at = 0; at < active.arrays()[array]->size(); at++) {
          Net<T> net = active;
          (*net.arrays()[array])[at] = bad;
          // An infinite weight times a negative input is −infinity, which makes a unit inactive or a probability 0.
          if (array == 0 && !std::isnan(bad)) continue;
          ASSERT_FALSE(std::isfinite(loss_of(net, data, Products::kSimd))) << bad << " in array " << array;
        }
      }
    }
  });
}

TYPED_TEST(SimdLoss, ShowNaNAndInfinityInRowsLikeTheBlas) {
  using T = TypeParam;
  const Shape shape{19, 7, 5};
  const Net<T> net(shape, 1, 1);
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  this->on_each_target([&] {
    for (float bad : {std::numeric_limits<float>::quiet_NaN(), kInfinity, -kInfinity}) {
      for (int d = 0; d < shape.D; d++) {
        Data<float> data(6, shape, 2);
        data.X[5 * shape.D + d] = bad;
        const double loss = loss_of(net, data, Products::kSimd), expected = loss_of(net, data, Products::kBlas);
        ASSERT_EQ(std::isfinite(loss), std::isfinite(expected)) << bad << " at " << d;
        ASSERT_FALSE(std::isnan(bad) && std::isfinite(loss));
      }
    }
  });
}

TYPED_TEST(SimdLoss, ComputeTheLossOfLargeLogits) {
  using T = TypeParam;
  const Shape shape{3, 2, 17};
  const Data<float> data(40, shape, 2);
  std::vector<int32_t> all(data.count);
  std::iota(all.begin(), all.end(), 0);
  for (double size : {100.0, 1e4, 1e30, 3e38}) {
    Net<T> net(shape, 1, 0.1);
    net.b2 = Numbers(3).several<T>(shape.C, -size, size);
    Net<double> expected(shape);
    const double loss = naive::loss(Net<double>(net), data, all, 0, expected);
    this->on_each_target([&] {
      ThreadTeam team(1);
      Net<T> gradients(shape);
      const double got = loss_and_gradients(shape, std::as_const(net).view(), data.rows(), data.labels.data(), 0, team,
                                            gradients.view(), Products::kSimd);
      EXPECT_NEAR(got, loss, kTolerance<T> * loss) << size;
      EXPECT_TRUE(near(gradients, expected)) << size;
    });
  }
}

}  // namespace
}  // namespace two_layer_net
