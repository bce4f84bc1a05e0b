#include "../../../../native/engine/simd/simd_inference.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <numeric>
#include <type_traits>
#include <utility>
#include <vector>

#include "../../../../native/engine/inference/inference.h"
#include "../../../../native/engine/layers/scores.h"
#include "../../../../native/engine/training/loss.h"
#include "../support/naive.h"
#include "../support/simd.h"

namespace two_layer_net {
namespace {

template <class T>
class SimdInference : public OnSimdTargets<T> {};
TYPED_TEST_SUITE(SimdInference, Arithmetics);

// The results of the forward passes over the rows of `data`.
template <class T>
struct Results {
  std::vector<T> scores;
  std::vector<int32_t> classes;
  double accuracy;

  template <class Source>
  Results(const Net<T>& net, const Data<Source>& data, const std::vector<int32_t>& indices, Products products)
      : scores(data.count * net.shape.C), classes(data.count) {
    ThreadTeam team(3);
    compute_scores(net.shape, net.view(), data.rows(), team, scores.data(), products);
    EXPECT_EQ(predict(net.shape, net.view(), data.rows(), team, classes.data(), products), -1);
    accuracy = evaluate(net.shape, net.view(), data.labelled(),
                        {indices.data(), 0, static_cast<int>(indices.size())}, team, products)
                   .accuracy();
  }
};

template <class Source>
std::vector<double> naive_scores(const Net<double>& net, const Data<Source>& data) {
  std::vector<double> scores;
  for (size_t i = 0; i < data.count; i++) {
    const std::vector<double> row = naive::scores(net, naive::hidden(net, data.row(i, net.shape.D)));
    scores.insert(scores.end(), row.begin(), row.end());
  }
  return scores;
}

template <class T, class Source>
void expect_naive_inference(const Shape& shape, size_t count, const std::function<void(std::function<void()>)>& each) {
  SCOPED_TRACE(::testing::Message() << "D " << shape.D << ", H " << shape.H << ", C " << shape.C << ", N " << count
                                    << ", numbers of " << sizeof(Source) << " bytes");
  const Net<T> net(shape, 1, 0.3);
  Data<Source> data(count, shape, 2);
  const bool bytes = std::is_same_v<Source, uint8_t>;
  data.mean = Numbers(3).several<double>(shape.D, bytes ? 100 : -1, bytes ? 150 : 1);
  const std::vector<double> expected = naive_scores(Net<double>(net), data);
  std::vector<int32_t> indices(count + 5);
  Numbers numbers(4);
  for (int32_t& i : indices) i = numbers.below(static_cast<int>(count));
  const auto expect = [&](Products products) {
    const Results<T> results(net, data, indices, products);
    EXPECT_TRUE(near(results.scores, expected, kTolerance<T>, largest(expected)));
    std::vector<int32_t> classes;
    for (size_t i = 0; i < count; i++) classes.push_back(argmax(shape.C, &results.scores[i * shape.C]));
    EXPECT_EQ(results.classes, classes);
    const auto right =
        std::count_if(indices.begin(), indices.end(), [&](int32_t i) { return classes[i] == data.labels[i]; });
    EXPECT_EQ(results.accuracy, static_cast<double>(right) / static_cast<double>(indices.size()));
  };
  expect(Products::kBlas);
  each([&] { expect(Products::kSimd); });
}

// A block has eight groups of rows, which is 32 or 40 rows; with many hidden units, up to 256 rows.
TYPED_TEST(SimdInference, MatchTheNaiveScoresAndClasses) {
  using T = TypeParam;
  const auto each = [this](const auto& use) { this->on_each_target(use); };
  for (size_t count : {1, 4, 5, 6, 31, 32, 33, 39, 40, 41, 79, 81, 300}) {
    expect_naive_inference<T, uint8_t>({17, 11, 10}, count, each);
    expect_naive_inference<T, double>({33, 6, 17}, count, each);
  }
  for (size_t count : {8, 15, 16, 17, 24, 25, 33, 255, 256, 257, 529}) {
    expect_naive_inference<T, uint8_t>({37, 101, 10}, count, each);
    expect_naive_inference<T, float>({19, 130, 3}, count, each);
  }
  expect_naive_inference<T, float>({1, 1, 1}, 3, each);
  expect_naive_inference<T, float>({1100, 200, 3}, 41, each);
  expect_naive_inference<T, uint8_t>({3072, 13, 33}, 7, each);
}

}  // namespace
}  // namespace two_layer_net
