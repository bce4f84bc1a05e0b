// The best epoch of a training, and its end when no epoch gains any more.
#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "../../../../native/engine/inference/inference.h"
#include "../support/sample.h"
#include "../support/trained.h"

namespace two_layer_net {
namespace {

// Few rows with labels at random: the net soon learns the training rows by heart, and predicts others worse and worse.
template <class T>
class EarlyStopping : public ::testing::Test {
 protected:
  static constexpr Shape kShape{20, 30, 3};
  static constexpr int kRows = 60, kBatch = 20, kEpoch = kRows / kBatch;
  const Net<T> start_{kShape, 1, 0.3};
  const Data<float> training_{kRows, kShape, 2}, validation_{40, kShape, 3};

  static TrainingOptions options(int iterations, int patience, Monitor monitor = Monitor::kLoss) {
    return {.settings = {.num_iters = iterations, .batch_size = kBatch, .learning_rate = 0.2, .patience = patience,
                         .monitor = monitor},
            .threads = 2};
  }

  struct Stopped {
    Trained<T> trained;
    Net<T> best_net;
    BestEpoch<T> best;
  };

  Stopped run(const TrainingOptions& options) const {
    Stopped stopped{{start_, {}, {}, 0, {}, {}, {}, {}, 0, {}}, Net<T>(kShape), {}};
    stopped.best.net = stopped.best_net.view();
    stopped.trained = trained(start_, training_, options, random_state(0), &validation_, {}, {}, &stopped.best);
    return stopped;
  }
};
TYPED_TEST_SUITE(EarlyStopping, Arithmetics);

TYPED_TEST(EarlyStopping, EndsAfterAsManyEpochsWithoutAGainAsPatienceSays) {
  for (const Monitor monitor : {Monitor::kLoss, Monitor::kAccuracy}) {
    constexpr int kPatience = 5;
    const auto [got, net, best] = this->run(this->options(3000, kPatience, monitor));
    ASSERT_EQ(got.status, TrainingStatus::kEarly);
    const bool of_loss = monitor == Monitor::kLoss;
    const std::vector<double>& monitored = of_loss ? got.validation_losses : got.validation_accuracies;
    const auto found = of_loss ? std::min_element(monitored.begin(), monitored.end())
                               : std::max_element(monitored.begin(), monitored.end());
    EXPECT_EQ(best.monitored, *found);
    EXPECT_EQ(best.iterations, (found - monitored.begin()) * this->kEpoch + 1);
    EXPECT_EQ(best.epochs_since, kPatience);
    EXPECT_EQ(monitored.end() - found, kPatience + 1);
    EXPECT_EQ(got.iterations, best.iterations + kPatience * this->kEpoch);
  }
}

TYPED_TEST(EarlyStopping, KeepsTheParametersOfTheBestEpoch) {
  const auto [got, net, best] = this->run(this->options(3000, 5));
  ASSERT_EQ(got.status, TrainingStatus::kEarly);
  TrainingOptions options = this->options(best.iterations, 0);
  EXPECT_TRUE(same_bits(trained(this->start_, this->training_, options).net, net));
  ThreadTeam team(1);
  const Fit fit =
      evaluate(this->kShape, net.view(), this->validation_.labelled(), all_of(this->validation_.rows()), team);
  EXPECT_NEAR(fit.loss(), best.monitored, 1e-6);  // of other matrix products
}

TYPED_TEST(EarlyStopping, ChangesNoBitOfTheTrainingBeforeItsEnd) {
  const auto stopped = this->run(this->options(3000, 5));
  const Trained<TypeParam> whole = trained(this->start_, this->training_,
                                           this->options(stopped.trained.iterations, 0), random_state(0),
                                           &this->validation_);
  EXPECT_EQ(whole.status, TrainingStatus::kDone);
  EXPECT_TRUE(same_bits(whole.net, stopped.trained.net));
  EXPECT_TRUE(same_bits(whole.validation_losses, stopped.trained.validation_losses));
}

TYPED_TEST(EarlyStopping, NeedsAGainAboveTheLeast) {
  TrainingOptions options = this->options(3000, 5);
  options.settings.min_gain = 100;
  const auto [got, net, best] = this->run(options);
  EXPECT_EQ(got.status, TrainingStatus::kEarly);
  EXPECT_EQ(best.iterations, 1);
  EXPECT_EQ(got.iterations, 5 * this->kEpoch + 1);
}

TYPED_TEST(EarlyStopping, ContinuesToTheSameEndAfterABreak) {
  using T = TypeParam;
  const auto whole = this->run(this->options(3000, 5));
  for (const int k : {1, 2, 4, whole.best.iterations, whole.trained.iterations - 1}) {
    Net<T> net(this->kShape);
    BestEpoch<T> best{.net = net.view()};
    TrainingOptions options = this->options(3000, 5);
    const Trained<T> first = trained(this->start_, this->training_, options, random_state(0), &this->validation_,
                                     {.stop_after = k}, {}, &best);
    ASSERT_EQ(first.iterations, k);
    options.first_iteration = k;
    options.settings.learning_rate = first.learning_rate;
    const Trained<T> second =
        trained(first.net, this->training_, options, first.random, &this->validation_, {}, {}, &best);
    EXPECT_EQ(second.status, TrainingStatus::kEarly);
    EXPECT_EQ(second.iterations, whole.trained.iterations);
    EXPECT_EQ(best.iterations, whole.best.iterations);
    EXPECT_TRUE(same_bits(net, whole.best_net)) << k;
    EXPECT_TRUE(same_bits(second.net, whole.trained.net)) << k;
  }
}

// Rows s · x with weights V train as rows x do with weights s · V and the input scale s.
TYPED_TEST(EarlyStopping, AnInputScaleTrainsAsOnScaledRows) {
  using T = TypeParam;
  constexpr double kScale = 0.125;  // a power of two: no rounding differs
  Data<float> scaled = this->training_;
  for (float& x : scaled.X) x *= kScale;
  Net<T> weights = this->start_;
  for (T& w : weights.W1) w *= kScale;
  for (const Products products : {Products::kAuto, Products::kBlas}) {
    TrainingOptions options = this->options(100, 0);
    options.products = products;
    options.settings.reg = 0.01;
    const Trained<T> expected = trained(this->start_, scaled, options);
    options.settings.input_scale = kScale;
    Trained<T> got = trained(weights, this->training_, options);
    for (T& w : got.net.W1) w /= kScale;
    const double tolerance = std::is_same_v<T, float> ? 1e-4 : 1e-11;
    for (size_t i = 0; i < 4; i++) {
      const std::vector<T>& array = *expected.net.arrays()[i];
      EXPECT_TRUE(near(*got.net.arrays()[i], {array.begin(), array.end()}, tolerance, 1)) << i;
    }
    EXPECT_TRUE(near(got.losses, expected.losses, tolerance, 1));
  }
}

}  // namespace
}  // namespace two_layer_net
