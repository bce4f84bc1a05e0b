// Blocks of W1, of rows and of dhidden follow the size of the second-level cache. Results must not.
#include <gtest/gtest.h>

#include <cstddef>
#include <vector>

#include "../../../../native/engine/core/processor.h"
#include "../../../../native/engine/inference/inference.h"
#include "../support/simd.h"

namespace two_layer_net {
namespace {

// Forces the size while it exists, then returns to the processor's.
class ForcedCache {
 public:
  explicit ForcedCache(size_t bytes) { force_second_level_cache(bytes); }
  ~ForcedCache() { force_second_level_cache(0); }
  ForcedCache(const ForcedCache&) = delete;
  ForcedCache& operator=(const ForcedCache&) = delete;
};

constexpr size_t kSizes[] = {kLeastSecondLevelCache, kMostSecondLevelCache / 2, kMostSecondLevelCache};

template <class T>
class CacheSizes : public OnSimdTargets<T> {};
TYPED_TEST_SUITE(CacheSizes, Arithmetics);

// What a step leaves: the net, the sum of the losses, and Σ W², before and after.
template <class T>
struct Left {
  Net<T> net;
  std::vector<double> sums;
};

template <class T>
Left<T> left_by_a_step(const ExactSample<uint8_t>& sample) {
  ThreadTeam team(2);
  const Net<T> start(sample.start);
  const auto step = step_from(start, Element::kUint8, sample.choice().n, Products::kSimd, team);
  std::vector<double> sums{all_squares(*step)};
  sums.push_back(step->forward_backward(sample.data.labelled(), sample.choice(), {}, {.weights = 4}, team));
  step->update(sgd_step(0.25, 0.5), team);
  sums.push_back(all_squares(*step));
  return {written(*step, start.shape), sums};
}

template <class T>
std::vector<T> scores_of(const ExactSample<uint8_t>& sample) {
  ThreadTeam team(2);
  const Net<T> net(sample.start);
  std::vector<T> scores(sample.data.count * net.shape.C);
  compute_scores(net.shape, net.view(), sample.data.rows(), team, scores.data(), Products::kSimd);
  return scores;
}

// Numbers of hidden units around those that each target's blocks hold with these caches.
TYPED_TEST(CacheSizes, DoNotChangeResults) {
  using T = TypeParam;
  for (const int H : {20, 90, 150, 400}) {
    const Case c{{517, H, 5}, 41};
    SCOPED_TRACE(c);
    const ExactSample<uint8_t> sample(c, true, true);
    this->on_each_target([&] {
      const Left<T> expected = left_by_a_step<T>(sample);
      const std::vector<T> scores = scores_of<T>(sample);
      for (const size_t size : kSizes) {
        SCOPED_TRACE(size);
        const ForcedCache forced(size);
        const Left<T> left = left_by_a_step<T>(sample);
        EXPECT_TRUE(same_bits(left.net, expected.net));
        EXPECT_EQ(left.sums, expected.sums);
        EXPECT_TRUE(same_bits(scores_of<T>(sample), scores));
      }
    });
  }
}

}  // namespace
}  // namespace two_layer_net
