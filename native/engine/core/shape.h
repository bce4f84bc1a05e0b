// The sizes of a net. The letters are the same in the whole project: N rows, D inputs per row, H hidden units,
// C classes. All matrices are row-major.
#pragma once

#include <cstddef>

namespace two_layer_net {

// No size of a net or a minibatch is larger, so that one that is rounded up to whole groups fits into an int.
inline constexpr int kMostSize = 1 << 30;

struct Shape {
  int D;  // inputs per row
  int H;  // hidden units
  int C;  // classes

  size_t w1_size() const { return static_cast<size_t>(D) * H; }
  size_t w2_size() const { return static_cast<size_t>(H) * C; }
  // The number of all parameters.
  size_t size() const { return w1_size() + H + w2_size() + C; }
};

}  // namespace two_layer_net
