// The update rules on every kind of matrix product, and with everything else that changes a step. The TypeScript tests
// compare them with PyTorch's; these compare the kinds of products and the numbers of threads.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <numeric>
#include <string>
#include <type_traits>
#include <vector>

#include "../../../../native/engine/core/random_stream.h"
#include "../../../../native/engine/simd/bfloat16/bfloat16.h"
#include "../support/naive.h"
#include "../support/sanitized.h"
#include "../support/simd.h"
#include "../support/trained.h"

namespace two_layer_net {
namespace {

template <class T>
class UpdateRules : public OnSimdTargets<T> {
 protected:
  void SetUp() override {}

  // Calls use(options) with the BLAS, with each SIMD target, and with bfloat16 if this processor has it.
  template <class Use>
  void with_all_products(TrainingOptions options, const Use& use) {
    options.products = Products::kBlas;
    {
      SCOPED_TRACE("BLAS");
      use(options);
    }
    if (!has_simd_kernels()) return;
    options.products = Products::kSimd;
    // All targets are compiled from one source, and the lesser ones are slow under sanitizers.
    if (kSanitized) use(options);
    else this->on_each_target([&] { use(options); });
    options.bfloat16 = std::is_same_v<T, float> && has_bfloat16();
    if (!options.bfloat16) return;
    SCOPED_TRACE("bfloat16");
    use(options);
  }
};
TYPED_TEST_SUITE(UpdateRules, Arithmetics);

// Settings of each rule, with and without clipping.
struct Rule {
  std::string name;
  TrainingSettings settings;
};
const std::vector<Rule> kRules{
    {"sgd, clipped", {.clip_norm = 0.5}},
    {"momentum", {.momentum = 0.9}},
    {"nesterov", {.momentum = 0.9, .nesterov = true}},
    {"momentum, clipped", {.momentum = 0.9, .clip_norm = 0.5}},
    {"adam", {.optimizer = Optimizer::kAdam, .epsilon = 1e-3}},
    {"adamw", {.optimizer = Optimizer::kAdamW, .epsilon = 1e-3, .weight_decay = 0.1}},
    {"adam, clipped", {.optimizer = Optimizer::kAdam, .epsilon = 1e-3, .clip_norm = 0.5}},
};

// One and several blocks of rows (on all targets, and with bfloat16); one and several panels of hidden units.
constexpr Case kCases[] = {{{37, 11, 10}, 23}, {{33, 10, 17}, 450}, {{5, 7, 3}, 1000}, {{1025, 23, 4}, 405}};

TrainingOptions options_of(const Rule& rule, const Case& of, int iterations) {
  TrainingOptions options{.settings = rule.settings};
  options.settings.num_iters = iterations;
  options.settings.batch_size = of.n;
  options.settings.learning_rate = 0.02;
  options.settings.learning_rate_decay = 0.9;
  options.settings.reg = 0.05;
  return options;
}

double norm(const std::vector<double>& values) {
  return std::sqrt(std::inner_product(values.begin(), values.end(), values.begin(), 0.0));
}

// Compares each number within rounding errors, or each array as a whole with bfloat16 factors.
template <class T>
void expect_near(const Net<T>& got, const Net<double>& expected, bool bfloat16) {
  for (size_t array = 0; array < 4; array++) {
    const std::vector<double>& numbers = *expected.arrays()[array];
    if (!bfloat16) {
      EXPECT_TRUE(near(*got.arrays()[array], numbers, 20 * kTolerance<T>, largest(numbers))) << kArrayNames[array];
      continue;
    }
    std::vector<double> difference(got.arrays()[array]->begin(), got.arrays()[array]->end());
    for (size_t i = 0; i < numbers.size(); i++) difference[i] -= numbers[i];
    EXPECT_LE(norm(difference), 0.2 * norm(numbers)) << kArrayNames[array];
  }
}

// A net and the state of its rule, one number at a time in float64 (torch.optim).
struct NaiveTraining {
  Net<double> net;
  std::vector<Net<double>> slots;
  TrainingSettings settings;

  void step(Net<double> gradients, double rate, int t) {
    if (settings.clip_norm > 0) {
      double squares = 0;
      for (const auto* array : gradients.arrays()) squares += norm(*array) * norm(*array);
      const double factor = std::min(1.0, settings.clip_norm / (std::sqrt(squares) + 1e-6));
      for (auto* array : gradients.arrays()) {
        for (double& g : *array) g *= factor;
      }
    }
    for (size_t a = 0; a < 4; a++) {
      for (size_t i = 0; i < net.arrays()[a]->size(); i++) {
        const double g = (*gradients.arrays()[a])[i];
        double& w = (*net.arrays()[a])[i];
        const auto slot = [&](int s) -> double& { return (*slots[s].arrays()[a])[i]; };
        if (settings.optimizer == Optimizer::kSgd) {
          double direction = g;
          if (!slots.empty()) {
            slot(0) = settings.momentum * slot(0) + g;
            direction = settings.nesterov ? g + settings.momentum * slot(0) : slot(0);
          }
          w -= rate * direction;
          continue;
        }
        const bool weight = a % 2 == 0;
        if (settings.optimizer == Optimizer::kAdamW && weight) w *= 1 - rate * settings.weight_decay;
        slot(0) = settings.beta1 * slot(0) + (1 - settings.beta1) * g;
        slot(1) = settings.beta2 * slot(1) + (1 - settings.beta2) * g * g;
        const double mean = slot(0) / (1 - std::pow(settings.beta1, t));
        w -= rate * mean / (std::sqrt(slot(1) / (1 - std::pow(settings.beta2, t))) + settings.epsilon);
      }
    }
  }
};

TYPED_TEST(UpdateRules, MatchTheNaiveSteps) {
  using T = TypeParam;
  for (const Rule& rule : kRules) {
    for (const Case& of : kCases) {
      if (of.shape.D > 1000 && rule.settings.clip_norm > 0) continue;
      SCOPED_TRACE(::testing::Message() << rule.name << ", " << of);
      constexpr int kIterations = 4;
      const Net<double> start(Net<T>(of.shape, 1, 0.1));
      const Data<float> data(2 * of.n, of.shape, 2);
      const TrainingOptions options = options_of(rule, of, kIterations);
      NaiveTraining naive{start, {}, options.settings};
      naive.slots.resize(rule_of(options.settings).slots, Net<double>(of.shape));
      RandomStream random(random_state(0));
      std::vector<int32_t> indices(of.n);
      double rate = options.settings.learning_rate;
      for (int i = 0; i < kIterations; i++) {
        random.choice(2 * of.n, of.n, indices.data());
        Net<double> gradients(of.shape);
        naive::loss(naive.net, data, indices, options.settings.reg, gradients);
        naive.step(gradients, rate, i + 1);
        if (i % 2 == 0) rate *= 0.9;
      }
      this->with_all_products(options, [&](const TrainingOptions& with) {
        const Trained<T> got = trained(Net<T>(start), data, with);
        expect_near(got.net, naive.net, with.bfloat16);
        if (!naive.slots.empty()) expect_near(got.slots[0], naive.slots[0], with.bfloat16);
      });
    }
  }
}

// W1 of a net that is trained on rows times 8 is 8 times that of one trained on rows that are multiplied.
TYPED_TEST(UpdateRules, TrainOnScaledRowsAsOnMultipliedOnes) {
  using T = TypeParam;
  const Case of{{37, 11, 10}, 23};
  for (const Rule& rule : kRules) {
    SCOPED_TRACE(rule.name);
    Net<double> scaled_start(Net<T>(of.shape, 1, 0.1));
    const Net<double> start = scaled_start;
    for (double& w : scaled_start.W1) w *= 8;
    const Data<float> data(2 * of.n, of.shape, 2);
    Data<float> multiplied = data;
    for (float& x : multiplied.X) x *= 8;
    TrainingOptions options = options_of(rule, of, 5);
    options.products = Products::kBlas;
    const Trained<double> expected = trained(start, multiplied, options);
    options.settings.input_scale = 8;
    this->with_all_products(options, [&](const TrainingOptions& with) {
      Trained<T> got = trained(Net<T>(scaled_start), data, with);
      for (T& w : got.net.W1) w /= 8;
      expect_near(got.net, expected.net, with.bfloat16);
    });
  }
}

// Everything that a step can have, on pictures of 3 · 4 pixels with 3 channels.
TrainingOptions with_all(TrainingOptions options) {
  options.settings.sampling = Sampling::kPermutation;
  options.settings.dropout = 0.3;
  options.settings.input_dropout = 0.1;
  options.settings.label_smoothing = 0.1;
  options.settings.flip = true;
  options.settings.shift = 2;
  options.picture = {3, 4, 3};
  options.noise_seed = 5;
  return options;
}

TYPED_TEST(UpdateRules, GiveTheSameBitsForAnyNumberOfThreadsAndAfterAStop) {
  using T = TypeParam;
  for (const Rule& rule : kRules) {
    for (const bool changed : {false, true}) {
      // With several chunks of columns and several blocks of rows only once, since that takes long under sanitizers.
      const bool large = rule.name == "momentum" && !changed;
      const Case of = changed ? Case{{36, 11, 10}, 45} : large ? kCases[3] : kCases[0];
      SCOPED_TRACE(::testing::Message() << rule.name << (changed ? ", changed" : ""));
      const int iterations = large ? 3 : 5;
      const Net<T> start(of.shape, 1, 0.1);
      const Data<uint8_t> data(2 * of.n + 1, of.shape, 2);
      TrainingOptions all = options_of(rule, of, iterations);
      all.settings.input_scale = 1.0 / 128;
      this->with_all_products(changed ? with_all(all) : all, [&](TrainingOptions options) {
        const Trained<T> alone = trained(start, data, options);
        ASSERT_EQ(alone.status, TrainingStatus::kDone);
        for (int threads : large ? std::vector{3} : std::vector{2, 3, 7}) {
          options.threads = threads;
          EXPECT_TRUE(same_training(trained(start, data, options), alone)) << threads << " threads";
        }
        for (int k = 1; k < iterations; k += large ? 2 : 1) {
          EXPECT_TRUE(same_training(trained_in_two(start, data, options, k), alone)) << "stopped after " << k;
        }
      });
    }
  }
}

TYPED_TEST(UpdateRules, ReturnToTheLastFiniteParametersAndTheirSlots) {
  using T = TypeParam;
  for (const Rule& rule : kRules) {
    // Adam divides an infinite gradient by an infinite root only if its square overflows: it does.
    for (int k : {3, 51}) {
      SCOPED_TRACE(::testing::Message() << rule.name << ", " << k);
      const PoisonedTraining<T> poisoned(k);
      TrainingOptions options{.settings = rule.settings};
      options.settings.num_iters = 500;
      options.settings.batch_size = poisoned.kBatch;
      options.settings.learning_rate = rule.settings.optimizer == Optimizer::kSgd ? 2 : 1e-9;
      options.settings.learning_rate_decay = 0.5;
      this->with_all_products(options, [&](TrainingOptions with) {
        if (with.bfloat16) return;  // the rounded rows overflow in another iteration
        const Trained<T> diverged = trained(poisoned.start, poisoned.training, with);
        ASSERT_EQ(diverged.status, TrainingStatus::kDiverged);
        with.settings.num_iters = k;
        const Trained<T> before = trained(poisoned.start, poisoned.training, with);
        ASSERT_EQ(before.status, TrainingStatus::kDone);
        EXPECT_TRUE(same_bits(diverged.net, before.net));
        for (size_t s = 0; s < before.slots.size(); s++) EXPECT_TRUE(same_bits(diverged.slots[s], before.slots[s]));
      });
    }
  }
}

// A row without weight has no influence, and weights count in proportion.
TYPED_TEST(UpdateRules, CountRowsByTheirWeights) {
  using T = TypeParam;
  const Case of{{37, 11, 10}, 40};
  const Net<T> start(of.shape, 1, 0.1);
  Data<float> data(of.n, of.shape, 2);
  data.weights.assign(of.n, 2.5);
  for (int i = 0; i < of.n; i += 3) data.weights[i] = 0;
  Data<float> others = data;
  for (int i = 0; i < of.n; i += 3) std::fill_n(&others.X[static_cast<size_t>(i) * of.shape.D], of.shape.D, 3.0f);
  TrainingOptions options = options_of({"", {.momentum = 0.5}}, of, 3);
  options.settings.label_smoothing = 0.1;
  this->with_all_products(options, [&](const TrainingOptions& with) {
    EXPECT_TRUE(same_training(trained(start, data, with), trained(start, others, with)));
    Data<float> ten = data;
    for (double& weight : ten.weights) weight *= 4;
    EXPECT_TRUE(same_bits(trained(start, data, with).net, trained(start, ten, with).net));
  });
}

// Without any weight, only the penalty is left.
TYPED_TEST(UpdateRules, TakeMinibatchesWithoutAnyWeight) {
  using T = TypeParam;
  const Case of{{37, 11, 10}, 40};
  const Net<T> start(of.shape, 1, 0.1);
  Data<float> data(of.n, of.shape, 2);
  data.weights.assign(of.n, 0);
  this->with_all_products(options_of({"", {}}, of, 1), [&](const TrainingOptions& with) {
    const Trained<T> got = trained(start, data, with);
    EXPECT_EQ(got.status, TrainingStatus::kDone);
    EXPECT_NEAR(got.losses[0], 0.5 * 0.05 * squares_of(start), 1e-6);
    for (size_t i = 0; i < start.W1.size(); i++) EXPECT_NEAR(got.net.W1[i], start.W1[i] * (1 - 0.02 * 0.05), 1e-7);
  });
}

}  // namespace
}  // namespace two_layer_net
