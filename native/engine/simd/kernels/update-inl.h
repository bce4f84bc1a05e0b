// Computes the gradient of W1 and applies the update rule, for all hidden units and two vectors of columns at a time:
//
//   dW1 = Xᵀ · dhidden
//   W1  ← rule(W1, dW1, slots)
//
// The gradient is never stored as a whole. Large minibatches are processed in blocks of rows. A linear rule (SGD) is
// applied to each block's part of the gradient in turn. Other rules are applied once, to the complete gradient, after
// the parts have been added up in a buffer.
//
// Layout: W1, its slots and X are interleaved by vectors (packed_shape.h), and dhidden is stored in panels of hidden
// units. If the rows are kept as bytes, they are converted to X here (Unpack).
//
// Preconditions: softmax_backward is complete for all rows, missing rows of the last group have dhidden 0, `column` is
// the start of a pair of vectors, and all arrays are aligned to a vector.
//
// Cost: an inner step processes one row. It loads two vectors of X and one number of dhidden for each unit of the
// panel, with two multiply-adds per unit: 12 loads and 20 multiply-adds with 32 registers, 8 and 12 with 16. A block's
// part of X, two vectors per row and at most 28 KB, stays in the first-level cache for all panels. dhidden is read
// sequentially.

#if defined(TWO_LAYER_NET_UPDATE_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef TWO_LAYER_NET_UPDATE_INL_H_
#undef TWO_LAYER_NET_UPDATE_INL_H_
#else
#define TWO_LAYER_NET_UPDATE_INL_H_
#endif

#include <cmath>
#include <numeric>
#include <type_traits>

#include "gather-inl.h"
#include "small_updates-inl.h"
#include "target-inl.h"

HWY_BEFORE_NAMESPACE();
namespace two_layer_net {
namespace HWY_NAMESPACE {

// What a non-linear rule needs for one tile, in addition to the weights.
template <class Rule, class T>
struct TileState {
  T* slots[kAtLeastOne<Rule::kSlots>];  // the tile's numbers in each slot, laid out like the weights
  T* partial;                           // the sum of the blocks' gradients so far
  bool first, last;                     // whether this is the first or last block of rows
};
struct NoTileState {};
template <class Rule, class T>
using TileStateOf = std::conditional_t<Rule::kLinear, NoTileState, TileState<Rule, T>>;

// Applies `rule` to one vector of a tile: vector number `index`, which starts `offset` numbers after `w`. Returns the
// new weights, or 0 if the gradient is not complete yet.
template <class Rule, class T, class V>
HWY_INLINE V UpdateTileVector(const Rule& rule, V gradient, T* HWY_RESTRICT w, size_t offset, int index,
                              const TileStateOf<Rule, T>& state) {
  const hn::ScalableTag<T> d;
  T* at[1 + Rule::kSlots];
  at[0] = w + offset;
  if constexpr (!Rule::kLinear) {
    T* partial = state.partial + index * hn::MaxLanes(d);
    if (!state.first) gradient = hn::Add(hn::Load(d, partial), gradient);
    if (!state.last) {
      hn::Store(gradient, d, partial);
      return hn::Zero(d);
    }
    UNROLL_ALL for (int i = 0; i < Rule::kSlots; i++) at[1 + i] = state.slots[i] + offset;
  }
  return UpdateVector(rule, gradient, at);
}

// Updates one tile: kGroups groups of hidden units times two vectors. x points to the first of `groups` groups of rows,
// which are x_stride apart, and w to the first group of units, w_stride apart. dhidden is (rows, kGroups · w_rows).
// Returns `squares` plus the squares of the new weights.
template <class Rule, class T, int kGroups, class V>
HWY_NOINLINE V OuterTile(const T* HWY_RESTRICT x, size_t x_stride, int groups, const T* HWY_RESTRICT dhidden,
                         T* HWY_RESTRICT w, size_t w_stride, Rule rule, const TileStateOf<Rule, T> state, V squares) {
  const hn::ScalableTag<T> d;
  constexpr int L = hn::MaxLanes(d), kUnits = kGroups * kWRows;
  V sums[kUnits][2];
  UNROLL_ALL for (int h = 0; h < kUnits; h++) sums[h][0] = sums[h][1] = hn::Zero(d);
  // The weights are needed after all rows, which leaves time to fetch them.
  UNROLL_ALL for (int g = 0; g < kGroups; g++) {
    UNROLL_ALL for (size_t i = 0; i < 2 * kWRows * L * sizeof(T); i += kCacheLine) {
      __builtin_prefetch(reinterpret_cast<const char*>(w + g * w_stride) + i, 1, 3);
    }
  }
  for (int g = 0; g < groups; g++) {
    UNROLL_ALL for (int r = 0; r < kXRows; r++) {
      const V x0 = hn::Load(d, x + r * L), x1 = hn::Load(d, x + (kXRows + r) * L);
      UNROLL_ALL for (int h = 0; h < kUnits; h++) {
        const V unit = hn::Set(d, dhidden[r * kUnits + h]);
        sums[h][0] = hn::MulAdd(unit, x0, sums[h][0]);
        sums[h][1] = hn::MulAdd(unit, x1, sums[h][1]);
      }
    }
    x += x_stride;
    dhidden += kXRows * kUnits;
  }
  UNROLL_ALL for (int g = 0; g < kGroups; g++) {
    UNROLL_ALL for (int j = 0; j < 2; j++) {
      UNROLL_ALL for (int q = 0; q < kWRows; q++) {
        const V now = UpdateTileVector<Rule, T>(rule, sums[g * kWRows + q][j], w, g * w_stride + (j * kWRows + q) * L,
                                                (g * 2 + j) * kWRows + q, state);
        squares = hn::MulAdd(now, now, squares);
      }
    }
  }
  return squares;
}

// Called with a share of the rows for each panel, because a core can track only a limited number of requests.
HWY_INLINE void Prefetch(const Ahead& ahead, Range rows) {
  for (int r = rows.begin; r < rows.end; r++) PrefetchBytes(ahead.rows[r] + ahead.begin, ahead.end - ahead.begin);
}

// The state of one panel's tile, `offset` numbers after the start of W1, in block `block` of `blocks` blocks of rows.
template <class Rule, class T>
HWY_INLINE TileStateOf<Rule, T> TileStateAt(const PackedNet<T>* state, size_t offset, T* partial, int panel,
                                            int block, int blocks) {
  if constexpr (Rule::kLinear) {
    return {};
  } else {
    constexpr size_t kPartial = 2 * kPanelGroups * kWRows * hn::MaxLanes(hn::ScalableTag<T>());
    TileState<Rule, T> at{{}, partial + panel * kPartial, block == 0, block == blocks - 1};
    for (int i = 0; i < Rule::kSlots; i++) at.slots[i] = state[1 + i].W1 + offset;
    return at;
  }
}

template <class Rule, class T>
double ApplyDW1(const PackedShape& shape, const PackedBatch<T>& batch, int chunk, int column, const Ahead& ahead,
                const UpdateInputs& inputs, const PackedNet<T>* state, T* partial) {
  const hn::ScalableTag<T> d;
  constexpr int L = hn::MaxLanes(d), kUnits = kPanelGroups * kWRows;
  constexpr size_t kBlockBytes = 28 * 1024, kGroupBytes = 2 * kXRows * L * sizeof(T);
  constexpr int kBlockGroups = static_cast<int>(kBlockBytes / kGroupBytes);
  static_assert(kPanelGroups == 2);
  Rule rule(inputs);
  const int columns = shape.chunks[chunk].size(), x_groups = shape.x_groups(batch.n);
  const size_t w_stride = static_cast<size_t>(kWRows) * columns;
  const size_t first = shape.w1_offset(chunk, 0) + static_cast<size_t>(column) * kWRows;
  const int blocks = (x_groups + kBlockGroups - 1) / kBlockGroups;
  HWY_ALIGN T unpacked[kBlockGroups * kGroupBytes / sizeof(T)];
  auto squares = hn::Zero(d);
  for (int block = 0; block < blocks; block++) {
    const Range part = part_of(x_groups, block, blocks);
    const int begin = part.begin, groups = part.size();
    const T* x = unpacked;
    size_t x_stride = 2 * kXRows * L;
    if (batch.bytes) {
      Unpack(batch.bytes + shape.bytes_offset(chunk, column, x_groups) + static_cast<size_t>(begin) * kXRows * 2 * L,
             groups, batch.mean + shape.chunks[chunk].begin + column, unpacked);
    } else {
      x_stride = static_cast<size_t>(kXRows) * columns;
      x = batch.X + shape.x_offset(chunk, begin, x_groups) + static_cast<size_t>(column) * kXRows;
    }
    squares = hn::Zero(d);  // only the last block produces the final weights
    for (int panel = 0; panel < shape.panels; panel++) {
      const T* dhidden = batch.dhidden + static_cast<size_t>(panel) * kUnits * x_groups * kXRows;
      if (block == 0) Prefetch(ahead, part_of(ahead.count, panel, shape.panels));
      const size_t offset = first + panel * kPanelGroups * w_stride;
      T* to = state[0].W1 + offset;
      const auto at = TileStateAt<Rule, T>(state, offset, partial, panel, block, blocks);
      if (shape.w_groups - panel * kPanelGroups >= kPanelGroups) {
        squares = OuterTile<Rule, T, 2>(x, x_stride, groups, dhidden + begin * kXRows * kUnits, to, w_stride, rule, at,
                                        squares);
      } else {
        squares = OuterTile<Rule, T, 1>(x, x_stride, groups, dhidden + begin * kXRows * kWRows, to, w_stride, rule, at,
                                        squares);
      }
    }
    if constexpr (Rule::kLinear) rule.keep = 1;  // the first block has already decayed the weights
  }
  HWY_ALIGN T lanes[L];
  hn::Store(squares, d, lanes);
  const double sum = std::accumulate(lanes, lanes + L, 0.0);
  return std::isfinite(sum) ? sum : sum_of_squares(shape, chunk, column, state[0].W1);
}

// The kernels of one rule for this target.
template <class Rule, class T>
const SimdUpdate<T>* UpdateOf() {
  static constexpr SimdUpdate<T> update = {.apply_dW1 = ApplyDW1<Rule, T>, .apply_others = ApplyOthers<Rule, T>};
  return &update;
}

}  // namespace HWY_NAMESPACE
}  // namespace two_layer_net
HWY_AFTER_NAMESPACE();

#endif  // TWO_LAYER_NET_UPDATE_INL_H_
