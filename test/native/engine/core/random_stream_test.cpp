// Expected numbers from NumPy 1.24.2: r = np.random.RandomState(0), then r.choice(n, size) as in each test.
#include "../../../../native/engine/core/random_stream.h"

#include <gtest/gtest.h>

#include <numeric>
#include <vector>

#include "../support/sample.h"

namespace two_layer_net {
namespace {

std::vector<int32_t> choice(RandomStream& random, uint32_t n, int size) {
  std::vector<int32_t> indices(size);
  random.choice(n, size, indices.data());
  return indices;
}

using Indices = std::vector<int32_t>;

TEST(RandomStream, ChoosesLikeNumPyAndContinuesItsStream) {
  RandomStream random(random_state(0));
  EXPECT_EQ(choice(random, 49000, 12), (Indices{2732, 43567, 42613, 45891, 21243, 30403, 32103, 41993, 20757, 46884,
                                                14935, 15430}));
  EXPECT_EQ(random.state().position, 15);  // three of the first fifteen words were above 48999
  EXPECT_EQ(choice(random, 1, 3), (Indices{0, 0, 0}));
  EXPECT_EQ(random.state().position, 15);  // a choice from one value draws nothing
  EXPECT_EQ(choice(random, 5, 20), (Indices{0, 0, 4, 2, 1, 0, 1, 1, 0, 1, 4, 3, 0, 3, 0, 2, 3, 0, 1, 3}));
  EXPECT_EQ(random.state().position, 45);
  // Around a power of two, where the mask grows by a bit.
  EXPECT_EQ(choice(random, 256, 8), (Indices{29, 147, 147, 142, 167, 32, 193, 9}));
  EXPECT_EQ(choice(random, 257, 8), (Indices{185, 127, 32, 31, 202, 244, 151, 163}));
  EXPECT_EQ(random.state().position, 61);
  // Past the end of the 624 words, twice.
  const Indices large = choice(random, 2147483647, 1000);
  EXPECT_EQ(Indices(large.begin(), large.begin() + 5),
            (Indices{800291326, 1177824715, 1017555826, 1959150775, 930076700}));
  EXPECT_EQ(Indices(large.end() - 3, large.end()), (Indices{1743509001, 659825267, 104424392}));
  EXPECT_EQ(random.state().position, 437);
  EXPECT_EQ(random.state().key[0], 1499117434u);
  EXPECT_EQ(random.state().key[1], 2949980591u);
  EXPECT_EQ(random.state().key[2], 2242547484u);
  const Indices batch = choice(random, 49000, 200);
  EXPECT_EQ(Indices(batch.begin(), batch.begin() + 5), (Indices{4485, 23156, 35051, 31311, 11326}));
  EXPECT_EQ(std::accumulate(batch.begin(), batch.end(), 0), 5324210);
  EXPECT_EQ(random.state().position, 77);
  EXPECT_EQ(random.state().key[623], 3059824252u);
}

// r = np.random.RandomState(0); r.permutation(10); r.permutation(5); r.permutation(1); r.get_state()[2]
TEST(RandomStream, PermutesLikeNumPy) {
  RandomStream random(random_state(0));
  Indices ten(10), five(5), one(1);
  random.permutation(10, ten.data());
  EXPECT_EQ(ten, (Indices{2, 8, 4, 9, 1, 6, 7, 3, 0, 5}));
  random.permutation(5, five.data());
  EXPECT_EQ(five, (Indices{1, 0, 2, 3, 4}));
  random.permutation(1, one.data());
  EXPECT_EQ(one, Indices{0});
  EXPECT_EQ(random.state().position, 16);
}

TEST(RandomStream, ChoosesBetweenTwo) {
  RandomStream random(random_state(0));
  EXPECT_EQ(choice(random, 2, 16), (Indices{0, 1, 1, 0, 1, 1, 1, 1, 1, 1, 1, 0, 0, 1, 0, 0}));
}

TEST(RandomStream, ReturnsTheSameInOneDrawAsInMany) {
  RandomStream at_once(random_state(7)), one_by_one(random_state(7));
  const Indices all = choice(at_once, 1000, 2000);
  for (size_t i = 0; i < all.size(); i++) ASSERT_EQ(choice(one_by_one, 1000, 1)[0], all[i]) << "draw " << i;
  EXPECT_EQ(one_by_one.state().position, at_once.state().position);
}

TEST(RandomStream, DrawsDoublesFromAnOddPosition) {
  // r = np.random.RandomState(5); r.randint(0, 2**32, 3); r.random_sample(700)
  RandomStream random(random_state(5));
  choice(random, 0x80000000u, 3);
  std::vector<double> draws(700);
  random.doubles(draws.size(), draws.data());
  EXPECT_EQ(hash_of(draws), 0xc1d555f2c358d7f2u);
  EXPECT_EQ(draws.back(), 0x1.ea6b4b64fa700p-6);
  EXPECT_EQ(random.state().position, 155);
}

TEST(RandomStream, ContinuesFromACopyOfItsState) {
  RandomStream random(random_state(3));
  choice(random, 10, 700);
  RandomStream copy(random.state());
  EXPECT_EQ(choice(copy, 12345, 700), choice(random, 12345, 700));
}

}  // namespace
}  // namespace two_layer_net
