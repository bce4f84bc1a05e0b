#include "../../../../native/engine/inference/inference.h"

#include <gtest/gtest.h>

#include <limits>
#include <vector>

#include "../../../../native/engine/blas/blas.h"
#include "../support/naive.h"
#include "../support/sample.h"

namespace two_layer_net {
namespace {

template <class T>
class Inference : public ::testing::Test {
 protected:
  const SingleThreadedBlas hold_;

  template <class Source>
  static std::vector<T> scores(const Net<T>& net, const Data<Source>& data, int threads = 1) {
    ThreadTeam team(threads);
    std::vector<T> scores(data.count * net.shape.C, T(-1));
    compute_scores(net.shape, net.view(), data.rows(), team, scores.data());
    return scores;
  }
};
TYPED_TEST_SUITE(Inference, Arithmetics);

// Row counts around the block size of 128.
constexpr size_t kCounts[] = {1, 2, 127, 128, 129, 256, 300};

TYPED_TEST(Inference, ScoresMatchTheArticle) {
  using T = TypeParam;
  for (const Shape shape : {Shape{1, 1, 2}, Shape{7, 3, 10}, Shape{300, 50, 10}, Shape{515, 3, 1}}) {
    const Net<T> net(shape, 1, 0.3);
    const Net<double> exact(net);
    Data<uint8_t> data(130, shape, 2);
    data.mean = Numbers(3).several<double>(shape.D, 100, 150);
    std::vector<double> expected;
    for (size_t i = 0; i < data.count; i++) {
      const std::vector<double> row = naive::scores(exact, naive::hidden(exact, data.row(i, shape.D)));
      expected.insert(expected.end(), row.begin(), row.end());
    }
    // Up to 515 bytes a row give sums of magnitude 1000.
    EXPECT_TRUE(near(this->scores(net, data), expected, kTolerance<T>, 1000)) << "D " << shape.D;
  }
}

TYPED_TEST(Inference, ScoresDoNotDependOnThreads) {
  using T = TypeParam;
  const Shape shape{37, 9, 10};
  const Net<T> net(shape, 1, 0.3);
  for (size_t count : kCounts) {
    const Data<float> data(count, shape, 2);
    const std::vector<T> expected = this->scores(net, data);
    for (int threads : {2, 3, 4, 7}) EXPECT_TRUE(same_bits(this->scores(net, data, threads), expected)) << threads;
  }
}

TYPED_TEST(Inference, PredictsTheFirstClassOfTheHighestScore) {
  using T = TypeParam;
  const Shape shape{5, 6, 4};
  Net<T> net(shape, 1, 1);
  // Classes 1 and 3 always have the same scores.
  for (int h = 0; h < shape.H; h++) net.W2[h * 4 + 3] = net.W2[h * 4 + 1];
  net.b2[3] = net.b2[1];
  bool tied = false;
  for (size_t count : kCounts) {
    const Data<double> data(count, shape, 2);
    const std::vector<T> scores = this->scores(net, data);
    std::vector<int32_t> classes(count, -7);
    ThreadTeam team(3);
    EXPECT_EQ(predict(shape, Parameters<const T>(net.view()), data.rows(), team, classes.data()), -1);
    for (size_t i = 0; i < count; i++) {
      EXPECT_EQ(classes[i], std::max_element(&scores[i * 4], &scores[i * 4] + 4) - &scores[i * 4]);
      EXPECT_NE(classes[i], 3);
      tied = tied || classes[i] == 1;
    }
  }
  EXPECT_TRUE(tied) << "no row has a tie, so this test shows nothing";
}

TYPED_TEST(Inference, ReportsTheFirstRowWithANaNScore) {
  using T = TypeParam;
  const Shape shape{2, 3, 4};
  Net<T> net(shape, 1, 1);
  std::fill(net.b2.begin(), net.b2.end(), T(0));
  net.b2[2] = 100;  // predicted for every row without NaN
  for (size_t bad : {size_t{0}, size_t{127}, size_t{128}, size_t{299}}) {
    Data<double> data(300, shape, 2);
    data.X[2 * bad + 1] = std::numeric_limits<double>::quiet_NaN();
    data.X[2 * 299] = std::numeric_limits<double>::quiet_NaN();
    std::vector<int32_t> classes(300, -7);
    for (int threads : {1, 3}) {
      ThreadTeam team(threads);
      EXPECT_EQ(predict(shape, Parameters<const T>(net.view()), data.rows(), team, classes.data()),
                static_cast<int64_t>(bad));
      for (size_t i = 0; i < 300; i++) ASSERT_EQ(classes[i], i == bad || i == 299 ? 0 : 2) << i;
    }
  }
}

TYPED_TEST(Inference, AccuracyIsTheShareOfCorrectClasses) {
  using T = TypeParam;
  const Shape shape{5, 6, 3};
  const Net<T> net(shape, 1, 1);
  for (size_t count : kCounts) {
    Data<float> data(count, shape, 2);
    ThreadTeam team(2);
    const Parameters<const T> view = net.view();
    predict(shape, view, data.rows(), team, data.labels.data());
    EXPECT_EQ(evaluate(shape, view, data.labelled(), all_of(data.rows()), team).accuracy(), 1);
    const size_t wrong = (count + 2) / 3;
    for (size_t i = 0; i < wrong; i++) data.labels[3 * i] = (data.labels[3 * i] + 1) % 3;
    EXPECT_EQ(evaluate(shape, view, data.labelled(), all_of(data.rows()), team).accuracy(),
              static_cast<double>(count - wrong) / static_cast<double>(count));
  }
}

TYPED_TEST(Inference, LossIsTheMeanCrossEntropyOfTheChosenRows) {
  using T = TypeParam;
  const Shape shape{5, 6, 3};
  const Net<T> net(shape, 1, 1);
  for (const size_t count : kCounts) {
    const Data<float> data(count, shape, 2);
    const std::vector<int32_t> indices = {0, static_cast<int32_t>(count) - 1, 0};
    Net<double> gradients(shape);
    const double expected = naive::loss(Net<double>(net), data, indices, 0, gradients);
    for (int threads : {1, 3}) {
      ThreadTeam team(threads);
      const double loss = evaluate(shape, net.view(), data.labelled(), {indices.data(), 0, 3}, team).loss();
      EXPECT_NEAR(loss, expected, (std::is_same_v<T, float> ? 1e-5 : 1e-12) * expected);
    }
  }
}

TEST(UsefulThreads, IsOneForLittleWorkAndNeverMoreThanAllowed) {
  const Shape small{1, 1, 1}, article{3072, 50, 10};
  EXPECT_EQ(useful_threads(small, 1, 64), 1);
  EXPECT_EQ(useful_threads(article, 1, 64), 1);
  EXPECT_EQ(useful_threads(article, 49000, 1), 1);
  EXPECT_EQ(useful_threads(article, 49000, 4), 4);
  EXPECT_EQ(useful_threads(article, 200, 64), 2) << "at most one thread per block of rows";
}

}  // namespace
}  // namespace two_layer_net
