#include "../../../../native/engine/training/loss.h"

#include <gtest/gtest.h>

#include <numeric>
#include <vector>

#include "../../../../native/engine/blas/blas.h"
#include "../support/naive.h"
#include "../support/sample.h"

namespace two_layer_net {
namespace {

template <class T, class Source>
double loss_of(const Net<T>& net, const Data<Source>& data, double reg, Net<T>& gradients, int threads = 1) {
  const SingleThreadedBlas hold;
  ThreadTeam team(threads);
  // Existing gradients are overwritten.
  for (std::vector<T>* array : gradients.arrays()) std::fill(array->begin(), array->end(), T(9));
  return loss_and_gradients(net.shape, Parameters<const T>(net.view()), data.rows(), data.labels.data(), reg, team,
                            gradients.view());
}

std::vector<int32_t> all_rows(size_t count) {
  std::vector<int32_t> indices(count);
  std::iota(indices.begin(), indices.end(), 0);
  return indices;
}

template <class T>
class Loss : public ::testing::Test {};
TYPED_TEST_SUITE(Loss, Arithmetics);

// A block has 1000 rows, in pieces of 50.
TYPED_TEST(Loss, AndGradientsMatchTheArticleForMoreRowsThanABlock) {
  using T = TypeParam;
  const Shape shape{11, 7, 5};
  const Net<T> net(shape, 1, 0.7);
  for (size_t count : {1, 49, 50, 51, 999, 1000, 1001, 2530}) {
    const Data<float> data(count, shape, 2);
    Net<double> expected(shape);
    const double loss = naive::loss(Net<double>(net), data, all_rows(count), 0.1, expected);
    Net<T> gradients(shape);
    EXPECT_NEAR(loss_of(net, data, 0.1, gradients), loss, kTolerance<T>) << "N " << count;
    for (size_t i = 0; i < 4; i++) {
      EXPECT_TRUE(near(*gradients.arrays()[i], *expected.arrays()[i], kTolerance<T>)) << "N " << count << ", " << i;
    }
  }
}

TYPED_TEST(Loss, AndGradientsDoNotDependOnThreads) {
  using T = TypeParam;
  const Shape shape{515, 3, 10};
  const Net<T> net(shape, 1, 0.1);
  const Data<uint8_t> data(1037, shape, 2);
  Net<T> expected(shape), gradients(shape);
  const double loss = loss_of(net, data, 0.1, expected);
  for (int threads : {2, 3, 4, 7}) {
    EXPECT_EQ(loss_of(net, data, 0.1, gradients, threads), loss);
    EXPECT_TRUE(same_bits(gradients, expected)) << threads << " threads";
  }
}

// (f(w + h) − f(w − h)) / 2h with h = 1e-5. The truncation error and the rounding error are about 1e-10 each.
TEST(Loss, GradientsAreTheSlopesOfTheLoss) {
  constexpr double kStep = 1e-5;
  for (const Shape shape : {Shape{4, 10, 3}, Shape{1, 1, 2}, Shape{7, 3, 1}}) {
    Net<double> net(shape, 1, 1), gradients(shape), unused(shape);
    Data<uint8_t> data(60, shape, 2);
    data.mean = Numbers(3).several<double>(shape.D, 100, 150);
    for (uint8_t& value : data.X) value = static_cast<uint8_t>(120 + value % 20);
    loss_of(net, data, 0.05, gradients);
    for (size_t array = 0; array < 4; array++) {
      std::vector<double>& values = *net.arrays()[array];
      for (size_t i = 0; i < values.size(); i++) {
        const double value = values[i];
        values[i] = value + kStep;
        const double above = loss_of(net, data, 0.05, unused);
        values[i] = value - kStep;
        const double below = loss_of(net, data, 0.05, unused);
        values[i] = value;
        const double slope = (above - below) / (2 * kStep), gradient = (*gradients.arrays()[array])[i];
        EXPECT_NEAR(gradient, slope, 1e-6 * std::max(1.0, std::abs(slope))) << "array " << array << " at " << i;
      }
    }
  }
}

TYPED_TEST(Loss, OfParametersWithNaNIsNaN) {
  using T = TypeParam;
  const Shape shape{4, 3, 2};
  const Data<float> data(5, shape, 2);
  for (size_t array = 0; array < 4; array++) {
    // Biases of 10 keep every unit active, because the inputs of an inactive unit do not reach the loss, not even NaN.
    Net<T> net(shape, 1, 1), gradients(shape);
    std::fill(net.b1.begin(), net.b1.end(), T(10));
    net.arrays()[array]->back() = std::numeric_limits<T>::quiet_NaN();
    EXPECT_TRUE(std::isnan(loss_of(net, data, 0, gradients))) << array;
  }
}

TYPED_TEST(Loss, OfAnUntrainedNetIsTheLogarithmOfTheNumberOfClasses) {
  using T = TypeParam;
  const Shape shape{4, 3, 10};
  const Net<T> net(shape);
  Net<T> gradients(shape);
  EXPECT_NEAR(loss_of(net, Data<float>(7, shape, 2), 0.5, gradients), std::log(10.0), kTolerance<T>);
  EXPECT_EQ(gradients.W1, std::vector<T>(12, T(0)));
  EXPECT_EQ(gradients.W2, std::vector<T>(30, T(0)));
}

}  // namespace
}  // namespace two_layer_net
