#include "../../../../native/engine/simd/kernels/kernels.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <memory>
#include <numeric>
#include <ostream>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "../../../../native/engine/blas/blas.h"
#include "../../../../native/engine/inference/inference.h"
#include "../../../../native/engine/layers/layers.h"
#include "../../../../native/engine/training/loss.h"
#include "../../../../native/engine/training/step.h"
#include "../support/at_page_end.h"
#include "../support/naive.h"
#include "../support/sample.h"
#include "../support/trained.h"

namespace two_layer_net {
namespace {

// One target's kernels serve while it lives, then the best again.
class ForcedTarget {
 public:
  explicit ForcedTarget(const std::string& name) { EXPECT_TRUE(force_simd_target(name)); }
  ~ForcedTarget() { force_simd_target(""); }
  ForcedTarget(const ForcedTarget&) = delete;
  ForcedTarget& operator=(const ForcedTarget&) = delete;
};

template <class T>
class OwnKernels : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!has_simd_kernels()) GTEST_SKIP() << "built without kernels of its own";
  }

  template <class Use>
  static void on_each_target(const Use& use) {
    ASSERT_FALSE(simd_targets().empty());
    for (const std::string& name : simd_targets()) {
      SCOPED_TRACE(name);
      const ForcedTarget forced(name);
      ASSERT_EQ(simd_kernels<T>()->target, name);
      use();
    }
  }

  const SingleThreadedBlas hold_;
};
TYPED_TEST_SUITE(OwnKernels, Arithmetics);

struct Case {
  Shape shape;
  int n;

  friend std::ostream& operator<<(std::ostream& out, const Case& c) {
    return out << "D " << c.shape.D << ", H " << c.shape.H << ", C " << c.shape.C << ", N " << c.n;
  }
};

// Around the sizes of vectors (1 to 16 numbers), groups (3 to 5) and chunks (4 KB) on all targets. 1000 rows are more
// than one block of the update on all of them, 1100 · 200 weights more than one block of the forward pass.
constexpr Case kCases[] = {
    {{1, 1, 1}, 1},        {{2, 2, 2}, 4},      {{3, 5, 3}, 5},       {{17, 6, 10}, 6},    {{31, 10, 16}, 23},
    {{33, 11, 17}, 200},   {{64, 13, 33}, 300}, {{100, 50, 10}, 200}, {{784, 64, 10}, 6},  {{1025, 131, 3}, 23},
    {{1100, 200, 5}, 41},  {{2050, 11, 10}, 5}, {{3072, 50, 10}, 4},  {{3072, 2, 17}, 23}, {{1, 131, 33}, 300},
    {{5, 7, 3}, 1000},
};

// Rows, labels and weights whose sums of products are exact in float32, in any order: no unit is active in one
// arithmetic and not in another, and some are at 0 exactly.
template <class Source>
class ExactSample {
 public:
  ExactSample(const Case& of, bool centred, bool by_indices)
      : start(of.shape), data(of.n + 3, of.shape, 1), by_indices_(by_indices), n_(of.n) {
    constexpr bool kBytes = std::is_same_v<Source, uint8_t>;
    Numbers numbers(2);
    if (!kBytes) {
      for (Source& x : data.X) x = static_cast<Source>((numbers.below(129) - 64) / 8.0);
    }
    if (centred) {
      data.mean.resize(of.shape.D);
      for (double& mean : data.mean) mean = kBytes ? 100 + numbers.below(101) / 2.0 : numbers.below(9) / 8.0;
    }
    const double row_size = (kBytes ? 150 : 5) * std::sqrt(of.shape.D);
    const int bits = static_cast<int>(std::ceil(std::log2(row_size * 10)));
    for (double& w : start.W1) w = std::ldexp(numbers.below(33) - 16, -bits);
    for (double& b : start.b1) b = (numbers.below(33) - 16) / 16.0;
    start.W2 = rounded(numbers.several<double>(start.W2.size(), -0.5, 0.5));
    start.b2 = rounded(numbers.several<double>(start.b2.size(), -0.5, 0.5));
    // With repeats, or from the third row on.
    for (int i = 0; i < n_; i++) indices.push_back(by_indices ? numbers.below(n_ + 3) : 2 + i);
  }

  Choice choice() const { return {by_indices_ ? indices.data() : nullptr, 2, n_}; }

  Net<double> start;  // all of it float32's
  Data<Source> data;
  std::vector<int32_t> indices;

 private:
  static std::vector<double> rounded(std::vector<double> values) {
    for (double& value : values) value = static_cast<float>(value);
    return values;
  }

  bool by_indices_;
  int n_;
};

template <class T>
std::unique_ptr<Step<T>> step_from(const Net<T>& net, Element element, int capacity, Products products,
                                   const ThreadTeam& team) {
  std::unique_ptr<Step<T>> step = make_step<T>(net.shape, {capacity, element, team.size(), products, false});
  step->read(net.view());
  return step;
}

template <class T>
Net<T> written(const Step<T>& step, const Shape& shape) {
  Net<T> net(shape);
  step.write(net.view());
  return net;
}

template <class T>
double squares_of(const Net<T>& net) {
  return sum_of_squares(net.W1.size(), net.W1.data()) + sum_of_squares(net.W2.size(), net.W2.data());
}

// What of its numbers a step keeps twice, or pads, is as if the parameters had been read anew.
template <class T>
void expect_like_one_read_anew(const Step<T>& step, const Shape& shape, Element element, int capacity,
                               const ThreadTeam& team) {
  const Net<T> net = written(step, shape);
  EXPECT_NEAR(step.sum_of_squares(), squares_of(net), kTolerance<T> * squares_of(net));
  const auto anew = step_from(net, element, capacity, Products::kSimd, team);
  std::vector<T> numbers, expected;
  step.save(numbers);
  anew->save(expected);
  EXPECT_EQ(numbers, expected);
}

template <class T, class Source>
void expect_naive_step(const ExactSample<Source>& sample, double reg, const Net<double>& gradients, double loss) {
  const Shape shape = sample.start.shape;
  const LabelledRows data = sample.data.labelled();
  const Choice rows = sample.choice();
  const T scale = T(1) / static_cast<T>(rows.n);
  // A step of the size of the weights.
  const double learning_rate = largest(sample.start.W1) / largest(gradients.W1);
  ThreadTeam team(2);
  const auto step = step_from(Net<T>(sample.start), data.rows.element, rows.n, Products::kSimd, team);
  const double data_loss = step->forward_backward(data, rows, rows.indices, scale, team);
  EXPECT_NEAR(data_loss / rows.n + 0.5 * reg * step->sum_of_squares(), loss, kTolerance<T> * std::max(1.0, loss));

  Net<T> added(shape);
  step->add_gradients(added.view(), team);
  Net<double> without_reg = gradients;
  for (size_t i = 0; i < added.W1.size(); i++) without_reg.W1[i] -= reg * sample.start.W1[i];
  for (size_t i = 0; i < added.W2.size(); i++) without_reg.W2[i] -= reg * sample.start.W2[i];
  EXPECT_TRUE(near(added, without_reg)) << "gradients";

  step->update(static_cast<T>(1 - learning_rate * reg), static_cast<T>(learning_rate), team);
  Net<double> after = sample.start;
  naive::step(after, gradients, learning_rate);
  EXPECT_TRUE(near(written(*step, shape), after)) << "after the step";
  expect_like_one_read_anew(*step, shape, data.rows.element, rows.n, team);
}

TYPED_TEST(OwnKernels, TakeTheNaiveStep) {
  using T = TypeParam;
  const auto take = [this]<class Source>(const Case& c, const ExactSample<Source>& sample) {
    SCOPED_TRACE(::testing::Message() << c << ", numbers of " << sizeof(Source) << " bytes");
    constexpr double kReg = 0.01;
    Net<double> gradients(c.shape);
    const double loss = naive::loss(sample.start, sample.data, sample.indices, kReg, gradients);
    this->on_each_target([&] { expect_naive_step<T>(sample, kReg, gradients, loss); });
  };
  for (size_t i = 0; i < std::size(kCases); i++) {
    const bool odd = i % 2 == 1, second = i / 2 % 2 == 1;
    take(kCases[i], ExactSample<uint8_t>(kCases[i], odd, second));
    take(kCases[i], ExactSample<float>(kCases[i], !odd, second));
    take(kCases[i], ExactSample<double>(kCases[i], second, odd));
  }
}

// Minibatches of one step may differ in size: what is left from a larger one must not count.
TYPED_TEST(OwnKernels, TakeFewerRowsAfterMore) {
  using T = TypeParam;
  const Case more{{33, 7, 5}, 60}, fewer{{33, 7, 5}, 23};
  const ExactSample<uint8_t> first(more, true, true), second(fewer, true, true);
  const Net<T> start(second.start);
  this->on_each_target([&] {
    ThreadTeam team(2);
    const auto used = step_from(start, Element::kUint8, more.n, Products::kSimd, team);
    const auto anew = step_from(start, Element::kUint8, fewer.n, Products::kSimd, team);
    used->forward_backward(first.data.labelled(), first.choice(), nullptr, T(1), team);
    EXPECT_EQ(used->forward_backward(second.data.labelled(), second.choice(), nullptr, T(1), team),
              anew->forward_backward(second.data.labelled(), second.choice(), nullptr, T(1), team));
    for (Step<T>* step : {used.get(), anew.get()}) step->update(T(0.5), T(0.25), team);
    EXPECT_TRUE(same_bits(written(*used, start.shape), written(*anew, start.shape)));
  });
}

TYPED_TEST(OwnKernels, GiveBackTheBitsThatTheyRead) {
  using T = TypeParam;
  for (const Case& c : kCases) {
    SCOPED_TRACE(c);
    Net<T> net(c.shape, 1, 1e3);
    net.W1.back() = T(-0.0);
    net.b2.front() = std::numeric_limits<T>::denorm_min();
    this->on_each_target([&] {
      ThreadTeam team(1);
      const auto step = step_from(net, Element::kFloat32, c.n, Products::kSimd, team);
      EXPECT_TRUE(same_bits(written(*step, c.shape), net));
      EXPECT_TRUE(step->finite());
      EXPECT_NEAR(step->sum_of_squares(), squares_of(net), kTolerance<T> * squares_of(net));
    });
  }
}

TYPED_TEST(OwnKernels, GoBackToWhatWasSaved) {
  using T = TypeParam;
  const Case c{{37, 11, 5}, 23};
  const Net<T> start(c.shape, 1, 0.5);
  const Data<float> data(c.n, c.shape, 2);
  const Choice all{nullptr, 0, c.n};
  this->on_each_target([&] {
    ThreadTeam team(2);
    const auto step = step_from(start, Element::kFloat32, c.n, Products::kSimd, team);
    const auto take_step = [&] {
      const double loss = step->forward_backward(data.labelled(), all, nullptr, T(0.1), team);
      step->update(T(0.5), T(0.1), team);
      return loss;
    };
    take_step();
    std::vector<T> saved;
    step->save(saved);
    const Net<T> then = written(*step, c.shape);
    const double loss = take_step();
    const Net<T> later = written(*step, c.shape);
    EXPECT_FALSE(same_bits(later, then));
    step->restore(saved);
    EXPECT_TRUE(same_bits(written(*step, c.shape), then));
    EXPECT_NEAR(step->sum_of_squares(), squares_of(then), 1e-12 * squares_of(then));
    EXPECT_EQ(take_step(), loss);
    EXPECT_TRUE(same_bits(written(*step, c.shape), later));
  });
}

// A float32 of 1e20 has no square in float32.
TYPED_TEST(OwnKernels, SumSquaresOfLargeWeights) {
  using T = TypeParam;
  const Case c{{37, 11, 5}, 23};
  const Data<uint8_t> data(c.n, c.shape, 2);
  for (size_t array : {0, 2}) {
    Net<T> start(c.shape);
    *start.arrays()[array] = Numbers(1).several<T>(start.arrays()[array]->size(), -1e20, 1e20);
    this->on_each_target([&] {
      ThreadTeam team(1);
      const auto step = step_from(start, Element::kUint8, c.n, Products::kSimd, team);
      EXPECT_NEAR(step->sum_of_squares(), squares_of(start), 1e-12 * squares_of(start));
      step->forward_backward(data.labelled(), {nullptr, 0, c.n}, nullptr, T(0), team);
      step->update(T(1), T(0), team);
      EXPECT_NEAR(step->sum_of_squares(), squares_of(start), kTolerance<T> * squares_of(start));
    });
  }
}

struct Trial {
  Case of;
  int iterations;
};

// The last have more rows than a block of the update, or more weights than a block of the forward pass; twice, once for
// bytes and once for floats.
constexpr Trial kTrials[] = {{{{37, 11, 10}, 23}, 200}, {{{7, 3, 2}, 1}, 20},       {{{515, 6, 3}, 5}, 20},
                             {{{33, 10, 17}, 300}, 5},  {{{5, 7, 3}, 1000}, 3},     {{{5, 7, 3}, 1000}, 3},
                             {{{1000, 103, 10}, 45}, 2}, {{{1000, 103, 10}, 45}, 2}};

template <class T, class Source>
void expect_same_bits_for_any_number_of_threads(const Trial& trial, Products products) {
  SCOPED_TRACE(::testing::Message() << trial.of << ", numbers of " << sizeof(Source) << " bytes");
  const Shape shape = trial.of.shape;
  const Net<T> start(shape, 1, 0.1);
  Data<Source> data(10 * trial.of.n, shape, 2), validation(50, shape, 4);
  const bool bytes = std::is_same_v<Source, uint8_t>;
  if (bytes) data.mean = validation.mean = Numbers(3).several<double>(shape.D, 120, 130);
  TrainingOptions options{
      .settings = {.num_iters = trial.iterations, .batch_size = trial.of.n, .learning_rate = bytes ? 1e-6 : 1e-2,
                   .learning_rate_decay = 0.9, .reg = 0.01},
      .threads = 1,
      .products = products,
  };
  const Trained<T> alone = trained(start, data, options, random_state(0), &validation);
  ASSERT_EQ(alone.status, TrainingStatus::kDone);
  EXPECT_FALSE(same_bits(alone.net, start));
  for (int threads : {2, 3, 4, 7}) {
    options.threads = threads;
    EXPECT_TRUE(same_training(trained(start, data, options, random_state(0), &validation), alone)) << threads << " threads";
  }
  for (int k : {1, trial.iterations / 2, trial.iterations - 1}) {
    EXPECT_TRUE(same_training(trained_in_two(start, data, options, k, &validation), alone)) << "gone on with after " << k;
  }
}

// Bytes and floats in turn: they are kept differently.
TYPED_TEST(OwnKernels, GiveTheSameBitsForAnyNumberOfThreads) {
  using T = TypeParam;
  this->on_each_target([] {
    for (size_t i = 0; i < std::size(kTrials); i++) {
      const auto expect = i % 2 == 0 ? expect_same_bits_for_any_number_of_threads<T, uint8_t>
                                     : expect_same_bits_for_any_number_of_threads<T, float>;
      expect(kTrials[i], Products::kSimd);
    }
  });
}

// Of the BLAS, also where there are no others.
template <class T>
class BlasKernels : public ::testing::Test {};
TYPED_TEST_SUITE(BlasKernels, Arithmetics);

TYPED_TEST(BlasKernels, GiveTheSameBitsForAnyNumberOfThreads) {
  for (const Trial& trial : kTrials) {
    expect_same_bits_for_any_number_of_threads<TypeParam, uint8_t>(trial, Products::kBlas);
  }
}

// A block is 1000 rows.
TYPED_TEST(OwnKernels, GiveTheNaiveLossAndGradients) {
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
      Net<T> gradients(net.shape, 9, 9);  // overwritten, whatever was there
      EXPECT_NEAR(loss_and_gradients(net.shape, net.view(), sample.data.rows(), sample.data.labels.data(), 0.1, team,
                                     gradients.view(), products),
                  loss, kTolerance<T> * std::max(1.0, loss));
      EXPECT_TRUE(near(gradients, expected)) << "N " << n;
    };
    expect_naive(Products::kBlas);
    this->on_each_target([&] { expect_naive(Products::kSimd); });
  }
}

// What passes forward say of the rows of `data`.
template <class T>
struct Said {
  std::vector<T> scores;
  std::vector<int32_t> classes;
  double accuracy;

  template <class Source>
  Said(const Net<T>& net, const Data<Source>& data, const std::vector<int32_t>& indices, Products products)
      : scores(data.count * net.shape.C), classes(data.count) {
    ThreadTeam team(3);
    compute_scores(net.shape, net.view(), data.rows(), team, scores.data(), products);
    EXPECT_EQ(predict(net.shape, net.view(), data.rows(), team, classes.data(), products), -1);
    accuracy = two_layer_net::accuracy(net.shape, net.view(), data.labelled(),
                                       {indices.data(), 0, static_cast<int>(indices.size())}, team, products);
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
    const Said<T> said(net, data, indices, products);
    EXPECT_TRUE(near(said.scores, expected, kTolerance<T>, largest(expected)));
    std::vector<int32_t> classes;
    for (size_t i = 0; i < count; i++) classes.push_back(argmax(shape.C, &said.scores[i * shape.C]));
    EXPECT_EQ(said.classes, classes);
    const auto right =
        std::count_if(indices.begin(), indices.end(), [&](int32_t i) { return classes[i] == data.labels[i]; });
    EXPECT_EQ(said.accuracy, static_cast<double>(right) / static_cast<double>(indices.size()));
  };
  expect(Products::kBlas);
  each([&] { expect(Products::kSimd); });
}

// Blocks are eight groups of rows, 32 or 40.
TYPED_TEST(OwnKernels, GiveTheNaiveScoresAndClasses) {
  using T = TypeParam;
  const auto each = [this](const auto& use) { this->on_each_target(use); };
  for (size_t count : {1, 4, 5, 6, 31, 32, 33, 39, 40, 41, 79, 81, 300}) {
    expect_naive_inference<T, uint8_t>({17, 11, 10}, count, each);
    expect_naive_inference<T, double>({33, 6, 17}, count, each);
  }
  expect_naive_inference<T, float>({1, 1, 1}, 3, each);
  expect_naive_inference<T, float>({1100, 200, 3}, 41, each);
  expect_naive_inference<T, uint8_t>({3072, 13, 33}, 7, each);
}

// Rows, labels, mean and parameters may end where the process's memory does.
template <class T, class Source>
void expect_no_read_past_the_end(const Case& c) {
  SCOPED_TRACE(::testing::Message() << c << ", numbers of " << sizeof(Source) << " bytes");
  const Net<T> net(c.shape, 1, 0.1);
  Data<Source> data(c.n, c.shape, 2);
  data.mean = Numbers(3).several<double>(c.shape.D, -1, 1);
  const AtPageEnd<Source> X(data.X);
  const AtPageEnd<int32_t> labels(data.labels);
  const AtPageEnd<double> mean(data.mean);
  const AtPageEnd<T> W1(net.W1), b1(net.b1), W2(net.W2), b2(net.b2);
  AtPageEnd<T> scores(std::vector<T>(c.n * c.shape.C));
  const Parameters<T> at_end{W1.data(), b1.data(), W2.data(), b2.data()};
  const LabelledRows rows{{X.data(), data.rows().element, data.count, mean.data()}, labels.data()};
  const Choice all{nullptr, 0, c.n};
  ThreadTeam team(1);
  const auto step = make_step<T>(c.shape, {c.n, rows.rows.element, 1, Products::kSimd, false});
  step->read(at_end);
  const auto elsewhere = step_from(net, rows.rows.element, c.n, Products::kSimd, team);
  EXPECT_EQ(step->forward_backward(rows, all, nullptr, T(0.1), team),
            elsewhere->forward_backward(data.labelled(), all, nullptr, T(0.1), team));
  compute_scores<T>(c.shape, at_end, rows.rows, team, scores.data(), Products::kSimd);
  for (Step<T>* each : {step.get(), elsewhere.get()}) each->update(T(0.9), T(0.1), team);
  step->write(at_end);
  const Net<T> expected = written(*elsewhere, c.shape);
  EXPECT_EQ(W1.values(), expected.W1);
  EXPECT_EQ(b2.values(), expected.b2);
}

TYPED_TEST(OwnKernels, ReadNothingPastTheEnd) {
  using T = TypeParam;
  if (!kHasPages) GTEST_SKIP() << "memory cannot be fenced off here";
  this->on_each_target([] {
    for (int D : {1, 2, 3, 8, 15, 16, 17, 31, 33, 63, 100, 515, 1025}) {
      for (int n : {1, 4, 5, 6, 9}) {
        const Case c{{D, D % 7 + 1, D % 5 + 2}, n};
        expect_no_read_past_the_end<T, uint8_t>(c);
        expect_no_read_past_the_end<T, float>(c);
        expect_no_read_past_the_end<T, double>(c);
      }
    }
  });
}

template <class T>
double loss_of(const Net<T>& net, const Data<float>& data, Products products) {
  ThreadTeam team(1);
  Net<T> gradients(net.shape);
  return loss_and_gradients(net.shape, net.view(), data.rows(), data.labels.data(), 0, team, gradients.view(), products);
}

// Wherever among the vectors of classes it comes to be: a vector's maximum may leave it out, and so may exp.
TYPED_TEST(OwnKernels, ShowNaNAndInfinityInTheLoss) {
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
          // Infinity times what may be negative: −infinity shuts a unit, and leaves a class without a share.
          if (array == 0 && !std::isnan(bad)) continue;
          ASSERT_FALSE(std::isfinite(loss_of(net, data, Products::kSimd))) << bad << " in array " << array;
        }
      }
    }
  });
}

TYPED_TEST(OwnKernels, ShowRowsOfNaNAndInfinityAsTheBlasDoes) {
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

TYPED_TEST(OwnKernels, TakeTheLossOfLargeLogits) {
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
      EXPECT_NEAR(loss_and_gradients(shape, std::as_const(net).view(), data.rows(), data.labels.data(), 0, team, gradients.view(),
                                     Products::kSimd),
                  loss, kTolerance<T> * loss)
          << size;
      EXPECT_TRUE(near(gradients, expected)) << size;
    });
  }
}

TYPED_TEST(OwnKernels, DivergeToTheLastFiniteParametersWhereTheBlasDoes) {
  using T = TypeParam;
  for (int k : {0, 3, 51}) {
    const PoisonedTraining<T> poisoned(k);
    TrainingOptions options{
        .settings = {.num_iters = 500, .batch_size = poisoned.kBatch, .learning_rate = 2,
                     .learning_rate_decay = 0.5, .reg = 0},
        .threads = 2,
        .products = Products::kBlas,
    };
    const Trained<T> by_blas = trained(poisoned.start, poisoned.training, options);
    ASSERT_EQ(by_blas.status, TrainingStatus::kDiverged);
    this->on_each_target([&] {
      options.products = Products::kSimd;
      options.settings.num_iters = 500;
      const Trained<T> diverged = trained(poisoned.start, poisoned.training, options);
      EXPECT_EQ(diverged.status, TrainingStatus::kDiverged);
      EXPECT_EQ(diverged.iterations, by_blas.iterations);
      EXPECT_TRUE(near(diverged.net, Net<double>(by_blas.net)));
      options.settings.num_iters = k;
      EXPECT_TRUE(same_bits(diverged.net, trained(poisoned.start, poisoned.training, options).net));
    });
  }
}

TEST(KernelTargets, AreForcedByNameAndNoOther) {
  EXPECT_TRUE(force_simd_target(""));
  EXPECT_FALSE(force_simd_target("no target"));
  EXPECT_EQ(has_simd_kernels(), !simd_targets().empty());
  if (!has_simd_kernels()) GTEST_SKIP() << "built without kernels of its own";
  EXPECT_EQ(simd_kernels<float>()->target, simd_targets().front());
  for (const std::string& name : simd_targets()) {
    const ForcedTarget forced(name);
    EXPECT_EQ(simd_kernels<float>()->target, name);
    EXPECT_EQ(simd_kernels<double>()->target, name);
  }
  EXPECT_EQ(simd_kernels<float>()->target, simd_targets().front());
}

}  // namespace
}  // namespace two_layer_net
