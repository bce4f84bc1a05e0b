#include "forward_form.h"

namespace two_layer_net {

// Measured with D 3072, N 200 on Zen 4 (bench/README.md, "Which form of the forward product"). Dot products read W1
// from the second-level cache for every group of rows, and with the small tiles of 16 registers at a rate that leaves
// no room for a slower cache. Rows in lanes must be transposed first, which only many hidden units pay for.
Forward forward_form(const Shape& shape, const Tiles& tiles, int n) {
  const bool small_tiles = tiles.x_rows * tiles.w_rows < 16;
  const int least_units = small_tiles ? 48 : 96;
  return shape.H >= least_units && n >= tiles.lanes ? Forward::kOuter : Forward::kDot;
}

}  // namespace two_layer_net
