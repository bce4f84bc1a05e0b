#include "../../../../native/engine/core/ranges.h"

#include <gtest/gtest.h>

#include <climits>

#include "../../../../native/engine/core/shape.h"

namespace two_layer_net {
namespace {

TEST(Cut, ReturnsPiecesThatCoverTheWholeInOrder) {
  for (int total : {0, 1, 49, 50, 51, 100, 101}) {
    int end = 0;
    for (const Range piece : cut(total, 50)) {
      EXPECT_EQ(piece.begin, end);
      EXPECT_TRUE(piece.size() == 50 || piece.end == total);
      EXPECT_GT(piece.size(), 0);
      end = piece.end;
    }
    EXPECT_EQ(end, total);
  }
}

// A data set of two billion rows of one byte fits in memory.
TEST(Cut, WorksUpToTheLargestInt) {
  const std::vector<Range> pieces = cut(INT_MAX, 1 << 20);
  ASSERT_EQ(pieces.size(), 2048u);
  EXPECT_EQ(pieces.back().begin, INT_MAX - (1 << 20) + 1);
  EXPECT_EQ(pieces.back().end, INT_MAX);
}

TEST(Shape, CountsWeightsBeyondTheRangeOfAnInt) {
  EXPECT_EQ((Shape{100000, 50000, 60000}.w1_size()), 5000000000u);
  EXPECT_EQ((Shape{100000, 50000, 60000}.w2_size()), 3000000000u);
}

}  // namespace
}  // namespace two_layer_net
