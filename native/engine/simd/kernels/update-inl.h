// The first layer's gradient, added to the weights as it is made: W1 ← keep · W1 − rate · dhiddenᵀ · X, for all hidden
// units and two vectors of columns.
//
// An inner step takes one row: it loads two vectors of X and one number of dhidden for each unit of the panel, and
// does two multiply-adds for each: 12 loads and 20 multiply-adds where there are 32 registers, 8 and 12 where there are
// 16. X's part, rows · two vectors, stays in the first-level cache for all panels; many rows are taken in blocks for
// that. dhidden comes in sequence.

#if defined(TWO_LAYER_NET_UPDATE_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef TWO_LAYER_NET_UPDATE_INL_H_
#undef TWO_LAYER_NET_UPDATE_INL_H_
#else
#define TWO_LAYER_NET_UPDATE_INL_H_
#endif

#include <cmath>
#include <numeric>

#include "gather-inl.h"
#include "target-inl.h"

HWY_BEFORE_NAMESPACE();
namespace two_layer_net {
namespace HWY_NAMESPACE {

// One tile: kGroups groups of hidden units times two vectors. `x` is the first group of `groups` groups of rows,
// x_stride apart; dhidden (rows, kGroups · w_rows); w the first group of units, w_stride apart. Σ w² of what is
// written is added to `squares`.
template <class T, int kGroups, class V>
HWY_NOINLINE V OuterTile(const T* HWY_RESTRICT x, size_t x_stride, int groups, const T* HWY_RESTRICT dhidden,
                         T* HWY_RESTRICT w, size_t w_stride, Application<T> how, V squares) {
  const hn::ScalableTag<T> d;
  constexpr int L = hn::MaxLanes(d), kUnits = kGroups * kWRows;
  V sums[kUnits][2];
  UNROLL_ALL for (int h = 0; h < kUnits; h++) sums[h][0] = sums[h][1] = hn::Zero(d);
  // Read and written when all rows are done: there is time to bring it here.
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
  const V keep = hn::Set(d, how.keep), rate = hn::Set(d, how.rate);
  UNROLL_ALL for (int g = 0; g < kGroups; g++) {
    UNROLL_ALL for (int j = 0; j < 2; j++) {
      UNROLL_ALL for (int q = 0; q < kWRows; q++) {
        T* at = w + g * w_stride + (j * kWRows + q) * L;
        const V now = hn::NegMulAdd(rate, sums[g * kWRows + q][j], hn::Mul(keep, hn::Load(d, at)));
        hn::Store(now, d, at);
        squares = hn::MulAdd(now, now, squares);
      }
    }
  }
  return squares;
}

// A share for each panel, not all at once: the core keeps only so many requests.
HWY_INLINE void Prefetch(const Ahead& ahead, Range rows) {
  for (int r = rows.begin; r < rows.end; r++) PrefetchBytes(ahead.rows[r] + ahead.begin, ahead.end - ahead.begin);
}

template <class T>
double ApplyDW1(const PackedShape& shape, const PackedBatch<T>& batch, int chunk, int column, const Ahead& ahead,
                Application<T> how, T* W1) {
  const hn::ScalableTag<T> d;
  constexpr int L = hn::MaxLanes(d), kUnits = kPanelGroups * kWRows;
  constexpr size_t kBlockBytes = 28 * 1024, kGroupBytes = 2 * kXRows * L * sizeof(T);
  constexpr int kBlockGroups = static_cast<int>(kBlockBytes / kGroupBytes);
  static_assert(kPanelGroups == 2);
  const int columns = shape.chunks[chunk].size(), x_groups = shape.x_groups(batch.n);
  const size_t w_stride = static_cast<size_t>(kWRows) * columns;
  T* w = W1 + shape.w1_offset(chunk, 0) + static_cast<size_t>(column) * kWRows;
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
    squares = hn::Zero(d);  // those of the last block count
    for (int panel = 0; panel < shape.panels; panel++) {
      const T* dhidden = batch.dhidden + static_cast<size_t>(panel) * kUnits * x_groups * kXRows;
      if (block == 0) Prefetch(ahead, part_of(ahead.count, panel, shape.panels));
      T* to = w + panel * kPanelGroups * w_stride;
      if (shape.w_groups - panel * kPanelGroups >= kPanelGroups) {
        squares = OuterTile<T, 2>(x, x_stride, groups, dhidden + begin * kXRows * kUnits, to, w_stride, how, squares);
      } else {
        squares = OuterTile<T, 1>(x, x_stride, groups, dhidden + begin * kXRows * kWRows, to, w_stride, how, squares);
      }
    }
    how.keep = 1;
  }
  HWY_ALIGN T lanes[L];
  hn::Store(squares, d, lanes);
  const double sum = std::accumulate(lanes, lanes + L, 0.0);
  return std::isfinite(sum) ? sum : sum_of_squares(shape, chunk, column, W1);
}

}  // namespace HWY_NAMESPACE
}  // namespace two_layer_net
HWY_AFTER_NAMESPACE();

#endif  // TWO_LAYER_NET_UPDATE_INL_H_
