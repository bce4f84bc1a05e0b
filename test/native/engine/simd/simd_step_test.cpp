#include "../../../../native/engine/simd/simd_step.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <numeric>
#include <type_traits>
#include <vector>

#include "../../../../native/engine/inference/inference.h"
#include "../support/at_page_end.h"
#include "../support/naive.h"
#include "../support/sanitized.h"
#include "../support/simd.h"
#include "../support/trained.h"

namespace two_layer_net {
namespace {

template <class T>
class SimdSteps : public OnSimdTargets<T> {};
TYPED_TEST_SUITE(SimdSteps, Arithmetics);

// Sizes around those of vectors (1 to 16 numbers), groups (3 to 5), pieces for packing (240) and chunks (4 KB) on all
// targets. On every target, 1000 rows are more than one block of the update, and 1100 · 200 weights more than one block
// of the forward pass. From 96 hidden units on, the forward pass has rows in lanes; the last two have several blocks of
// everything.
constexpr Case kCases[] = {
    {{1, 1, 1}, 1},        {{2, 2, 2}, 4},      {{3, 5, 3}, 5},       {{17, 6, 10}, 6},    {{31, 10, 16}, 23},
    {{33, 11, 17}, 200},   {{64, 13, 33}, 300}, {{100, 50, 10}, 200}, {{784, 64, 10}, 6},  {{1025, 131, 3}, 23},
    {{1100, 200, 5}, 41},  {{2050, 11, 10}, 5}, {{3072, 50, 10}, 4},  {{3072, 2, 17}, 23}, {{1, 131, 33}, 300},
    {{5, 7, 3}, 1000},     {{70, 243, 3}, 9},   {{19, 480, 2}, 5},    {{70, 600, 3}, 230}, {{517, 530, 10}, 300},
};

// The copies and padding inside a step must be the same as in a new step that reads the same parameters: both go on in
// the same way.
template <class T>
void expect_like_one_read_anew(Step<T>& step, const Shape& shape, const LabelledRows& data, const Choice& rows,
                               ThreadTeam& team) {
  const Net<T> net = written(step, shape);
  EXPECT_NEAR(all_squares(step), squares_of(net), kTolerance<T> * squares_of(net));
  const auto anew = step_from(net, data.rows.element, rows.n, Products::kSimd, team);
  EXPECT_EQ(all_squares(step), all_squares(*anew));
  EXPECT_EQ(step.forward_backward(data, rows, {}, {.weights = 4}, team),
            anew->forward_backward(data, rows, {}, {.weights = 4}, team));
  for (Step<T>* each : {&step, anew.get()}) each->update(sgd_step(0.25, 0.5), team);
  EXPECT_EQ(all_squares(step), all_squares(*anew));
  EXPECT_TRUE(same_bits(written(step, shape), written(*anew, shape)));
}

template <class T, class Source>
void expect_naive_step(const ExactSample<Source>& sample, double reg, const Net<double>& gradients, double loss) {
  const Shape shape = sample.start.shape;
  const LabelledRows data = sample.data.labelled();
  const Choice rows = sample.choice();
  // A step as large as the weights.
  const double learning_rate = largest(sample.start.W1) / largest(gradients.W1);
  ThreadTeam team(2);
  const auto step = step_from(Net<T>(sample.start), data.rows.element, rows.n, Products::kSimd, team);
  const double data_loss = step->forward_backward(data, rows, {}, {.weights = static_cast<double>(rows.n)}, team);
  EXPECT_NEAR(data_loss / rows.n + 0.5 * reg * all_squares(*step), loss, kTolerance<T> * std::max(1.0, loss));

  Net<T> added(shape);
  step->add_gradients(added.view(), team);
  Net<double> without_reg = gradients;
  for (size_t i = 0; i < added.W1.size(); i++) without_reg.W1[i] -= reg * sample.start.W1[i];
  for (size_t i = 0; i < added.W2.size(); i++) without_reg.W2[i] -= reg * sample.start.W2[i];
  EXPECT_TRUE(near(added, without_reg)) << "gradients";

  step->update(sgd_step(learning_rate, reg), team);
  Net<double> after = sample.start;
  naive::step(after, gradients, learning_rate);
  EXPECT_TRUE(near(written(*step, shape), after)) << "after the step";
  expect_like_one_read_anew(*step, shape, data, rows, team);
}

TYPED_TEST(SimdSteps, MatchTheNaiveStep) {
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
    // The last two take most of the time.
    const bool one_source = kSanitized && i + 2 >= std::size(kCases);
    if (!one_source || odd) take(kCases[i], ExactSample<uint8_t>(kCases[i], odd, second));
    if (!one_source || !odd) take(kCases[i], ExactSample<float>(kCases[i], !odd, second));
    if (!one_source) take(kCases[i], ExactSample<double>(kCases[i], second, odd));
  }
}

// Minibatches of one step may differ in size. Data left over from a larger one must have no effect.
TYPED_TEST(SimdSteps, AcceptFewerRowsAfterMore) {
  using T = TypeParam;
  const Case more{{33, 7, 5}, 60}, fewer{{33, 7, 5}, 23};
  const ExactSample<uint8_t> first(more, true, true), second(fewer, true, true);
  const Net<T> start(second.start);
  this->on_each_target([&] {
    ThreadTeam team(2);
    const auto used = step_from(start, Element::kUint8, more.n, Products::kSimd, team);
    const auto anew = step_from(start, Element::kUint8, fewer.n, Products::kSimd, team);
    used->forward_backward(first.data.labelled(), first.choice(), {}, {.weights = 1}, team);
    EXPECT_EQ(used->forward_backward(second.data.labelled(), second.choice(), {}, {.weights = 1}, team),
              anew->forward_backward(second.data.labelled(), second.choice(), {}, {.weights = 1}, team));
    for (Step<T>* step : {used.get(), anew.get()}) step->update(sgd_step(0.25, 2), team);
    EXPECT_TRUE(same_bits(written(*used, start.shape), written(*anew, start.shape)));
  });
}

TYPED_TEST(SimdSteps, WriteBackTheBitsThatTheyRead) {
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
      EXPECT_NEAR(all_squares(*step), squares_of(net), kTolerance<T> * squares_of(net));
    });
  }
}

TYPED_TEST(SimdSteps, FindEachParameterThatIsNotFinite) {
  using T = TypeParam;
  const Case c{{37, 11, 5}, 23};
  this->on_each_target([&] {
    ThreadTeam team(2);
    for (size_t array = 0; array < 4; array++) {
      for (T bad : {std::numeric_limits<T>::quiet_NaN(), -std::numeric_limits<T>::infinity()}) {
        Net<T> net(c.shape, 1, 0.5);
        net.arrays()[array]->back() = bad;
        EXPECT_FALSE(step_from(net, Element::kFloat32, c.n, Products::kSimd, team)->finite()) << kArrayNames[array];
        EXPECT_FALSE(step_from(net, Element::kFloat32, c.n, Products::kBlas, team)->finite()) << kArrayNames[array];
      }
    }
    // The sum of squares of these is infinite in float64.
    Net<T> large(c.shape);
    large.W1.front() = large.W2.back() = std::numeric_limits<T>::max();
    EXPECT_TRUE(step_from(large, Element::kFloat32, c.n, Products::kSimd, team)->finite());
    EXPECT_TRUE(step_from(large, Element::kFloat32, c.n, Products::kBlas, team)->finite());
  });
}

// The square of 1e20 exceeds the range of float32.
TYPED_TEST(SimdSteps, SumSquaresOfLargeWeights) {
  using T = TypeParam;
  const Case c{{37, 11, 5}, 23};
  const Data<uint8_t> data(c.n, c.shape, 2);
  for (size_t array : {0, 2}) {
    Net<T> start(c.shape);
    *start.arrays()[array] = Numbers(1).several<T>(start.arrays()[array]->size(), -1e20, 1e20);
    this->on_each_target([&] {
      ThreadTeam team(1);
      const auto step = step_from(start, Element::kUint8, c.n, Products::kSimd, team);
      EXPECT_NEAR(all_squares(*step), squares_of(start), 1e-12 * squares_of(start));
      step->forward_backward(data.labelled(), {nullptr, 0, c.n}, {}, {.weights = 0}, team);
      step->update(sgd_step(0, 0), team);
      EXPECT_NEAR(all_squares(*step), squares_of(start), kTolerance<T> * squares_of(start));
    });
  }
}

struct Trial {
  Case of;
  int iterations;
};

// The last ones have more rows than a block of the update, more weights than a block of the forward pass, or several
// blocks of everything. They appear twice, for bytes and for floats.
constexpr Trial kTrials[] = {{{{37, 11, 10}, 23}, 200}, {{{7, 3, 2}, 1}, 20},       {{{515, 6, 3}, 5}, 20},
                             {{{33, 10, 17}, 300}, 5},  {{{5, 7, 3}, 1000}, 3},     {{{5, 7, 3}, 1000}, 3},
                             {{{1000, 103, 10}, 45}, 2}, {{{1000, 103, 10}, 45}, 2},
                             {{{600, 530, 5}, 270}, 2}, {{{600, 530, 5}, 270}, 2}};

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
  const std::vector<int> teams = kSanitized ? std::vector{3} : std::vector{2, 3, 4, 7};
  for (int threads : teams) {
    options.threads = threads;
    EXPECT_TRUE(same_training(trained(start, data, options, random_state(0), &validation), alone))
        << threads << " threads";
  }
  const std::vector<int> stops =
      kSanitized ? std::vector{1} : std::vector{1, trial.iterations / 2, trial.iterations - 1};
  for (int k : stops) {
    EXPECT_TRUE(same_training(trained_in_two(start, data, options, k, &validation), alone)) << "continued after " << k;
  }
}

// Alternates between bytes and floats, because they are stored differently.
TYPED_TEST(SimdSteps, GiveTheSameBitsForAnyNumberOfThreads) {
  using T = TypeParam;
  this->on_each_target([] {
    for (size_t i = 0; i < std::size(kTrials); i++) {
      // The large ones take most of the time; with floats they run in MatchTheNaiveStep.
      if (kSanitized && i > 6 && i % 2 == 1) continue;
      const auto expect = i % 2 == 0 ? expect_same_bits_for_any_number_of_threads<T, uint8_t>
                                     : expect_same_bits_for_any_number_of_threads<T, float>;
      expect(kTrials[i], Products::kSimd);
    }
  });
}

// Steps with the BLAS, which every build has.
template <class T>
class BlasSteps : public ::testing::Test {};
TYPED_TEST_SUITE(BlasSteps, Arithmetics);

TYPED_TEST(BlasSteps, GiveTheSameBitsForAnyNumberOfThreads) {
  for (const Trial& trial : kTrials) {
    expect_same_bits_for_any_number_of_threads<TypeParam, uint8_t>(trial, Products::kBlas);
  }
}

// Rows, labels, mean and parameters end at the end of accessible memory.
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
  const auto step = make_step<T>(
      c.shape, {.capacity = c.n, .element = rows.rows.element, .threads = 1, .products = Products::kSimd});
  step->read(at_end, {}, team);
  const auto elsewhere = step_from(net, rows.rows.element, c.n, Products::kSimd, team);
  EXPECT_EQ(step->forward_backward(rows, all, {}, {.weights = 10}, team),
            elsewhere->forward_backward(data.labelled(), all, {}, {.weights = 10}, team));
  compute_scores<T>(c.shape, at_end, rows.rows, team, scores.data(), Products::kSimd);
  for (Step<T>* each : {step.get(), elsewhere.get()}) each->update(sgd_step(0.1, 1), team);
  step->write(at_end, {}, team);
  const Net<T> expected = written(*elsewhere, c.shape);
  EXPECT_EQ(W1.values(), expected.W1);
  EXPECT_EQ(b2.values(), expected.b2);
}

TYPED_TEST(SimdSteps, ReadNothingPastTheEnd) {
  using T = TypeParam;
  if (!kHasPages) GTEST_SKIP() << "this system cannot protect memory pages";
  this->on_each_target([] {
    for (int D : {1, 2, 3, 8, 15, 16, 17, 31, 33, 63, 100, 515, 1025}) {
      for (int n : {1, 4, 5, 6, 9}) {
        const Case c{{D, D % 7 + 1, D % 5 + 2}, n};
        expect_no_read_past_the_end<T, uint8_t>(c);
        expect_no_read_past_the_end<T, float>(c);
        expect_no_read_past_the_end<T, double>(c);
      }
    }
    for (int D : {1, 3, 15, 16, 17, 33, 515}) {
      for (int n : {16, 17, 33, 40}) {
        const Case many_units{{D, 97, 3}, n};
        expect_no_read_past_the_end<T, uint8_t>(many_units);
        expect_no_read_past_the_end<T, float>(many_units);
        expect_no_read_past_the_end<T, double>(many_units);
      }
    }
  });
}

TYPED_TEST(SimdSteps, DivergeToTheSameFiniteParametersAsTheBlas) {
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

}  // namespace
}  // namespace two_layer_net
