// Computes the gradients of the small parameters and applies the update rule, one panel of hidden units at a time:
//
//   dW2 (H, C) = hiddenᵀ · dscores
//   db1 (H)    = Σ_n dhidden
//   db2 (C)    = Σ_n dscores
//
// Layout: lanes run over C, or over the units of a panel for b1. W2 has a transposed copy and b1 a copy for each row of
// a tile (PackedNet); both are updated too.
//
// Preconditions: softmax_backward is complete for all rows, and all arrays are aligned to a vector.
//
// Cost: an inner step of dW2 takes one row; it loads one vector of dscores and one number of hidden for each unit of
// the panel (10 or 6), for as many multiply-adds. The biases need one load and one addition per vector.

#if defined(TWO_LAYER_NET_SMALL_UPDATES_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef TWO_LAYER_NET_SMALL_UPDATES_INL_H_
#undef TWO_LAYER_NET_SMALL_UPDATES_INL_H_
#else
#define TWO_LAYER_NET_SMALL_UPDATES_INL_H_
#endif

#include <algorithm>
#include <cmath>

#include "target-inl.h"

HWY_BEFORE_NAMESPACE();
namespace two_layer_net {
namespace HWY_NAMESPACE {

// The operations of update rules on a single number, compiled for this target.
template <class T>
struct ScalarOps {
  using V = T;
  HWY_INLINE V set(T value) const { return value; }
  HWY_INLINE V add(V a, V b) const { return a + b; }
  HWY_INLINE V sub(V a, V b) const { return a - b; }
  HWY_INLINE V mul(V a, V b) const { return a * b; }
  HWY_INLINE V div(V a, V b) const { return a / b; }
  HWY_INLINE V sqrt(V a) const { return std::sqrt(a); }
  HWY_INLINE V mul_add(V a, V b, V c) const { return a * b + c; }
  HWY_INLINE V neg_mul_add(V a, V b, V c) const { return c - a * b; }
};

// The length of an array with kCount elements, because C++ has no empty arrays.
template <int kCount>
constexpr int kAtLeastOne = kCount > 0 ? kCount : 1;

// Applies `rule` to one vector of weights. at[0] points to the weights, at[1 + i] to the numbers of slot i. Returns the
// new weights.
template <class Rule, class T, class V>
HWY_INLINE V UpdateVector(const Rule& rule, V gradient, T* const* at) {
  const hn::ScalableTag<T> d;
  V slots[kAtLeastOne<Rule::kSlots>];
  UNROLL_ALL for (int i = 0; i < Rule::kSlots; i++) slots[i] = hn::Load(d, at[1 + i]);
  const V now = rule.template apply<true>(VectorOps<T>(), hn::Load(d, at[0]), gradient, slots);
  UNROLL_ALL for (int i = 0; i < Rule::kSlots; i++) hn::Store(slots[i], d, at[1 + i]);
  hn::Store(now, d, at[0]);
  return now;
}

// One vector of W2's rows, `offset` numbers after their start.
template <class Rule, class T, class V>
HWY_INLINE void UpdateVectorOfW2(const Rule& rule, V gradient, size_t offset, const PackedNet<T>* state) {
  T* at[1 + Rule::kSlots];
  UNROLL_ALL for (int i = 0; i <= Rule::kSlots; i++) at[i] = state[i].W2 + offset;
  UpdateVector(rule, gradient, at);
}

// Copies rows of W2 into its transpose.
template <class T>
HWY_INLINE void TransposeW2(const PackedShape& shape, Range units, const PackedNet<T>& net) {
  for (int h = units.begin; h < units.end; h++) {
    const T* row = net.W2 + static_cast<size_t>(h) * shape.score_stride;
    for (int c = 0; c < shape.shape.C; c++) net.W2_transpose[static_cast<size_t>(c) * shape.hidden_stride + h] = row[c];
  }
}

// Updates W2 for one panel of hidden units, which starts at unit `first`.
template <class Rule, class T>
HWY_INLINE void UpdateW2(const PackedShape& shape, const PackedBatch<T>& batch, int first, const Rule& rule,
                         const PackedNet<T>* state) {
  const hn::ScalableTag<T> d;
  using V = hn::Vec<decltype(d)>;
  constexpr int L = hn::MaxLanes(d), kUnits = kPanelGroups * kWRows;
  const int units = std::min(kUnits, shape.shape.H - first);
  for (int j = 0; j < shape.score_stride; j += L) {
    V sums[kUnits];
    UNROLL_ALL for (int q = 0; q < kUnits; q++) sums[q] = hn::Zero(d);
    const T* hidden = batch.hidden + first;  // a row has room for a whole panel
    const T* scores = batch.scores + j;
    for (int n = 0; n < batch.n; n++) {
      const V dscores = hn::Load(d, scores);
      UNROLL_ALL for (int q = 0; q < kUnits; q++) sums[q] = hn::MulAdd(hn::Set(d, hidden[q]), dscores, sums[q]);
      hidden += shape.hidden_stride;
      scores += shape.score_stride;
    }
    for (int q = 0; q < units; q++) {
      UpdateVectorOfW2(rule, sums[q], static_cast<size_t>(first + q) * shape.score_stride + j, state);
    }
  }
  TransposeW2(shape, {first, first + units}, state[0]);
}

// Updates `count` biases. at[0] points to them, at[1 + i] to the numbers of slot i.
template <class Rule, class T>
HWY_INLINE void ApplyToBiases(const T* gradient, int count, const Rule& rule, T* const* at) {
  for (int j = 0; j < count; j++) {
    T slots[kAtLeastOne<Rule::kSlots>];
    for (int slot = 0; slot < Rule::kSlots; slot++) slots[slot] = at[1 + slot][j];
    at[0][j] = rule.template apply<false>(ScalarOps<T>(), at[0][j], gradient[j], slots);
    for (int slot = 0; slot < Rule::kSlots; slot++) at[1 + slot][j] = slots[slot];
  }
}

// Updates `count` biases; the gradient of bias i is the sum of from[row · stride + i] over `rows` rows. at[0] points to
// the biases, at[1 + i] to the numbers of slot i. Reads whole vectors of `from`.
template <class Rule, class T>
HWY_INLINE void UpdateBiases(const T* HWY_RESTRICT from, int rows, int stride, int count, const Rule& rule,
                             T* const* at) {
  const hn::ScalableTag<T> d;
  constexpr int L = hn::MaxLanes(d);
  for (int i = 0; i < count; i += L) {
    auto even = hn::Zero(d), odd = hn::Zero(d);
    int n = 0;
    for (; n + 2 <= rows; n += 2) {
      even = hn::Add(even, hn::LoadU(d, from + static_cast<size_t>(n) * stride + i));
      odd = hn::Add(odd, hn::LoadU(d, from + static_cast<size_t>(n + 1) * stride + i));
    }
    if (n < rows) even = hn::Add(even, hn::LoadU(d, from + static_cast<size_t>(n) * stride + i));
    HWY_ALIGN T sums[L];
    hn::Store(hn::Add(even, odd), d, sums);
    T* own[1 + Rule::kSlots];
    for (int s = 0; s <= Rule::kSlots; s++) own[s] = at[s] + i;
    ApplyToBiases(sums, std::min(count - i, L), rule, own);
  }
}

// Updates b1 for one panel by update(at): the copy in the first row of each tile, which is then copied to the tile's
// other rows.
template <class Rule, class T, class Update>
HWY_INLINE void UpdateB1(const PackedShape& shape, int panel, int units, const PackedNet<T>* state,
                         const Update& update) {
  constexpr int kUnits = kPanelGroups * kWRows;
  const int tile_size = shape.tiles.tile_size();
  const size_t first_tile = static_cast<size_t>(panel) * kPanelGroups * tile_size;
  T values[1 + Rule::kSlots][kUnits];
  T* at[1 + Rule::kSlots];
  for (int s = 0; s <= Rule::kSlots; s++) {
    at[s] = values[s];
    const T* tiles = state[s].b1_tiles + first_tile;
    for (int i = 0; i < units; i++) values[s][i] = tiles[i / kWRows * tile_size + i % kWRows];
  }
  update(at);
  for (int s = 0; s <= Rule::kSlots; s++) {
    T* tiles = state[s].b1_tiles + first_tile;
    for (int i = 0; i < units; i++) {
      for (int r = 0; r < kXRows; r++) tiles[i / kWRows * tile_size + r * kWRows + i % kWRows] = values[s][i];
    }
  }
}

template <class Rule, class T>
void ApplyOthers(const PackedShape& shape, const PackedBatch<T>& batch, int panel, const UpdateInputs& inputs,
                 const PackedNet<T>* state) {
  constexpr int kUnits = kPanelGroups * kWRows;
  const Rule rule(inputs);
  const int first = panel * kUnits, units = std::min(kUnits, shape.w_groups * kWRows - first);
  const size_t all_rows = static_cast<size_t>(shape.x_groups(batch.n)) * kXRows;
  UpdateW2(shape, batch, first, rule, state);
  UpdateB1<Rule>(shape, panel, units, state, [&](T* const* at) {
    UpdateBiases(batch.dhidden + first * all_rows, batch.n, units, units, rule, at);
  });
  if (panel != 0) return;
  T* b2[1 + Rule::kSlots];
  for (int s = 0; s <= Rule::kSlots; s++) b2[s] = state[s].b2;
  UpdateBiases(batch.scores, batch.n, shape.score_stride, shape.shape.C, rule, b2);
}

// The same with a gradient that is stored.
template <class Rule, class T>
void ApplyStoredOthers(const PackedShape& shape, const PackedNet<const T>& gradient, T factor, int panel,
                       const UpdateInputs& inputs, const PackedNet<T>* state) {
  const hn::ScalableTag<T> d;
  constexpr int L = hn::MaxLanes(d), kUnits = kPanelGroups * kWRows;
  const Rule rule(inputs);
  const int first = panel * kUnits, units = std::min(kUnits, shape.w_groups * kWRows - first);
  const Range rows{first, std::min(first + kUnits, shape.shape.H)};
  for (size_t i = static_cast<size_t>(rows.begin) * shape.score_stride;
       i < static_cast<size_t>(rows.end) * shape.score_stride; i += L) {
    UpdateVectorOfW2(rule, hn::Mul(hn::Set(d, factor), hn::Load(d, gradient.W2 + i)), i, state);
  }
  TransposeW2(shape, rows, state[0]);
  const auto update_biases = [&](const auto& from, int count, T* const* at) {
    for (int i = 0; i < count; i++) {
      const T scaled = factor * from(i);
      T* own[1 + Rule::kSlots];
      for (int s = 0; s <= Rule::kSlots; s++) own[s] = at[s] + i;
      ApplyToBiases(&scaled, 1, rule, own);
    }
  };
  UpdateB1<Rule>(shape, panel, units, state, [&](T* const* at) {
    const T* tiles = gradient.b1_tiles + static_cast<size_t>(panel) * kPanelGroups * shape.tiles.tile_size();
    update_biases([&](int i) { return tiles[i / kWRows * shape.tiles.tile_size() + i % kWRows]; }, units, at);
  });
  if (panel != 0) return;
  T* b2[1 + Rule::kSlots];
  for (int s = 0; s <= Rule::kSlots; s++) b2[s] = state[s].b2;
  update_biases([&](int c) { return gradient.b2[c]; }, shape.shape.C, b2);
}

}  // namespace HWY_NAMESPACE
}  // namespace two_layer_net
HWY_AFTER_NAMESPACE();

#endif  // TWO_LAYER_NET_SMALL_UPDATES_INL_H_
