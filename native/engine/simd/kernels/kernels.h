// The SIMD kernels for the skinny products of a step. They are compiled once for each SIMD target, and the target is
// selected when the program runs. A kernel processes one unit of work (a group of rows, a panel of hidden units, a
// block of columns). Which thread processes which unit never changes a bit of the result.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "../../core/rows.h"
#include "../../step/update_rule.h"
#include "../packed_shape.h"

namespace two_layer_net {

// A net in the kernels' layout, or other arrays with this layout (gradients, slots).
template <class T>
struct PackedNet {
  T* W1;            // packed_shape.h
  T* b1_tiles;      // [group of hidden units][tile_size]: b1 repeated for each row of a tile
  T* W2;            // (H, score_stride)
  T* W2_transpose;  // (C, hidden_stride)
  T* b2;            // (score_stride)

  operator PackedNet<const T>() const { return {W1, b1_tiles, W2, W2_transpose, b2}; }
};

// The buffers for n rows on their way through the layers.
template <class T>
struct PackedBatch {
  int n;
  const int32_t* labels;  // (n)
  const T* weights;       // (n), how much each row counts in the loss
  // The rows, kept for the update: [pair of vectors of columns][n][column of the pair]. One of the two is not null,
  // except in inference, which keeps nothing.
  T* X;                   // minus their mean
  uint8_t* bytes;         // unchanged
  const T* mean;          // (D_padded), subtracted from the bytes
  // X · W1 is the sum of the parts: [part][group of rows][group of hidden units][tile_size], or, with rows in lanes,
  // [part][panel of rows][hidden unit][row of the panel].
  T* tiles;
  int parts;              // of the sum over D: each covers some chunks of columns
  int tile_groups;        // groups or panels of rows in one part
  T* hidden;              // (n, hidden_stride) after ReLU
  T* scores;              // (n, score_stride); dscores after softmax_backward
  T* dhidden;             // [panel of hidden units][n, whole groups][unit of the panel]
};

// Rows that will be gathered soon: bytes begin … end − 1 of each are prefetched during other work.
struct Ahead {
  const char* const* rows;
  int count;
  size_t begin, end;
};

// One unit of work of the update: up to PackedShape::update_pairs pairs of vectors of columns in one chunk.
struct UpdateUnit {
  int chunk;
  Range columns;  // from the chunk's first
};

// Σ W1² over one unit, in double. Used if the sum exceeds the range of T, for example with float32 weights of 1e20.
template <class T>
double sum_of_squares(const PackedShape& shape, const UpdateUnit& unit, const T* W1) {
  const int w_rows = shape.tiles.w_rows;
  double sum = 0;
  for (int group = 0; group < shape.w_groups; group++) {
    const T* w = W1 + shape.w1_offset(unit.chunk, group) + static_cast<size_t>(unit.columns.begin) * w_rows;
    for (int i = 0; i < unit.columns.size() * w_rows; i++) sum += static_cast<double>(w[i]) * w[i];
  }
  return sum;
}

// One thread's memory for an update.
template <class T>
struct UpdateScratch {
  T* x;        // update_rows rows of two vectors; not used if the rows are kept as numbers
  T* partial;  // sums of gradients of a unit, for all hidden units; not used by linear rules
};

// What the backward pass depends on besides the minibatch.
template <class T>
struct HeadInputs {
  T scale;            // 1 / Σ weights of the whole batch
  T label_smoothing;  // Pass::label_smoothing
  T hidden_scale;     // what dropout has multiplied the units that are kept by; 1 without
};

// One SIMD target's kernels. No pointer is null.
template <class T>
struct Kernels {
  const char* target;  // as Highway names it
  Tiles tiles;

  // Copies one vector of columns of W1 (D, H) into the packed W1, starting at `column` of the chunk. Padding becomes 0.
  void (*pack_W1)(const PackedShape& shape, const T* W1, int chunk, int column, T* packed);
  // The reverse, without the padding; added to W1 if `add`.
  void (*unpack_W1)(const PackedShape& shape, const T* packed, int chunk, int column, bool add, T* W1);

  // out ← rows[choice] − mean, the part of X in one group of rows and one chunk of columns. Missing rows of the last
  // group and missing columns of the last chunk are 0. The rows are also kept, if the batch has memory for them.
  void (*gather)(const PackedShape& shape, const PackedBatch<T>& batch, const Rows& rows, const Choice& choice,
                 int chunk, int x_group, T* out);

  // tiles ← X · W1 over one chunk, for one group of rows and `groups` groups of hidden units; added to the tiles if
  // `add`. x is the group's part of the chunk and w the first unit group's; each row of them has `vectors` vectors.
  void (*forward)(const T* x, const T* w, int vectors, int groups, int rows, bool add, T* tiles);

  // Computes hidden of one group of rows, whose tiles are complete.
  void (*hidden)(const PackedShape& shape, const PackedNet<const T>& net, const PackedBatch<T>& batch, int x_group);

  // The same three for shapes with rows in lanes: one panel of rows (two vectors) in place of a group. out is
  // [column][row of the panel], and tiles are [hidden unit][row of the panel].
  void (*gather_panel)(const PackedShape& shape, const PackedBatch<T>& batch, const Rows& rows, const Choice& choice,
                       int chunk, int panel, T* out);
  void (*forward_panel)(const T* x, const T* w, int columns, int groups, int rows, bool add, T* tiles);
  void (*hidden_of_panel)(const PackedShape& shape, const PackedNet<const T>& net, const PackedBatch<T>& batch,
                          int panel);

  // Computes the scores of one group of rows, whose hidden is complete.
  void (*scores)(const PackedShape& shape, const PackedNet<const T>& net, const PackedBatch<T>& batch, int x_group);

  // After `scores` for the same group: computes dscores (times scale and weight) and dhidden. Returns Σ weight · loss.
  double (*softmax_backward)(const PackedShape& shape, const PackedNet<const T>& net, const PackedBatch<T>& batch,
                             int x_group, const HeadInputs<T>& inputs);

  // Repeats multiply-adds in registers for `rounds` rounds. Returns how many it did, counting each lane.
  double (*multiply_adds)(int64_t rounds, T& result);
};

// The kernels of one update rule for one SIMD target. state[0] is the net; state[1 + i] is slot i of the rule, in the
// same layout.
template <class T>
struct SimdUpdate {
  // Updates one unit's columns of W1, for all hidden units, with the gradient Xᵀ · dhidden. Returns Σ W1² of these
  // weights.
  double (*apply_dW1)(const PackedShape& shape, const PackedBatch<T>& batch, const UpdateUnit& unit, const Ahead& ahead,
                      const UpdateInputs& inputs, const PackedNet<T>* state, const UpdateScratch<T>& scratch);

  // Updates b1 and W2 for one panel of hidden units. Panel 0 also updates b2.
  void (*apply_others)(const PackedShape& shape, const PackedBatch<T>& batch, int panel, const UpdateInputs& inputs,
                       const PackedNet<T>* state);

  // The same two with `factor` times a gradient that is stored, in the layout of a net.
  double (*apply_stored_dW1)(const PackedShape& shape, const PackedNet<const T>& gradient, T factor,
                             const UpdateUnit& unit, const UpdateInputs& inputs, const PackedNet<T>* state);
  void (*apply_stored_others)(const PackedShape& shape, const PackedNet<const T>& gradient, T factor, int panel,
                              const UpdateInputs& inputs, const PackedNet<T>* state);
};

// The fastest kernels that this processor supports. Null if the package was built without Highway.
template <class T>
const Kernels<T>* simd_kernels();

// The compiled targets that this processor supports, best first, as Highway names them. Cancels force_simd_target.
std::vector<std::string> simd_targets();

// Makes simd_kernels() return the kernels of the named target, or of the best target if the name is empty. Returns
// false if this build or processor does not support the target. For tests and measurements. Must not be called while
// another thread uses kernels.
bool force_simd_target(const std::string& name);

}  // namespace two_layer_net
