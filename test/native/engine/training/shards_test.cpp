// Minibatches in shards: the same bits for any number of processes and threads, and the training that one shard makes.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <vector>

#include "../../../../native/engine/simd/bfloat16/bfloat16.h"
#include "../../../../native/engine/simd/kernels/kernels.h"
#include "../../../../native/engine/training/train.h"
#include "../support/process_group.h"
#include "../support/trained.h"

namespace two_layer_net {
namespace {

constexpr Shape kShape{65, 19, 4};
constexpr int kRows = 130, kBatch = 37;  // shards of 4 and 5 rows

TrainingOptions options_of(TrainingSettings settings, Products products = Products::kAuto) {
  settings.num_iters = 9;
  settings.batch_size = kBatch;
  settings.shards = 8;
  settings.learning_rate = 0.02;
  settings.learning_rate_decay = 0.9;
  settings.reg = 0.05;
  return {.settings = settings, .products = products, .noise_seed = 3, .final_accuracies = true};
}

// One of each rule; and everything else that a minibatch passes through.
const std::vector<TrainingSettings> kSettings{
    {},
    {.clip_norm = 0.2},
    {.momentum = 0.9, .nesterov = true},
    {.optimizer = Optimizer::kAdamW, .epsilon = 1e-3, .weight_decay = 0.1, .clip_norm = 0.2},
    {.input_scale = 0.5, .sampling = Sampling::kPermutation, .dropout = 0.5, .label_smoothing = 0.1},
    {.optimizer = Optimizer::kAdam, .epsilon = 1e-3, .dropout = 0.3, .input_dropout = 0.2, .flip = true, .shift = 1},
};

template <class T>
class Sharded : public ::testing::Test {
 protected:
  const Net<T> start_{kShape, 1, 0.1};
  Data<uint8_t> training_{kRows, kShape, 2}, validation_{40, kShape, 3};

  Sharded() {
    training_.mean.assign(kShape.D, 127);
    validation_.mean = training_.mean;
    training_.weights = Numbers(4).several<double>(kRows, 0, 2);
  }

  // The training by each of `processes` processes.
  std::vector<Trained<T>> by(int processes, TrainingOptions options, const std::vector<Following>& following = {}) {
    options.picture = {13, 5, 1};
    std::vector<std::vector<Trained<T>>> by_rank(processes);
    ThreadsAsProcesses::run(processes, [&](const ProcessGroup& group) {
      TrainingOptions own = options;
      own.group = processes > 1 ? &group : nullptr;
      const size_t rank = group.rank;
      by_rank[rank].push_back(trained(start_, training_, own, random_state(0), &validation_,
                                      rank < following.size() ? following[rank] : Following{}));
    });
    std::vector<Trained<T>> all;
    for (const auto& own : by_rank) all.push_back(own.front());
    return all;
  }

  // Calls use(products, whether they are of bfloat16) for all that this machine has.
  template <class Use>
  void with_all_products(const Use& use) {
    use(Products::kBlas, false);
    if (simd_kernels<T>() == nullptr) return;
    use(Products::kSimd, false);
    if (sizeof(T) == sizeof(float) && has_bfloat16()) use(Products::kSimd, true);
  }
};
TYPED_TEST_SUITE(Sharded, Arithmetics);

TYPED_TEST(Sharded, GivesTheSameBitsForAnyNumberOfProcessesAndThreads) {
  for (const TrainingSettings& settings : kSettings) {
    this->with_all_products([&](Products products, bool bfloat16) {
      TrainingOptions options = options_of(settings, products);
      options.bfloat16 = bfloat16;
      const Trained<TypeParam> alone = this->by(1, options)[0];
      ASSERT_EQ(alone.status, TrainingStatus::kDone);
      for (const int processes : {1, 2, 4, 8}) {
        options.threads = 9 / processes;
        for (const Trained<TypeParam>& each : this->by(processes, options)) {
          EXPECT_TRUE(same_training(each, alone)) << processes << " processes";
        }
      }
    });
  }
}

// Only the order of sums differs.
TYPED_TEST(Sharded, TrainsAsOneShardDoes) {
  for (const TrainingSettings& settings : kSettings) {
    this->with_all_products([&](Products products, bool bfloat16) {
      if (bfloat16) return;
      TrainingOptions options = options_of(settings, products);
      const Trained<TypeParam> sharded = this->by(1, options)[0];
      options.settings.shards = 1;
      const Trained<TypeParam> whole = this->by(1, options)[0];
      for (size_t array = 0; array < 4; array++) {
        const Net<double> expected(whole.net);
        EXPECT_TRUE(near(*sharded.net.arrays()[array], *expected.arrays()[array], 100 * kTolerance<TypeParam>));
      }
      EXPECT_TRUE(near(sharded.losses, whole.losses, 100 * kTolerance<TypeParam>));
    });
  }
}

TYPED_TEST(Sharded, MayHaveMoreShardsThanRows) {
  TrainingOptions options = options_of({});
  options.settings.batch_size = 3;
  const Trained<TypeParam> alone = this->by(1, options)[0];
  for (const Trained<TypeParam>& each : this->by(8, options)) EXPECT_TRUE(same_training(each, alone));
}

TYPED_TEST(Sharded, EndsInAllProcessesWhenOneStopsIt) {
  const std::vector<Trained<TypeParam>> all = this->by(4, options_of({}), {{}, {}, {.stop_after = 5}});
  for (const Trained<TypeParam>& each : all) {
    EXPECT_EQ(each.status, TrainingStatus::kStopped);
    EXPECT_TRUE(same_training(each, this->by(1, options_of({}), {{.stop_after = 5}})[0]));
  }
}

// Going back to the last finite parameters is a matter of all processes, from the same iteration: one of them has
// written a report since.
TYPED_TEST(Sharded, DivergesInAllProcessesAlike) {
  using T = TypeParam;
  const PoisonedTraining<T> poisoned(60);
  const TrainingOptions options{
      .settings = {.num_iters = 70, .batch_size = poisoned.kBatch, .shards = 4, .learning_rate = 1e-3}};
  const Trained<T> alone = trained(poisoned.start, poisoned.training, options);
  ASSERT_EQ(alone.status, TrainingStatus::kDiverged);
  ASSERT_TRUE(alone.net.finite());
  for (const int processes : {2, 4}) {
    std::vector<Net<T>> nets(processes, alone.net);
    ThreadsAsProcesses::run(processes, [&](const ProcessGroup& group) {
      TrainingOptions own = options;
      own.group = &group;
      const Following following{.report_every = group.rank == 0 ? 7 : -1};
      const Trained<T> each = trained(poisoned.start, poisoned.training, own, random_state(0), {}, following);
      EXPECT_EQ(each.status, TrainingStatus::kDiverged);
      EXPECT_EQ(each.iterations, alone.iterations);
      nets[group.rank] = each.net;
    });
    for (const Net<T>& net : nets) EXPECT_TRUE(same_bits(net, alone.net)) << processes;
  }
}

TYPED_TEST(Sharded, StopsEarlyInAllProcessesAlike) {
  using T = TypeParam;
  TrainingOptions options = options_of({.patience = 2, .min_gain = 100});
  options.settings.num_iters = 100;
  std::vector<Net<T>> nets(5, Net<T>(kShape));
  const auto run = [&](const ProcessGroup* group, Net<T>& net) {
    TrainingOptions own = options;
    own.group = group;
    BestEpoch<T> best{.net = net.view()};
    const Trained<T> each = trained(this->start_, this->training_, own, random_state(0), &this->validation_, {}, {},
                                    &best);
    EXPECT_EQ(each.status, TrainingStatus::kEarly);
    EXPECT_EQ(best.epochs_since, 2);
  };
  run(nullptr, nets[4]);
  ThreadsAsProcesses::run(4, [&](const ProcessGroup& group) { run(&group, nets[group.rank]); });
  for (const Net<T>& net : nets) EXPECT_TRUE(same_bits(net, nets[4]));
}

// Sizes around the blocks that a sum is cut into.
TYPED_TEST(Sharded, SumsOfProcessesAreABinaryTree) {
  using T = TypeParam;
  constexpr size_t kBlock = (1 << 20) / sizeof(T);
  for (const size_t size : {size_t{1}, size_t{7}, 4 * kBlock, 4 * kBlock + 5}) {
    std::vector<std::vector<T>> numbers;
    for (uint32_t rank = 0; rank < 4; rank++) numbers.push_back(Numbers(rank).several<T>(size, -1, 1));
    std::vector<T> expected(size);
    for (size_t i = 0; i < size; i++) {
      expected[i] = (numbers[0][i] + numbers[1][i]) + (numbers[2][i] + numbers[3][i]);
    }
    ThreadsAsProcesses::run(4, [&](const ProcessGroup& group) {
      ThreadTeam team(2);
      Processes(&group).sum(numbers[group.rank].data(), size, team);
    });
    for (const std::vector<T>& sum : numbers) EXPECT_TRUE(same_bits(sum, expected)) << size;
  }
}

}  // namespace
}  // namespace two_layer_net
