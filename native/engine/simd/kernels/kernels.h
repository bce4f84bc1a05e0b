// The SIMD kernels for the skinny products of a step, compiled once for each SIMD target and chosen when the
// program runs. A kernel works on one unit of work (a group of rows, a panel of hidden units, a block of columns); who
// does which unit never changes a bit of the result.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "../../core/rows.h"
#include "../../step/update_rule.h"
#include "../packed_shape.h"

namespace two_layer_net {

// A net in the kernels' layout; also gradients, which are laid out alike.
template <class T>
struct PackedNet {
  T* W1;            // packed_shape.h
  T* b1_tiles;      // [group of hidden units][tile_size]: b1 repeated for each row of a tile
  T* W2;            // (H, score_stride)
  T* W2_transpose;  // (C, hidden_stride)
  T* b2;            // (score_stride)

  operator PackedNet<const T>() const { return {W1, b1_tiles, W2, W2_transpose, b2}; }
};

// The buffers of some rows on their way through the layers. n rows are in use.
template <class T>
struct PackedBatch {
  int n;
  const int32_t* labels;  // (n)
  T* X;                   // packed_shape.h; or, of rows that are bytes, null and
  uint8_t* bytes;         // [pair of vectors of columns][n, whole groups][column of the pair], as they came
  const T* mean;          // (D_padded), what bytes are centred by
  T* tiles;               // [slot][group of rows][group of hidden units][tile_size]: X · W1, in parts to be added
  int slots;              // of those parts
  int tile_groups;        // groups of rows in one slot
  T* hidden;              // (n, hidden_stride) after ReLU
  T* scores;              // (n, score_stride); dscores after softmax_backward
  T* dhidden;             // [panel of hidden units][n, whole groups][unit of the panel]
};

// Rows that will be gathered soon, and which bytes of them; they are prefetched during other work.
struct Ahead {
  const char* const* rows;
  int count;
  size_t begin, end;
};

// Σ W1² over one pair of vectors of columns, in double: where T's own sum of squares is beyond T, weights of 1e20 in
// float32 among them.
template <class T>
double sum_of_squares(const PackedShape& shape, int chunk, int column, const T* W1) {
  const int lanes = shape.tiles.lanes, w_rows = shape.tiles.w_rows;
  double sum = 0;
  for (int group = 0; group < shape.w_groups; group++) {
    const T* w = W1 + shape.w1_offset(chunk, group) + static_cast<size_t>(column) * w_rows;
    for (int i = 0; i < 2 * lanes * w_rows; i++) sum += static_cast<double>(w[i]) * w[i];
  }
  return sum;
}

// One SIMD target's kernels. No pointer is null.
template <class T>
struct Kernels {
  const char* target;  // as Highway names it
  Tiles tiles;

  // X of one group of rows in the columns of one chunk: rows[choice] − mean, missing rows of the last group and
  // missing columns of the last chunk are 0. out: the group's numbers in this chunk. If batch.bytes is not null, rows
  // of bytes are also copied there.
  void (*gather)(const PackedShape& shape, const PackedBatch<T>& batch, const Rows& rows, const Choice& choice,
                 int chunk, int x_group, T* out);

  // Tiles of X · W1 for one group of rows and `groups` groups of hidden units, summed over one chunk: the numbers of
  // the tiles are overwritten, or added to if `add`. x, w: the chunk's part of the first group; vectors: in that part.
  void (*forward)(const T* x, const T* w, int vectors, int groups, int rows, bool add, T* tiles);

  // One group of rows, its tiles complete: hidden and scores.
  void (*scores)(const PackedShape& shape, const PackedNet<const T>& net, const PackedBatch<T>& batch, int x_group);

  // The same group after that: its Σ −log p(label), dscores · scale and dhidden.
  double (*softmax_backward)(const PackedShape& shape, const PackedNet<const T>& net, const PackedBatch<T>& batch,
                             int x_group, T scale);

  // Multiplies and adds in registers, `rounds` times in several lanes; returns the total number.
  double (*multiply_adds)(int64_t rounds, T& result);
};

// The kernels of one update rule for one SIMD target. `state` points to the net, then to each of the rule's slots,
// which are laid out like the net.
template <class T>
struct SimdUpdate {
  // Updates one pair of vectors of columns of W1, from the chunk's `column` on, in all hidden units, with its gradient
  // Xᵀ · dhidden. Returns Σ W1² of them. `partial` is scratch memory for partial_size() numbers that no other thread
  // uses; a linear rule does not touch it.
  double (*apply_dW1)(const PackedShape& shape, const PackedBatch<T>& batch, int chunk, int column, const Ahead& ahead,
                      const UpdateInputs& inputs, const PackedNet<T>* state, T* partial);

  // Updates b1 and W2 of one panel of hidden units; panel 0 also b2.
  void (*apply_others)(const PackedShape& shape, const PackedBatch<T>& batch, int panel, const UpdateInputs& inputs,
                       const PackedNet<T>* state);
};

// The gradient of one pair of vectors of columns in all hidden units.
inline size_t partial_size(const PackedShape& shape) {
  return static_cast<size_t>(shape.panels) * shape.tiles.panel_units() * 2 * shape.tiles.lanes;
}

// The fastest kernels that this processor can run. Null if the package was built without Highway.
template <class T>
const Kernels<T>* simd_kernels();

// The targets that were compiled and that this processor can run, best first, as Highway names them. Undoes
// force_simd_target.
std::vector<std::string> simd_targets();

// Makes simd_kernels() return the kernels of that target; those of the best target for an empty name. Returns false if
// the processor or this build does not have the target. For tests and measurements; not while another thread uses
// kernels.
bool force_simd_target(const std::string& name);

}  // namespace two_layer_net
