#include "../../../../native/engine/training/train.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <vector>

#include "../../../../native/engine/blas/blas.h"
#include "../../../../native/engine/inference/inference.h"
#include "../support/naive.h"
#include "../support/sample.h"
#include "../support/trained.h"

namespace two_layer_net {
namespace {

TrainingOptions training_for(int iterations) {
  return {.settings = {.num_iters = iterations, .batch_size = 20, .learning_rate = 0.1, .learning_rate_decay = 0.9,
                       .reg = 0.1},
          .threads = 2};
}

template <class T>
class Train : public ::testing::Test {};
TYPED_TEST_SUITE(Train, Arithmetics);

// Sizes around those of the pieces: 256 columns, 50 rows.
struct OddShape {
  Shape shape;
  int batch_size;
};
std::vector<OddShape> odd_shapes() {
  constexpr int kD[] = {1, 7, 300, 515}, kH[] = {1, 3, 50}, kC[] = {2, 10}, kBatch[] = {1, 49, 50, 51, 200};
  std::vector<OddShape> shapes;
  // Ten of the combinations, with every size at least once.
  for (int i = 0; i < 10; i++) shapes.push_back({{kD[i % 4], kH[i % 3], kC[i / 2 % 2]}, kBatch[i % 5]});
  return shapes;
}

TYPED_TEST(Train, GivesTheSameBitsForAnyNumberOfThreads) {
  using T = TypeParam;
  for (const auto& [shape, batch_size] : odd_shapes()) {
    SCOPED_TRACE(::testing::Message() << "D " << shape.D << ", H " << shape.H << ", C " << shape.C << ", batch "
                                      << batch_size);
    const Net<T> start(shape, 1, 0.1);
    const Data<float> training(400, shape, 2), validation(131, shape, 3);
    TrainingOptions options{
        .settings = {.num_iters = 60, .batch_size = batch_size, .learning_rate = 0.05,
                     .learning_rate_decay = 0.9, .reg = 0.01},
        .threads = 1,
    };
    const Trained<T> alone = trained(start, training, options, random_state(0), &validation);
    ASSERT_EQ(alone.status, TrainingStatus::kDone);
    ASSERT_TRUE(alone.net.finite());
    EXPECT_FALSE(same_bits(alone.net, start));
    for (int threads : {2, 3, 4, 7}) {
      options.threads = threads;
      EXPECT_TRUE(same_training(trained(start, training, options, random_state(0), &validation), alone))
          << threads << " threads";
    }
  }
}

TEST(Train, MakesTheArticlesSteps) {
  for (const auto& [shape, batch_size] : odd_shapes()) {
    SCOPED_TRACE(::testing::Message() << "D " << shape.D << ", H " << shape.H << ", C " << shape.C << ", batch "
                                      << batch_size);
    constexpr int kIterations = 8;
    const Net<double> start(shape, 1, 0.1);
    Data<uint8_t> training(400, shape, 2);
    training.mean = Numbers(3).several<double>(shape.D, 127, 128);
    const TrainingOptions options{
        .settings = {.num_iters = kIterations, .batch_size = batch_size, .learning_rate = 1e-4,
                     .learning_rate_decay = 0.5, .reg = 0.25},
        .threads = 2,
    };
    const Trained<double> got = trained(start, training, options);

    Net<double> net = start, gradients(shape);
    RandomStream random(random_state(0));
    std::vector<int32_t> indices(batch_size);
    const int epoch = 400 / batch_size;
    double learning_rate = options.settings.learning_rate;
    for (int i = 0; i < kIterations; i++) {
      random.choice(400, batch_size, indices.data());
      const double loss = naive::loss(net, training, indices, options.settings.reg, gradients);
      EXPECT_NEAR(got.losses[i], loss, 1e-9 * std::max(1.0, loss)) << i;
      naive::step(net, gradients, learning_rate);
      if (i % epoch == 0) learning_rate *= 0.5;
    }
    for (size_t i = 0; i < 4; i++) EXPECT_TRUE(near(*got.net.arrays()[i], *net.arrays()[i], 1e-9)) << i;
    EXPECT_TRUE(same_state(got.random, random.state()));
    EXPECT_EQ(got.learning_rate, learning_rate);
  }
}

TEST(Train, OnBytesWithAMeanEqualsTrainingOnCentredFloats) {
  const Shape shape{300, 50, 10};
  Data<uint8_t> bytes(100, shape, 2);
  bytes.mean = Numbers(3).several<double>(shape.D, 100, 150);
  Data<double> doubles(100, shape, 2);
  doubles.labels = bytes.labels;
  for (size_t i = 0; i < bytes.X.size(); i++) doubles.X[i] = bytes.X[i] - bytes.mean[i % shape.D];
  // float32 rounds the mean, then the difference.
  Data<float> floats(100, shape, 2);
  floats.labels = bytes.labels;
  for (size_t i = 0; i < bytes.X.size(); i++) {
    floats.X[i] = static_cast<float>(bytes.X[i]) - static_cast<float>(bytes.mean[i % shape.D]);
  }
  const TrainingOptions options{
      .settings = {.num_iters = 60, .batch_size = 51, .learning_rate = 1e-4,
                   .learning_rate_decay = 0.95, .reg = 0.1},
      .threads = 2,
  };
  const Net<double> start(shape, 1, 0.05);
  const Net<float> single(start);
  EXPECT_TRUE(same_training(trained(start, bytes, options), trained(start, doubles, options)));
  EXPECT_TRUE(same_training(trained(single, bytes, options), trained(single, floats, options)));
}

TYPED_TEST(Train, StoppedEarlyEqualsTrainingForFewerIterations) {
  using T = TypeParam;
  const Shape shape{7, 3, 10};
  const Net<T> start(shape, 1, 0.1);
  const Data<float> training(100, shape, 2), validation(30, shape, 3);
  for (int k : {1, 2, 49, 50, 51, 100}) {
    const Trained<T> all = trained(start, training, training_for(k), random_state(0), &validation);
    Trained<T> stopped =
        trained(start, training, training_for(200), random_state(0), &validation, {.stop_after = k});
    EXPECT_EQ(all.status, TrainingStatus::kDone);
    EXPECT_EQ(stopped.status, TrainingStatus::kStopped);
    EXPECT_EQ(stopped.iterations, k);
    stopped.status = all.status;
    EXPECT_TRUE(same_training(stopped, all)) << k;
  }
}

TYPED_TEST(Train, ContinuesAfterAStopAsIfItHadNotStopped) {
  using T = TypeParam;
  const Shape shape{7, 3, 10};
  const Net<T> start(shape, 1, 0.1);
  const Data<float> training(100, shape, 2), validation(30, shape, 3);
  const TrainingOptions options{
      .settings = {.num_iters = 120, .batch_size = 20, .learning_rate = 0.1,
                   .learning_rate_decay = 0.9, .reg = 0.1},
      .threads = 2,
  };
  const Trained<T> in_one = trained(start, training, options, random_state(0), &validation);
  // Epochs are 5 iterations, checkpoints 50.
  for (int k : {1, 4, 5, 6, 49, 50, 51, 119}) {
    EXPECT_TRUE(same_training(trained_in_two(start, training, options, k, &validation), in_one)) << k;
  }
}

TYPED_TEST(Train, ReportsEverythingOnce) {
  using T = TypeParam;
  const Shape shape{7, 3, 10};
  const Net<T> start(shape, 1, 0.1);
  const Data<float> training(100, shape, 2), validation(30, shape, 3);
  const TrainingOptions options{
      .settings = {.num_iters = 60, .batch_size = 20, .learning_rate = 0.1, .learning_rate_decay = 0.9, .reg = 0.1},
      .threads = 2,
  };
  const Trained<T> in_one = trained(start, training, options, random_state(0), &validation);
  EXPECT_EQ(in_one.reports, 0);
  for (int every : {1, 7, 59, 60}) {
    const Trained<T> in_parts =
        trained(start, training, options, random_state(0), &validation, {.report_every = every});
    EXPECT_EQ(in_parts.reports, 59 / every) << "no report after the last iteration, which is in the outcome";
    EXPECT_TRUE(same_training(in_parts, in_one)) << every;
  }
}

TYPED_TEST(Train, RecordsAccuraciesAndDecaysAtTheFirstIterationOfEachEpoch) {
  using T = TypeParam;
  const Shape shape{7, 5, 3};
  const Net<T> start(shape, 1, 0.1);
  const Data<float> training(109, shape, 2), validation(30, shape, 3);
  constexpr int kEpoch = 109 / 20;
  const TrainingOptions options{
      .settings = {.num_iters = 13, .batch_size = 20, .learning_rate = 0.1, .learning_rate_decay = 0.9, .reg = 0.1},
      .threads = 1,
  };
  const Trained<T> got = trained(start, training, options, random_state(0), &validation);
  EXPECT_EQ(got.losses.size(), 13u);
  EXPECT_EQ(got.learning_rate, 0.1 * 0.9 * 0.9 * 0.9);
  ASSERT_EQ(got.validation_accuracies.size(), 3u);
  ASSERT_EQ(got.train_accuracies.size(), 3u);
  const SingleThreadedBlas hold;
  ThreadTeam team(1);
  RandomStream random(random_state(0));
  for (int i = 0; i < options.settings.num_iters; i++) {
    int32_t indices[20];
    random.choice(109, 20, indices);
    if (i % kEpoch != 0) continue;
    // After the step of iteration i.
    const Trained<T> then = trained(start, training, training_for(i + 1));
    const Parameters<const T> net = then.net.view();
    const Fit fit = evaluate(shape, net, validation.labelled(), all_of(validation.rows()), team);
    EXPECT_EQ(got.validation_accuracies[i / kEpoch], fit.accuracy());
    EXPECT_NEAR(got.validation_losses[i / kEpoch], fit.loss(), 1e-6);  // of other matrix products
    Data<float> batch(20, shape, 0);
    for (int row = 0; row < 20; row++) {
      std::copy_n(&training.X[indices[row] * 7], 7, &batch.X[row * 7]);
      batch.labels[row] = training.labels[indices[row]];
    }
    EXPECT_EQ(got.train_accuracies[i / kEpoch],
              evaluate(shape, net, batch.labelled(), all_of(batch.rows()), team).accuracy());
  }
}

TYPED_TEST(Train, TreatsEachIterationAsAnEpochIfTheBatchHasAllRowsOrMore) {
  using T = TypeParam;
  const Shape shape{3, 2, 2};
  const Net<T> start(shape, 1, 0.1);
  const Data<float> training(10, shape, 2);
  for (int batch_size : {10, 11, 200}) {
    const TrainingOptions options{
        .settings = {.num_iters = 4, .batch_size = batch_size, .learning_rate = 1, .learning_rate_decay = 0.5},
        .threads = 2,
    };
    const Trained<T> got = trained(start, training, options);
    EXPECT_EQ(got.train_accuracies.size(), 4u);
    EXPECT_TRUE(got.validation_accuracies.empty());
    EXPECT_EQ(got.learning_rate, 0.0625);
  }
}

TYPED_TEST(Train, ContinuesFromAnEarlierTrainingsRandomState) {
  using T = TypeParam;
  const Shape shape{7, 3, 10};
  const Net<T> start(shape, 1, 0.1);
  const Data<float> training(100, shape, 2);
  const auto options = [](int iterations) -> TrainingOptions {
    return {.settings = {.num_iters = iterations, .batch_size = 20, .learning_rate = 0.1, .reg = 0.1}, .threads = 2};
  };
  const Trained<T> whole = trained(start, training, options(70));
  const Trained<T> first = trained(start, training, options(33));
  const Trained<T> second = trained(first.net, training, options(37), first.random);
  EXPECT_TRUE(same_bits(second.net, whole.net));
  EXPECT_TRUE(same_state(second.random, whole.random));
}

TYPED_TEST(Train, WithoutIterationsChangesNothing) {
  using T = TypeParam;
  const Shape shape{3, 2, 2};
  const Net<T> start(shape, 1, 0.1);
  const Trained<T> got = trained(start, Data<float>(10, shape, 2), training_for(0));
  EXPECT_EQ(got.status, TrainingStatus::kDone);
  EXPECT_TRUE(same_bits(got.net, start));
  EXPECT_TRUE(same_state(got.random, random_state(0)));
}

TYPED_TEST(Train, ThatDivergesKeepsTheLastFiniteParameters) {
  using T = TypeParam;
  for (int k : {0, 1, 2, 48, 49, 50, 51, 99, 100, 120}) {
    SCOPED_TRACE(::testing::Message() << "parameters become NaN or infinite in iteration " << k);
    const PoisonedTraining<T> poisoned(k);
    constexpr int kBatch = PoisonedTraining<T>::kBatch;
    // An epoch is 300 iterations, so the learning rate decays once, from 2 to 1 after the first iteration.
    for (int threads : {1, 3}) {
      const auto options = [threads](int iterations) -> TrainingOptions {
        return {
            .settings = {.num_iters = iterations, .batch_size = kBatch, .learning_rate = 2, .learning_rate_decay = 0.5},
            .threads = threads};
      };
      const Trained<T> before = trained(poisoned.start, poisoned.training, options(k));
      const Trained<T> bad = trained(poisoned.start, poisoned.training, options(k + 1));
      ASSERT_TRUE(before.net.finite());
      // Even if the bad step is the last one, and no loss shows it, it is reported.
      ASSERT_EQ(bad.status, TrainingStatus::kDiverged) << "the step is not bad, so this test shows nothing";
      EXPECT_TRUE(same_bits(bad.net, before.net));
      ASSERT_TRUE(std::isfinite(bad.losses.back()));
      for (int report_every : {-1, 1}) {
        const Trained<T> diverged = trained(poisoned.start, poisoned.training, options(500),
                                            random_state(0), {}, {.report_every = report_every});
        EXPECT_EQ(diverged.status, TrainingStatus::kDiverged);
        EXPECT_TRUE(same_bits(diverged.net, before.net));
        // The outcome reports what happened: the loss of iteration k + 1 was bad.
        EXPECT_EQ(diverged.iterations, k + 1);
        EXPECT_TRUE(same_bits(diverged.losses, bad.losses));
        EXPECT_EQ(diverged.learning_rate, 1);
        RandomStream random(random_state(0));
        std::vector<int32_t> indices((k + 2) * kBatch);
        random.choice(PoisonedTraining<T>::kRows, static_cast<int>(indices.size()), indices.data());
        EXPECT_TRUE(same_state(diverged.random, random.state()));
      }
    }
  }
}

TYPED_TEST(Train, ThatIsAbandonedDoesNotGoBack) {
  using T = TypeParam;
  const PoisonedTraining<T> poisoned(40);
  const TrainingOptions options{
      .settings = {.num_iters = 500, .batch_size = PoisonedTraining<T>::kBatch, .learning_rate = 2}, .threads = 1};
  const Trained<T> abandoned =
      trained(poisoned.start, poisoned.training, options, random_state(0), {}, {.abandoned = true});
  EXPECT_EQ(abandoned.status, TrainingStatus::kDiverged);
  EXPECT_TRUE(same_bits(abandoned.net, poisoned.start));  // the last parameters that it kept
}

TYPED_TEST(Train, EvaluatesRowsInPiecesWithTheSameBits) {
  using T = TypeParam;
  const Shape shape{33, 100, 5};
  const Net<T> net(shape, 1, 0.1);
  const Data<float> data(4000, shape, 2);
  ThreadTeam team(2);
  for (const Products products : {Products::kSimd, Products::kBlas}) {
    if (products == Products::kSimd && !has_simd_kernels()) continue;
    const auto step =
        make_step<T>(shape, {.capacity = 20, .element = Element::kFloat32, .threads = 2, .products = products});
    step->read(net.view(), {}, team);
    const Fit whole = step->evaluate(data.labelled(), all_of(data.rows()), team);
    for (const int piece : {1280, 2560}) {
      const auto fit = evaluate_all(*step, data.labelled(), piece, team, [] { return false; });
      ASSERT_TRUE(fit);
      EXPECT_EQ(fit->loss(), whole.loss());
      EXPECT_EQ(fit->accuracy(), whole.accuracy());
      EXPECT_FALSE(evaluate_all(*step, data.labelled(), piece, team, [] { return true; }));
    }
  }
  EXPECT_EQ(rows_between_looks({3072, 50, 10}), 19200);
  EXPECT_EQ(rows_between_looks({kMostSize, 1, 1}), 1280);
  EXPECT_EQ(rows_between_looks({1, 1, 1}), 1280000);
}

// 1 − lr·reg is −2, so the weights double in each iteration, until their products or squares overflow in the loss.
TYPED_TEST(Train, KeepsTheParametersIfOnlyTheLossOverflows) {
  using T = TypeParam;
  const Shape shape{7, 3, 10};
  const Net<T> start(shape, 1, 0.1);
  const Data<float> training(400, shape, 2);
  TrainingOptions options{
      .settings = {.num_iters = 5000, .batch_size = 10, .learning_rate = 0.5, .learning_rate_decay = 1, .reg = 6},
      .threads = 2,
  };
  const Trained<T> diverged = trained(start, training, options);
  ASSERT_EQ(diverged.status, TrainingStatus::kDiverged);
  ASSERT_GT(diverged.iterations, 50);
  options.settings.num_iters = diverged.iterations;
  const Trained<T> before = trained(start, training, options);
  ASSERT_EQ(before.status, TrainingStatus::kDone);
  ASSERT_TRUE(before.net.finite());
  EXPECT_TRUE(same_bits(diverged.net, before.net));
  EXPECT_TRUE(same_bits(diverged.losses, before.losses));
}

// In this case, there are no last finite parameters.
TYPED_TEST(Train, LeavesNonFiniteInitialParametersUnchanged) {
  using T = TypeParam;
  const Shape shape{7, 3, 10};
  const Data<float> training(100, shape, 2);
  for (T bad : {std::numeric_limits<T>::quiet_NaN(), std::numeric_limits<T>::infinity()}) {
    Net<T> start(shape, 1, 0.1);
    start.W2[5] = bad;
    const Trained<T> got = trained(start, training, training_for(100));
    EXPECT_EQ(got.status, TrainingStatus::kDiverged);
    EXPECT_EQ(got.iterations, 0);
    EXPECT_TRUE(got.losses.empty());
    EXPECT_TRUE(same_bits(got.net, start));
    EXPECT_EQ(got.learning_rate, 0.1);
    RandomStream random(random_state(0));
    int32_t indices[20];
    random.choice(100, 20, indices);
    EXPECT_TRUE(same_state(got.random, random.state()));
  }
}

}  // namespace
}  // namespace two_layer_net
