// Sizes and offsets near the largest ones are right, and overflow nothing, which the sanitizers look for.
#include "../../../../native/engine/simd/packed_shape.h"

#include <gtest/gtest.h>

namespace two_layer_net {
namespace {

constexpr Tiles kTiles{.lanes = 16, .x_rows = 5, .w_rows = 5, .panel_groups = 2};
constexpr size_t kMost = kMostSize;

size_t whole(size_t size, size_t multiple) { return (size + multiple - 1) / multiple * multiple; }

class LargeShapes : public testing::TestWithParam<Forward> {};

TEST_P(LargeShapes, HaveRightSizes) {
  for (const Shape& shape : {Shape{kMostSize, 3, 2}, Shape{3, kMostSize, 2}, Shape{2, 3, kMostSize}}) {
    const PackedShape packed(shape, kTiles, sizeof(float), GetParam());
    const size_t D = whole(shape.D, 32), H = whole(shape.H, 5);
    EXPECT_EQ(packed.D_padded(), D);
    EXPECT_EQ(packed.w1_size(), D * H);
    EXPECT_GE(packed.hidden_stride, H);
    EXPECT_EQ(packed.score_stride, whole(shape.C, 16));
    const int last = static_cast<int>(packed.chunks.size()) - 1;
    EXPECT_EQ(packed.w1_offset(last, packed.w_groups - 1), D * H - static_cast<size_t>(packed.chunks[last].size()) * 5);
    EXPECT_EQ(packed.w_blocks.back().end, packed.w_groups);
    EXPECT_EQ(packed.panel_blocks.back().end, packed.panels);
  }
}

TEST_P(LargeShapes, HaveRoomForLargeMinibatches) {
  const PackedShape packed({1 << 20, 1 << 20, 1 << 20}, kTiles, sizeof(float), GetParam());
  EXPECT_GE(packed.tiles_size(kMostSize), kMost << 20);
  EXPECT_GE(packed.hidden_size(kMostSize), kMost << 20);
  const int groups = packed.x_groups(kMostSize), last = static_cast<int>(packed.chunks.size()) - 1;
  EXPECT_EQ(groups, (kMost + 4) / 5);
  EXPECT_EQ(packed.x_offset(last, groups - 1, groups) + static_cast<size_t>(packed.chunks[last].size()) * 5,
            (size_t{1} << 20) * static_cast<size_t>(groups) * 5);
}

INSTANTIATE_TEST_SUITE_P(Forms, LargeShapes, testing::Values(Forward::kDot, Forward::kOuter));

}  // namespace
}  // namespace two_layer_net
