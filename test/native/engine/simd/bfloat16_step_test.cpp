#include "../../../../native/engine/simd/bfloat16/bfloat16_step.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <numeric>
#include <type_traits>
#include <vector>

#include "../support/sample.h"
#include "../support/simd.h"
#include "../support/trained.h"

namespace two_layer_net {
namespace {

// Remainders in every dimension; more rows than one block of the update (400); more hidden units than one block of the
// forward pass; one, two and four chunks of columns.
constexpr Case kCases[] = {{{1, 1, 2}, 1},    {{31, 5, 3}, 2},    {{33, 11, 10}, 7},   {{100, 23, 17}, 40},
                           {{784, 64, 10}, 33}, {{1025, 13, 4}, 405}, {{3072, 50, 10}, 200}, {{2050, 203, 3}, 21}};

class Bfloat16 : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!has_bfloat16()) GTEST_SKIP() << "this processor or build does not support bfloat16 products";
  }
};

std::vector<int32_t> drawn(int n, size_t count) {
  Numbers numbers(7);
  std::vector<int32_t> indices(n);
  for (int32_t& index : indices) index = numbers.below(static_cast<int>(count));
  return indices;
}

// The net after some steps on rows of `data`, and the loss of each step.
template <class Source>
std::pair<Net<float>, std::vector<double>> stepped(const Case& tried, const Data<Source>& data, bool bfloat16,
                                                   int threads = 2, int steps = 1) {
  const StepOptions options{.capacity = tried.n,
                            .element = data.rows().element,
                            .threads = threads,
                            .products = Products::kSimd,
                            .bfloat16 = bfloat16};
  const auto step = make_step<float>(tried.shape, options);
  Net<float> net(tried.shape, 3, 0.1);
  ThreadTeam team(threads);
  step->read(net.view(), {}, team);
  const std::vector<int32_t> indices = drawn(tried.n, data.count);
  std::vector<double> losses;
  for (int i = 0; i < steps; i++) {
    losses.push_back(step->forward_backward(data.labelled(), {indices.data(), 0, tried.n}, {},
                                            {.weights = static_cast<double>(tried.n)}, team));
    step->update(sgd_step(1e-3, 1), team);
  }
  EXPECT_TRUE(step->finite());
  step->write(net.view(), {}, team);
  return {net, losses};
}

double norm(const std::vector<double>& values) {
  return std::sqrt(std::inner_product(values.begin(), values.end(), values.begin(), 0.0));
}

// Rounds to the nearest bfloat16, ties to even. A bfloat16 is the upper half of a float32.
double rounded(double value) {
  const uint32_t bits = std::bit_cast<uint32_t>(static_cast<float>(value));
  return std::bit_cast<float>((bits + 0x7FFF + (bits >> 16 & 1)) & 0xFFFF0000);
}

// The gradients of the mean loss with rounded factors in the two large products, and everything else in double.
template <class Source>
Net<double> rounded_gradients(const Case& tried, const Data<Source>& data, const Net<float>& net) {
  const auto [D, H, C] = tried.shape;
  Net<double> gradients(tried.shape);
  for (const int32_t index : drawn(tried.n, data.count)) {
    std::vector<double> x = data.row(index, D), hidden(H), scores(net.b2.begin(), net.b2.end());
    if (!std::is_same_v<Source, uint8_t>) std::transform(x.begin(), x.end(), x.begin(), rounded);
    for (int h = 0; h < H; h++) {
      double z = net.b1[h];
      for (int d = 0; d < D; d++) z += x[d] * rounded(net.W1[static_cast<size_t>(d) * H + h]);
      hidden[h] = std::max(0.0, z);
      for (int c = 0; c < C; c++) scores[c] += hidden[h] * net.W2[h * C + c];
    }
    const double highest = *std::max_element(scores.begin(), scores.end());
    for (double& score : scores) score = std::exp(score - highest);
    const double sum = std::accumulate(scores.begin(), scores.end(), 0.0);
    for (int c = 0; c < C; c++) {
      scores[c] = (scores[c] / sum - (c == data.labels[index])) / tried.n;
      gradients.b2[c] += scores[c];
    }
    for (int h = 0; h < H; h++) {
      double dhidden = 0;
      for (int c = 0; c < C; c++) {
        gradients.W2[h * C + c] += hidden[h] * scores[c];
        dhidden += hidden[h] > 0 ? scores[c] * net.W2[h * C + c] : 0;
      }
      gradients.b1[h] += dhidden;
      for (int d = 0; d < D; d++) gradients.W1[static_cast<size_t>(d) * H + h] += rounded(dhidden) * x[d];
    }
  }
  return gradients;
}

template <class Source>
void expect_rounded_gradients(const Case& tried, const Data<Source>& data) {
  SCOPED_TRACE(::testing::Message() << "D " << tried.shape.D << " H " << tried.shape.H << " C " << tried.shape.C
                                    << " N " << tried.n << (data.mean.empty() ? "" : " with a mean"));
  const Net<float> net(tried.shape, 3, 0.1);
  const auto step = make_step<float>(tried.shape, {.capacity = tried.n,
                                                   .element = data.rows().element,
                                                   .threads = 2,
                                                   .products = Products::kSimd,
                                                   .bfloat16 = true});
  ThreadTeam team(2);
  step->read(net.view(), {}, team);
  const std::vector<int32_t> indices = drawn(tried.n, data.count);
  step->forward_backward(data.labelled(), {indices.data(), 0, tried.n}, {},
                         {.weights = static_cast<double>(tried.n)}, team);
  Net<float> got(tried.shape);
  step->add_gradients(got.view(), team);
  const Net<double> expected = rounded_gradients(tried, data, net);
  for (size_t a = 0; a < 4; a++) {
    std::vector<double> difference(got.arrays()[a]->begin(), got.arrays()[a]->end());
    for (size_t i = 0; i < difference.size(); i++) difference[i] -= (*expected.arrays()[a])[i];
    EXPECT_LE(norm(difference), 1e-3 * norm(*expected.arrays()[a]) + 1e-9) << "array " << a;
  }
}

TEST_F(Bfloat16, MatchesTheGradientsOfRoundedFactors) {
  for (const Case& tried : kCases) {
    Data<uint8_t> bytes(60, tried.shape, 1);
    expect_rounded_gradients(tried, bytes);
    Numbers numbers(2);
    bytes.mean = numbers.several<double>(tried.shape.D, 100, 150);
    expect_rounded_gradients(tried, bytes);
    expect_rounded_gradients(tried, Data<float>(60, tried.shape, 1));
    expect_rounded_gradients(tried, Data<double>(60, tried.shape, 1));
  }
}

TEST_F(Bfloat16, GivesTheSameBitsOnAnyNumberOfThreads) {
  for (const Case& tried : kCases) {
    Data<uint8_t> bytes(60, tried.shape, 1);
    bytes.mean.assign(tried.shape.D, 127.3);
    const auto [alone, losses] = stepped(tried, bytes, true, 1, 5);
    for (const int threads : {2, 3, 7}) {
      const auto [together, same] = stepped(tried, bytes, true, threads, 5);
      EXPECT_TRUE(same_bits(alone, together));
      EXPECT_TRUE(same_bits(losses, same));
    }
  }
}

TEST_F(Bfloat16, ContinuesAfterAStop) {
  const Case tried{{515, 23, 5}, 40};
  const Data<uint8_t> bytes(60, tried.shape, 1);
  TrainingOptions options{
      .settings = {.num_iters = 20, .batch_size = tried.n, .learning_rate = 1e-6,
                   .learning_rate_decay = 0.9, .reg = 0.01},
      .threads = 2,
  };
  options.bfloat16 = true;
  const Net<float> start(tried.shape, 3, 0.1);
  const Trained<float> in_one = trained(start, bytes, options);
  EXPECT_FALSE(same_bits(in_one.net, start));
  EXPECT_TRUE(same_training(trained_in_two(start, bytes, options, 7), in_one));
}

// Pixels close to their mean, as in images: the difference after subtracting the mean's product must stay accurate.
TEST_F(Bfloat16, CentresBytesInTheProducts) {
  const Case tried{{3072, 50, 10}, 64};
  Data<uint8_t> bytes(60, tried.shape, 1);
  for (uint8_t& byte : bytes.X) byte = static_cast<uint8_t>(200 + byte % 8);
  bytes.mean.assign(tried.shape.D, 203.55);
  expect_rounded_gradients(tried, bytes);
}

TEST_F(Bfloat16, ComputesGradientsWithoutChangingTheNet) {
  const Case tried{{100, 23, 5}, 40};
  const Data<uint8_t> bytes(60, tried.shape, 1);
  const StepOptions options{.capacity = tried.n,
                            .element = Element::kUint8,
                            .threads = 2,
                            .products = Products::kSimd,
                            .bfloat16 = true};
  const auto step = make_step<float>(tried.shape, options);
  const Net<float> net(tried.shape, 3, 0.1);
  ThreadTeam team(2);
  step->read(net.view(), {}, team);
  const std::vector<int32_t> indices = drawn(tried.n, bytes.count);
  const auto loss = [&] {
    return step->forward_backward(bytes.labelled(), {indices.data(), 0, tried.n}, {}, {.weights = 40}, team);
  };
  const double before = loss();
  Net<float> gradients(tried.shape);
  step->add_gradients(gradients.view(), team);
  EXPECT_NE(gradients.W1, Net<float>(tried.shape).W1);
  EXPECT_EQ(loss(), before);
  step->update(sgd_step(1e-2, 10), team);
  EXPECT_NE(loss(), before);
}

}  // namespace
}  // namespace two_layer_net
