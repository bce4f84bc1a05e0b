// The two large products of a float32 step with bfloat16 factors and float32 sums, on processors with AVX512-BF16: one
// instruction multiplies 32 pairs and adds them in twos (Intel 64 and IA-32 Architectures Software Developer's Manual,
// VDPBF16PS). Weights stay in float32; a copy of W1 and dhidden are rounded. Bytes are exact in bfloat16 and are
// therefore not centred: x · w − mean · w is computed from two dot products, and so is the gradient.
//
// The layouts are those of packed_shape.h with 32 numbers to a vector, so two lanes of theirs to one of 16. The tiles
// are those of the float32 kernels with 16 lanes, which do the rest of the step.
#pragma once

#include <cstdint>

#include "../../core/rows.h"
#include "../kernels/kernels.h"
#include "../packed_shape.h"

namespace two_layer_net {

// A bfloat16 number: the upper half of a float32.
using Bfloat16 = uint16_t;

// Whether this build has these kernels and this processor supports them.
bool has_bfloat16();

// out ← the part of X in one group of rows and one chunk of columns: bytes unchanged, other numbers minus their mean
// and rounded. Missing rows and columns are 0. mean is (D_padded).
void gather_bfloat16(const PackedShape& shape, const Rows& rows, const Choice& choice, int chunk, int x_group,
                     const float* mean, Bfloat16* out);

// Writes one group in the columns of one chunk, whose first kMeanRows rows add up to the mean exactly.
constexpr int kMeanRows = 3;
void split_mean_bfloat16(const PackedShape& shape, int chunk, const float* mean, Bfloat16* out);

// W1's numbers of one group of hidden units in one chunk, rounded.
void round_bfloat16(const PackedShape& shape, int chunk, const float* w, Bfloat16* out);

// Like Kernels::forward. `columns` is the size of the chunk.
void forward_bfloat16(const Bfloat16* x, const Bfloat16* w, int columns, int groups, int rows, bool add, float* tiles);

// One panel of dhidden, rounded, as pairs of rows (n, n + 1) for each hidden unit, and the sum of each unit's rounded
// numbers. pairs: [pair of rows][unit of the panel][row of the pair].
void pair_dhidden_bfloat16(const PackedShape& shape, const PackedBatch<float>& batch, int panel, Bfloat16* pairs,
                           float* sums);

// The inputs of W1's update.
struct Bfloat16Batch {
  int n;
  const Bfloat16* X;      // as gather_bfloat16 writes it, x_groups + 1 groups in each chunk
  const Bfloat16* pairs;  // of dhidden, panel after panel
  const float* sums;      // (H, whole panels)
  const float* mean;      // (D_padded), subtracted from X in the product; null if X is centred
};

// One rule's update of W1.
struct Bfloat16Update {
  // Like SimdUpdate::apply_dW1 for a unit of one pair of vectors; also writes the rounded new weights.
  double (*apply_dW1)(const PackedShape& shape, const Bfloat16Batch& batch, const UpdateUnit& unit, const Ahead& ahead,
                      const UpdateInputs& inputs, const PackedNet<float>* state, float* partial, Bfloat16* W1_rounded);

  // Like SimdUpdate::apply_stored_dW1, for the same.
  double (*apply_stored_dW1)(const PackedShape& shape, const float* gradient, float factor, const UpdateUnit& unit,
                             const UpdateInputs& inputs, const PackedNet<float>* state, Bfloat16* W1_rounded);
};

// Like Kernels::multiply_adds, with bfloat16 factors.
double multiply_adds_bfloat16(int64_t rounds, float& result);

}  // namespace two_layer_net
