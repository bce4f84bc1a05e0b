// Computes the gradient of W1 and applies the update rule, for all hidden units and two vectors of columns at a time:
//
//   dW1 = Xᵀ · dhidden
//   W1  ← rule(W1, dW1, slots)
//
// The gradient is never stored as a whole. Large minibatches are processed in blocks of rows. A linear rule (SGD) is
// applied to each block's part of the gradient in turn. Other rules are applied once, to the complete gradient, after
// the parts have been added up in a buffer.
//
// Layout: W1 and its slots are interleaved by vectors (packed_shape.h), the rows are kept by pairs of vectors of
// columns (PackedBatch), and dhidden is stored in panels of hidden units. Rows that are kept as bytes are converted
// here.
//
// Preconditions: softmax_backward is complete for all rows, missing rows of the last group have dhidden 0, `column` is
// the start of a pair of vectors, and all arrays are aligned to a vector.
//
// Cost: an inner step processes one row. It loads two vectors of X and one number of dhidden for each unit of the
// panel, with two multiply-adds per unit: 12 loads and 20 multiply-adds with 32 registers, 8 and 12 with 16. A block's
// part of X, two vectors per row, stays in the first-level cache for a block of panels. Their part of dhidden stays in
// the second-level cache for all pairs of vectors of the unit of work, and their weights for all blocks of rows.

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

// Where a tile's rows of two vectors come from.
//
// Numbers, in memory.
template <class T>
struct NumbersOfTile {
  const T* x;  // (rows, 2 vectors)

  template <class V>
  HWY_INLINE void Next(V& x0, V& x1) {
    const hn::ScalableTag<T> d;
    x0 = hn::Load(d, x);
    x1 = hn::Load(d, x + hn::MaxLanes(d));
    x += 2 * hn::MaxLanes(d);
  }
};

// Bytes, which are converted and centred, and stored as numbers for the next tiles. A tile is limited by its
// multiply-adds, so that this costs much less than a pass of its own.
template <class T>
struct BytesOfTile {
  const uint8_t* bytes;  // (rows, 2 vectors)
  const T* mean;         // (2 vectors)
  T* x;                  // (rows, 2 vectors)

  template <class V>
  HWY_INLINE void Next(V& x0, V& x1) {
    const hn::ScalableTag<T> d;
    constexpr int L = hn::MaxLanes(d);
    x0 = hn::Sub(Convert(d, bytes), hn::Load(d, mean));
    x1 = hn::Sub(Convert(d, bytes + L), hn::Load(d, mean + L));
    hn::Store(x0, d, x);
    hn::Store(x1, d, x + L);
    bytes += 2 * L;
    x += 2 * L;
  }
};

// Updates one tile: kGroups groups of hidden units times two vectors. dhidden is (rows, kGroups · w_rows). w points to
// the first group of units; the next one is w_stride after it. Returns `squares` plus the squares of the new weights.
template <class Rule, class T, int kGroups, class Source, class V>
HWY_NOINLINE V OuterTile(Source source, int rows, const T* HWY_RESTRICT dhidden, T* HWY_RESTRICT w, size_t w_stride,
                         Rule rule, const TileStateOf<Rule, T> state, V squares) {
  const hn::ScalableTag<T> d;
  constexpr int L = hn::MaxLanes(d), kUnits = kGroups * kWRows;
  V sums[kUnits][2];
  UNROLL_ALL for (int h = 0; h < kUnits; h++) sums[h][0] = sums[h][1] = hn::Zero(d);
  // The weights, and the rule's slots, are needed after all rows, which leaves time to fetch them.
  const auto prefetch = [&](const T* tile) {
    UNROLL_ALL for (int g = 0; g < kGroups; g++) {
      UNROLL_ALL for (size_t i = 0; i < 2 * kWRows * L * sizeof(T); i += kCacheLine) {
        __builtin_prefetch(reinterpret_cast<const char*>(tile + g * w_stride) + i, 1, 3);
      }
    }
  };
  prefetch(w);
  if constexpr (!Rule::kLinear) {
    if (state.last) UNROLL_ALL for (int i = 0; i < Rule::kSlots; i++) prefetch(state.slots[i]);
  }
  for (int n = 0; n < rows; n++, dhidden += kUnits) {
    V x0, x1;
    source.Next(x0, x1);
    UNROLL_ALL for (int h = 0; h < kUnits; h++) {
      const V unit = hn::Set(d, dhidden[h]);
      sums[h][0] = hn::MulAdd(unit, x0, sums[h][0]);
      sums[h][1] = hn::MulAdd(unit, x1, sums[h][1]);
    }
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

// The state of one panel's tile, `offset` numbers after the start of W1. `partial` is the tile's.
template <class Rule, class T>
HWY_INLINE TileStateOf<Rule, T> TileStateAt(const PackedNet<T>* state, size_t offset, T* partial, bool first,
                                            bool last) {
  if constexpr (Rule::kLinear) {
    return {};
  } else {
    TileState<Rule, T> at{{}, partial, first, last};
    for (int i = 0; i < Rule::kSlots; i++) at.slots[i] = state[1 + i].W1 + offset;
    return at;
  }
}

// Σ of the squares' lanes in double, in order.
template <class V>
HWY_INLINE double SumInOrder(V squares) {
  using T = hn::TFromV<V>;
  constexpr int L = hn::MaxLanes(hn::ScalableTag<T>());
  HWY_ALIGN T lanes[L];
  hn::Store(squares, hn::ScalableTag<T>(), lanes);
  return std::accumulate(lanes, lanes + L, 0.0);
}

// The update of one unit of work: what its tiles share.
template <class Rule, class T>
struct UnitUpdate {
  const PackedShape& shape;
  const PackedBatch<T>& batch;
  const UpdateUnit& unit;
  const Ahead& ahead;
  const PackedNet<T>* state;
  const UpdateScratch<T>& scratch;

  static constexpr int kLanes = hn::MaxLanes(hn::ScalableTag<T>()), kPair = 2 * kLanes;
  static constexpr int kUnits = kPanelGroups * kWRows;

  int pairs() const { return unit.columns.size() / kPair; }

  using V = hn::Vec<hn::ScalableTag<T>>;

  // One block of panels for one pair of vectors of columns and one block of rows. Adds the squares of the new weights.
  void Apply(const Rule& rule, Range rows, int pair, Range panels, bool first, bool last, V& squares) const {
    const int column = unit.columns.begin + pair * kPair;
    const size_t kept = shape.kept_offset(unit.chunk, column, batch.n) + static_cast<size_t>(rows.begin) * kPair;
    T* x = batch.X ? batch.X + kept : scratch.x;
    const BytesOfTile<T> bytes{batch.bytes + kept, batch.mean + shape.chunks[unit.chunk].begin + column, x};
    for (int panel = panels.begin; panel < panels.end; panel++) {
      if (first) Prefetch(ahead, part_of(ahead.count, pair * shape.panels + panel, pairs() * shape.panels));
      const auto tile = [&](auto source) {
        squares = ApplyPanel(rule, source, rows, pair, panel, first, last, squares);
      };
      if (batch.bytes && panel == panels.begin) tile(bytes);
      else tile(NumbersOfTile<T>{x});
    }
  }

  template <class Source>
  V ApplyPanel(const Rule& rule, Source source, Range rows, int pair, int panel, bool first, bool last,
               V squares) const {
    const size_t w_stride = static_cast<size_t>(kWRows) * shape.chunks[unit.chunk].size();
    const size_t offset = shape.w1_offset(unit.chunk, panel * kPanelGroups) +
                          static_cast<size_t>(unit.columns.begin + pair * kPair) * kWRows;
    const size_t own = (static_cast<size_t>(pair) * shape.panels + panel) * kUnits * kPair;
    const auto at = TileStateAt<Rule, T>(state, offset, scratch.partial + own, first, last);
    const T* dhidden = batch.dhidden + static_cast<size_t>(panel) * kUnits * shape.x_groups(batch.n) * kXRows;
    T* w = state[0].W1 + offset;
    if (shape.w_groups - panel * kPanelGroups >= kPanelGroups) {
      return OuterTile<Rule, T, 2>(source, rows.size(), dhidden + static_cast<size_t>(rows.begin) * kUnits, w,
                                   w_stride, rule, at, squares);
    }
    return OuterTile<Rule, T, 1>(source, rows.size(), dhidden + static_cast<size_t>(rows.begin) * kWRows, w, w_stride,
                                 rule, at, squares);
  }
};

template <class Rule, class T>
double ApplyDW1(const PackedShape& shape, const PackedBatch<T>& batch, const UpdateUnit& unit, const Ahead& ahead,
                const UpdateInputs& inputs, const PackedNet<T>* state, const UpdateScratch<T>& scratch) {
  static_assert(kPanelGroups == 2);
  constexpr int kMaxPairs = PackedShape::kMaxUpdatePairs;
  const UnitUpdate<Rule, T> update{shape, batch, unit, ahead, state, scratch};
  const int blocks = (batch.n + shape.update_rows - 1) / shape.update_rows;
  // One sum for each pair, so that they do not depend on the blocks of panels.
  hn::Vec<hn::ScalableTag<T>> squares[kMaxPairs], unfinished = hn::Zero(hn::ScalableTag<T>());
  for (auto& of_pair : squares) of_pair = hn::Zero(hn::ScalableTag<T>());
  for (const Range panels : shape.panel_blocks) {
    Rule rule(inputs);
    for (int block = 0; block < blocks; block++) {
      const bool last = block == blocks - 1;  // only the last block of rows produces the final weights
      for (int pair = 0; pair < update.pairs(); pair++) {
        update.Apply(rule, part_of(batch.n, block, blocks), pair, panels, block == 0, last,
                     last ? squares[pair] : unfinished);
      }
      if constexpr (Rule::kLinear) rule.keep = 1;  // the first block has already decayed the weights
    }
  }
  double sum = 0;
  for (int pair = 0; pair < update.pairs(); pair++) sum += SumInOrder(squares[pair]);
  return std::isfinite(sum) ? sum : sum_of_squares(shape, unit, state[0].W1);
}

// Updates one unit's columns of W1 with a gradient that is stored. Returns Σ W1² of them, added in the same order.
template <class Rule, class T>
double ApplyStoredDW1(const PackedShape& shape, const PackedNet<const T>& gradient, T factor, const UpdateUnit& unit,
                      const UpdateInputs& inputs, const PackedNet<T>* state) {
  const hn::ScalableTag<T> d;
  constexpr int L = hn::MaxLanes(d);
  const Rule rule(inputs);
  const auto scale = hn::Set(d, factor);
  double sum = 0;
  for (int column = unit.columns.begin; column < unit.columns.end; column += 2 * L) {
    auto squares = hn::Zero(d);
    for (int group = 0; group < shape.w_groups; group++) {
      const size_t begin = shape.w1_offset(unit.chunk, group) + static_cast<size_t>(column) * kWRows;
      for (size_t i = begin; i < begin + 2 * kWRows * L; i += L) {
        T* at[1 + Rule::kSlots];
        UNROLL_ALL for (int s = 0; s <= Rule::kSlots; s++) at[s] = state[s].W1 + i;
        const auto now = UpdateVector(rule, hn::Mul(scale, hn::Load(d, gradient.W1 + i)), at);
        squares = hn::MulAdd(now, now, squares);
      }
    }
    sum += SumInOrder(squares);
  }
  return std::isfinite(sum) ? sum : sum_of_squares(shape, unit, state[0].W1);
}

// The kernels of one rule for this target.
template <class Rule, class T>
const SimdUpdate<T>* UpdateOf() {
  static constexpr SimdUpdate<T> update = {.apply_dW1 = ApplyDW1<Rule, T>,
                                           .apply_others = ApplyOthers<Rule, T>,
                                           .apply_stored_dW1 = ApplyStoredDW1<Rule, T>,
                                           .apply_stored_others = ApplyStoredOthers<Rule, T>};
  return &update;
}

}  // namespace HWY_NAMESPACE
}  // namespace two_layer_net
HWY_AFTER_NAMESPACE();

#endif  // TWO_LAYER_NET_UPDATE_INL_H_
