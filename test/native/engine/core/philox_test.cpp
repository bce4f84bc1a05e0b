// Expected words from NumPy 2.4: np.random.Philox(key=[seed, kind], counter=[0, iteration, 0, 0]).random_raw(n), with
// arrays of np.uint64.
#include "../../../../native/engine/core/philox.h"

#include <gtest/gtest.h>

namespace two_layer_net {
namespace {

TEST(Philox, DrawsLikeNumPy) {
  EXPECT_EQ(philox({0, 0}, {1, 0, 0, 0}),
            (PhiloxBlock{0x2f4ba6408e4d89b, 0x3dd62b0b9ca8c5b2, 0x1c8667a55d902e79, 0x907d7a052fd5b4dc}));
  const NoiseKey key{5, NoiseKey::kInputs, 7};
  EXPECT_EQ(key.block(0),
            (PhiloxBlock{0x69a2b554fe1f1a13, 0x2bf3e154254a3a12, 0x6a23b1bb2c786424, 0x12df1216ad2db33c}));
  EXPECT_EQ(key.block(1),
            (PhiloxBlock{0xadf01185e7281992, 0x99530ad8e1d70662, 0x66a3f37c6cb6b1a0, 0xa522953271a05dea}));
  EXPECT_EQ(key.block(2)[0], 0xf966c01862ebee10);
}

}  // namespace
}  // namespace two_layer_net
