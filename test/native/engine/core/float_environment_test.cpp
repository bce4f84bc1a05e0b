#include "../../../../native/engine/core/float_environment.h"

#include <gtest/gtest.h>

#include <atomic>
#include <limits>
#include <thread>
#include <vector>

#include "../../../../native/engine/blas/blas.h"
#include "../../../../native/engine/core/thread_team.h"
#include "../../../../native/engine/inference/inference.h"
#include "../../../../native/engine/simd/bfloat16/bfloat16.h"
#include "../../../../native/engine/training/loss.h"
#include "../support/float_settings.h"
#include "../support/sample.h"
#include "../support/trained.h"

namespace two_layer_net {
namespace {

// Quotients that each of the settings changes: rounded up, rounded down, and denormal.
[[gnu::noinline]] std::vector<float> quotients() {  // or the compiler could divide before a setting and reuse it
  const volatile float one = 1, three = 3, least = std::numeric_limits<float>::min();
  return {one / three, -one / three, least / three};
}

TEST(FloatEnvironment, IsTheDefaultAndThenTheCallersAgain) {
  const std::vector<float> expected = quotients();
  for (const FloatSetting& setting : float_settings()) {
    SCOPED_TRACE(setting.name);
    const ForcedFloatSetting forced(setting);
    ASSERT_FALSE(same_bits(quotients(), expected));
    set_float_control(setting.control);  // dividing has raised flags
    {
      const DefaultFloatEnvironment environment;
      EXPECT_EQ(float_control(), kDefaultFloatControl);
      EXPECT_TRUE(same_bits(quotients(), expected));
    }
    EXPECT_EQ(float_control(), setting.control);
  }
}

TEST(FloatEnvironment, OfATeamsThreadsIsTheDefaultWhateverTheCallerHas) {
  for (const FloatSetting& setting : float_settings()) {
    SCOPED_TRACE(setting.name);
    const ForcedFloatSetting forced(setting);
    ThreadTeam team(3);
    // Each member waits for the others, so each has one chunk.
    std::atomic<int> begun{0};
    std::vector<uint64_t> controls(team.size());
    team.for_each(team.size(), [&](int, int member) {
      controls[member] = float_control();
      begun++;
      while (begun < team.size()) std::this_thread::yield();
    });
    EXPECT_EQ(controls, std::vector<uint64_t>({setting.control, kDefaultFloatControl, kDefaultFloatControl}));
  }
}

// Rows so small that products with them, and the gradients, are denormal, beside others of normal size.
template <class T>
Data<T> data_with_denormals(size_t count, const Shape& shape) {
  Data<T> data(count, shape, 2);
  const T least = std::numeric_limits<T>::min();
  for (size_t i = 0; i < data.X.size(); i += 3) data.X[i] *= 8 * least;
  return data;
}

template <class T>
class CallersFloatEnvironment : public ::testing::Test {
 protected:
  static constexpr Shape kShape{37, 9, 10};
  const Net<T> net_{kShape, 1, 0.3};
  const Data<T> data_ = data_with_denormals<T>(300, kShape);
  const SingleThreadedBlas hold_;

  // Calls `compute` under each setting, with 1 and 3 threads and both kinds of products, on a team that began before;
  // its results must be those of the default, and the setting must be the same after it.
  template <class Compute>
  void expect_the_same(const Compute& compute) const {
    for (const Products products : {Products::kSimd, Products::kBlas}) {
      for (int threads : {1, 3}) {
        ThreadTeam team(threads);
        const auto expected = compute(team, products);
        for (const FloatSetting& setting : float_settings()) {
          SCOPED_TRACE(setting.name);
          const ForcedFloatSetting forced(setting);
          const auto got = compute(team, products);
          EXPECT_EQ(float_control(), setting.control) << threads << " threads";
          set_float_control(kDefaultFloatControl);  // comparing is arithmetic too
          EXPECT_TRUE(same_bits(got, expected)) << threads << " threads";
        }
      }
    }
  }
};
TYPED_TEST_SUITE(CallersFloatEnvironment, Arithmetics);

TYPED_TEST(CallersFloatEnvironment, DoesNotChangeScores) {
  using T = TypeParam;
  this->expect_the_same([&](ThreadTeam& team, Products products) {
    std::vector<T> scores(this->data_.count * this->kShape.C);
    compute_scores(this->kShape, this->net_.view(), this->data_.rows(), team, scores.data(), products);
    return scores;
  });
}

TYPED_TEST(CallersFloatEnvironment, DoesNotChangePredictions) {
  using T = TypeParam;
  // The second class has a higher score than the first only in its denormal part.
  Net<T> net(this->kShape);
  net.b2[1] = std::numeric_limits<T>::denorm_min();
  this->expect_the_same([&](ThreadTeam& team, Products products) {
    std::vector<int32_t> classes(this->data_.count);
    predict(this->kShape, Parameters<const T>(net.view()), this->data_.rows(), team, classes.data(), products);
    return std::vector<float>(classes.begin(), classes.end());
  });
}

TYPED_TEST(CallersFloatEnvironment, DoesNotChangeTheAccuracy) {
  using T = TypeParam;
  Net<T> net(this->kShape);
  net.b2[1] = std::numeric_limits<T>::denorm_min();
  const Choice all{nullptr, 0, static_cast<int>(this->data_.count)};
  this->expect_the_same([&](ThreadTeam& team, Products products) {
    const Fit fit =
        evaluate(this->kShape, Parameters<const T>(net.view()), this->data_.labelled(), all, team, products);
    // The test itself would divide in the other mode.
    return std::vector<double>{static_cast<double>(fit.correct), fit.losses};
  });
}

TYPED_TEST(CallersFloatEnvironment, DoesNotChangeLossAndGradients) {
  using T = TypeParam;
  this->expect_the_same([&](ThreadTeam& team, Products products) {
    Net<T> gradients(this->kShape);
    const double got = loss_and_gradients(this->kShape, this->net_.view(), this->data_.rows(),
                                          this->data_.labels.data(), 0.1, team, gradients.view(), products);
    std::vector<double> all{got};
    for (const std::vector<T>* array : gradients.arrays()) all.insert(all.end(), array->begin(), array->end());
    return all;
  });
}

// A training under `setting`, which each report sets again, as other code might.
template <class T>
Trained<T> trained_under(const FloatSetting* setting, const TrainingOptions& options, const Net<T>& start,
                         const Data<T>& data) {
  Trained<T> result{start, {}, {}, 0, {}, {}, {}, {}, 0, {}};
  const LabelledRows validation = data.labelled();
  const uint64_t before = float_control();
  int asked = 0;
  TrainingHooks hooks;
  hooks.stop = [] { return false; };
  hooks.report_due = [&] { return ++asked % 10 == 0; };
  hooks.report = [&](TrainingReport&& report) {
    EXPECT_EQ(float_control(), before);
    result.add(report);
    if (setting) set_float_control(setting->control);
  };
  const TrainingOutcome outcome = train<T>(start.shape, result.net.view(), {}, data.labelled(), &validation, options,
                                           random_state(0), hooks);
  EXPECT_EQ(float_control(), before);
  set_float_control(kDefaultFloatControl);
  result.status = outcome.status;
  result.add(outcome.last);
  result.random = outcome.random;
  return result;
}

TYPED_TEST(CallersFloatEnvironment, DoesNotChangeTraining) {
  using T = TypeParam;
  TrainingOptions options{.settings = {.num_iters = 60, .batch_size = 20, .learning_rate = 0.1,
                                       .learning_rate_decay = 0.9, .reg = 0.1}};
  for (const Products products : {Products::kSimd, Products::kBlas}) {
    for (int threads : {1, 3}) {
      options.products = products;
      options.threads = threads;
      const Trained<T> expected = trained_under<T>(nullptr, options, this->net_, this->data_);
      for (const FloatSetting& setting : float_settings()) {
        SCOPED_TRACE(setting.name);
        const ForcedFloatSetting forced(setting);
        EXPECT_TRUE(same_training(trained_under<T>(&setting, options, this->net_, this->data_), expected))
            << threads << " threads";
      }
    }
  }
}

TEST(CallersFloatEnvironmentInBfloat16, DoesNotChangeTraining) {
  if (!has_bfloat16()) GTEST_SKIP() << "this processor has no AVX512-BF16";
  const Shape shape{37, 9, 10};
  const Net<float> start(shape, 1, 0.3);
  const Data<float> data = data_with_denormals<float>(300, shape);
  const TrainingOptions options{.settings = {.num_iters = 60, .batch_size = 20, .learning_rate = 0.1,
                                             .learning_rate_decay = 0.9, .reg = 0.1},
                                .threads = 3,
                                .bfloat16 = true};
  const Trained<float> expected = trained_under<float>(nullptr, options, start, data);
  for (const FloatSetting& setting : float_settings()) {
    SCOPED_TRACE(setting.name);
    const ForcedFloatSetting forced(setting);
    EXPECT_TRUE(same_training(trained_under<float>(&setting, options, start, data), expected));
  }
}

}  // namespace
}  // namespace two_layer_net
