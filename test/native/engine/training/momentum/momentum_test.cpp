// Tests a rule with a slot of state on every kind of matrix product, because the engine's only rule, SGD, has no slots.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <numeric>
#include <type_traits>
#include <vector>

#include "../../../../../native/engine/core/random_stream.h"
#include "../../support/naive.h"
#include "../../support/simd.h"
#include "../../support/trained.h"
#include "momentum.h"

namespace two_layer_net {
namespace {

template <class T>
class MomentumRule : public OnSimdTargets<T> {
 protected:
  void SetUp() override {}

  // Calls use(options) with the BLAS, with each SIMD target, and with bfloat16 if this processor has it.
  template <class Use>
  void with_all_products(TrainingOptions options, const Use& use) {
    options.rule = &kMomentumRule;
    options.products = Products::kBlas;
    {
      SCOPED_TRACE("BLAS");
      use(options);
    }
    if (!has_simd_kernels()) return;
    options.products = Products::kSimd;
    this->on_each_target([&] { use(options); });
    options.bfloat16 = std::is_same_v<T, float> && has_bfloat16();
    if (!options.bfloat16) return;
    SCOPED_TRACE("bfloat16");
    use(options);
  }
};
TYPED_TEST_SUITE(MomentumRule, Arithmetics);

// One and several blocks of rows (on all targets, and with bfloat16); one and several panels of hidden units.
constexpr Case kCases[] = {{{37, 11, 10}, 23}, {{33, 10, 17}, 450}, {{5, 7, 3}, 1000}, {{1025, 23, 4}, 405}};

TrainingOptions options_of(const Case& of, int iterations) {
  return {.settings = {.num_iters = iterations, .batch_size = of.n, .learning_rate = 0.02, .learning_rate_decay = 0.9,
                       .reg = 0.05}};
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
      EXPECT_TRUE(near(*got.arrays()[array], numbers, 10 * kTolerance<T>, largest(numbers))) << kArrayNames[array];
      continue;
    }
    std::vector<double> difference(got.arrays()[array]->begin(), got.arrays()[array]->end());
    for (size_t i = 0; i < numbers.size(); i++) difference[i] -= numbers[i];
    EXPECT_LE(norm(difference), 0.1 * norm(numbers)) << kArrayNames[array];
  }
}

TYPED_TEST(MomentumRule, MatchesTheNaiveSteps) {
  using T = TypeParam;
  for (const Case& of : kCases) {
    SCOPED_TRACE(of);
    constexpr int kIterations = 4;
    const Net<double> start(Net<T>(of.shape, 1, 0.1));
    const Data<float> data(2 * of.n, of.shape, 2);
    const TrainingOptions options = options_of(of, kIterations);
    Net<double> net = start, velocity(of.shape), gradients(of.shape);
    RandomStream random(random_state(0));
    std::vector<int32_t> indices(of.n);
    double rate = options.settings.learning_rate;
    for (int i = 0; i < kIterations; i++) {
      random.choice(2 * of.n, of.n, indices.data());
      naive::loss(net, data, indices, options.settings.reg, gradients);
      for (size_t array = 0; array < 4; array++) {
        for (size_t k = 0; k < velocity.arrays()[array]->size(); k++) {
          double& v = (*velocity.arrays()[array])[k];
          v = 0.9 * v + (*gradients.arrays()[array])[k];
          (*net.arrays()[array])[k] -= rate * v;
        }
      }
      if (i % 2 == 0) rate *= 0.9;
    }
    this->with_all_products(options, [&](const TrainingOptions& with) {
      const Trained<T> got = trained(Net<T>(start), data, with);
      expect_near(got.net, net, with.bfloat16);
      expect_near(got.slots[0], velocity, with.bfloat16);
    });
  }
}

TYPED_TEST(MomentumRule, GivesTheSameBitsForAnyNumberOfThreadsAndAfterAStop) {
  using T = TypeParam;
  for (const Case& of : kCases) {
    SCOPED_TRACE(of);
    constexpr int kIterations = 6;
    const Net<T> start(of.shape, 1, 0.1);
    const Data<float> data(2 * of.n, of.shape, 2);
    this->with_all_products(options_of(of, kIterations), [&](TrainingOptions options) {
      const Trained<T> alone = trained(start, data, options);
      ASSERT_EQ(alone.status, TrainingStatus::kDone);
      EXPECT_FALSE(same_bits(alone.slots[0], Net<T>(of.shape)));
      for (int threads : {2, 3, 7}) {
        options.threads = threads;
        EXPECT_TRUE(same_training(trained(start, data, options), alone)) << threads << " threads";
      }
      for (int k = 1; k < kIterations; k++) {
        EXPECT_TRUE(same_training(trained_in_two(start, data, options, k), alone)) << "stopped after " << k;
      }
    });
  }
}

TYPED_TEST(MomentumRule, ReturnsToTheLastFiniteParametersAndTheirSlots) {
  using T = TypeParam;
  for (int k : {3, 51}) {
    const PoisonedTraining<T> poisoned(k);
    const TrainingOptions options{
        .settings = {.num_iters = 500, .batch_size = poisoned.kBatch, .learning_rate = 2, .learning_rate_decay = 0.5}};
    this->with_all_products(options, [&](TrainingOptions with) {
      if (with.bfloat16) return;  // the rounded rows overflow in another iteration
      const Trained<T> diverged = trained(poisoned.start, poisoned.training, with);
      ASSERT_EQ(diverged.status, TrainingStatus::kDiverged);
      with.settings.num_iters = k;
      const Trained<T> before = trained(poisoned.start, poisoned.training, with);
      ASSERT_EQ(before.status, TrainingStatus::kDone);
      EXPECT_TRUE(same_bits(diverged.net, before.net));
      EXPECT_TRUE(same_bits(diverged.slots[0], before.slots[0]));
    });
  }
}

}  // namespace
}  // namespace two_layer_net
