// Expected numbers from NumPy on x86-64 Linux: np.random.RandomState(seed).randn(size).
#include "../../../../native/engine/core/normal_stream.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "../support/sample.h"

namespace two_layer_net {
namespace {

NormalStream stream(uint32_t seed) { return NormalStream({random_state(seed), false, 0}); }

template <class T = double>
std::vector<T> randn(NormalStream& random, size_t size, double scale = 1) {
  std::vector<T> draws(size);
  random.fill<T>(size, scale, draws.data());
  return draws;
}

void expect_place(const NormalStream& random, int position, bool has_waiting, double waiting) {
  EXPECT_EQ(random.state().generator.position, position);
  EXPECT_EQ(random.state().has_waiting, has_waiting);
  EXPECT_EQ(random.state().waiting, waiting);
}

TEST(NormalStream, DrawsLikeNumPyAndKeepsTheSecondOfAPair) {
  NormalStream random = stream(0);
  const std::vector<double> expected{0x1.c398ef3e5cfa5p+0, 0x1.99c2cfacc8953p-2, 0x1.f51d25222c9abp-1,
                                     0x1.1ed5969e3314ep+1, 0x1.de1847cb13ddap+0};
  EXPECT_EQ(randn(random, 5), expected);
  expect_place(random, 12, true, -0.977277879876411);
  EXPECT_EQ(randn(random, 1), std::vector<double>{-0.977277879876411});
  expect_place(random, 12, false, 0);
}

TEST(NormalStream, LeavesNothingWaitingAfterAnEvenNumber) {
  NormalStream random = stream(0);
  EXPECT_EQ(randn(random, 1000).back(), -0x1.6eb574c9b16b2p-2);
  expect_place(random, 132, false, 0);
  EXPECT_EQ(random.state().generator.key[0], 3379721592u);
}

TEST(NormalStream, DrawsManyLikeNumPy) {
  NormalStream random = stream(7);
  EXPECT_EQ(hash_of(randn(random, 100001)), 0xb152de7d86ace1f3u);
  expect_place(random, 480, true, 0.6604610674013014);
}

TEST(NormalStream, ReturnsTheSameInOneDrawAsInMany) {
  NormalStream at_once = stream(3), in_parts = stream(3);
  const std::vector<double> all = randn(at_once, 4000);
  std::vector<double> parts;
  for (size_t size = 0; parts.size() < all.size(); size++) {
    for (double draw : randn(in_parts, std::min(size, all.size() - parts.size()))) parts.push_back(draw);
  }
  EXPECT_EQ(parts, all);
  EXPECT_EQ(in_parts.state().generator.position, at_once.state().generator.position);
}

TEST(NormalStream, MultipliesInDoubleAndRoundsOnce) {
  NormalStream plain = stream(4), scaled = stream(4);
  const std::vector<double> draws = randn(plain, 101);
  const std::vector<float> floats = randn<float>(scaled, 101, 1e-4);
  for (size_t i = 0; i < draws.size(); i++) ASSERT_EQ(floats[i], static_cast<float>(1e-4 * draws[i])) << "draw " << i;
}

TEST(NormalStream, DrawsNothingForASizeOfZero) {
  NormalStream random(NormalState{random_state(5), true, 0.25});
  randn(random, 0);
  expect_place(random, 624, true, 0.25);
}

}  // namespace
}  // namespace two_layer_net
