// The forward product of the first layer, over the K columns of one chunk:
//
//   tiles[g] (x_rows, w_rows) = x (x_rows, K) · w[g] (w_rows, K)ᵀ   for each group g of hidden units
//
// Layout: x is one group of rows and w are consecutive groups of hidden units, both interleaved by vectors
// (packed_shape.h). A tile is row-major and padded to whole vectors.
//
// Preconditions: x, w and tiles are aligned to a vector, K is `vectors` whole vectors, and 1 ≤ rows ≤ x_rows. Rows of a
// tile from `rows` on are undefined.
//
// Cost: an inner step loads x_rows + w_rows vectors and does x_rows · w_rows multiply-adds. That is 10 and 25 with 32
// registers (5 x 5), and 7 and 12 with 16 registers (4 x 3), so two loads per cycle are enough to keep both
// multiply-add units busy. x stays in the first-level cache while w is read sequentially from the second-level cache.
// The final sums over lanes combine addition and transposition, which takes two shuffles per sum instead of eight.

// Per-target include guard.
#if defined(TWO_LAYER_NET_DOT_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef TWO_LAYER_NET_DOT_INL_H_
#undef TWO_LAYER_NET_DOT_INL_H_
#else
#define TWO_LAYER_NET_DOT_INL_H_
#endif

#include "target-inl.h"

HWY_BEFORE_NAMESPACE();
namespace two_layer_net {
namespace HWY_NAMESPACE {

#if HWY_TARGET == HWY_SCALAR

template <class D, class V>
HWY_INLINE V SumLanes(D, const V* v) {
  return v[0];
}

#else

// v has as many vectors as a 128-bit block has lanes. In each block of the result, lane i is the sum of that block of
// v[i].
template <class V>
HWY_INLINE V SumBlocks(hn::ScalableTag<float> d, const V* v) {
  const hn::RepartitionToWide<decltype(d)> wide;
  const V v01 = hn::Add(hn::InterleaveLower(d, v[0], v[1]), hn::InterleaveUpper(d, v[0], v[1]));
  const V v23 = hn::Add(hn::InterleaveLower(d, v[2], v[3]), hn::InterleaveUpper(d, v[2], v[3]));
  const auto a = hn::BitCast(wide, v01), b = hn::BitCast(wide, v23);
  return hn::Add(hn::BitCast(d, hn::InterleaveLower(wide, a, b)), hn::BitCast(d, hn::InterleaveUpper(wide, a, b)));
}

template <class V>
HWY_INLINE V SumBlocks(hn::ScalableTag<double> d, const V* v) {
  return hn::Add(hn::InterleaveLower(d, v[0], v[1]), hn::InterleaveUpper(d, v[0], v[1]));
}

// v has as many vectors as a vector has lanes. Lane i of the result is the sum of v[i].
template <class D, class V>
HWY_INLINE V SumLanes(D d, const V* v) {
  constexpr size_t kInBlock = 16 / sizeof(hn::TFromD<D>), kBlocks = hn::MaxLanes(D()) / kInBlock;
  const V p = SumBlocks(d, v);
  if constexpr (kBlocks == 1) {
    return p;
  } else if constexpr (kBlocks == 2) {
    const V q = SumBlocks(d, v + kInBlock);
    return hn::Add(hn::ConcatLowerLower(d, q, p), hn::ConcatUpperUpper(d, q, p));
  } else {
    static_assert(kBlocks == 4);
    const V q = SumBlocks(d, v + kInBlock), r = SumBlocks(d, v + 2 * kInBlock), s = SumBlocks(d, v + 3 * kInBlock);
    // Blocks p0 + p2, p1 + p3, r0 + r2, r1 + r3, and the same for q and s.
    const V pr = hn::Add(hn::ConcatLowerLower(d, r, p), hn::ConcatUpperUpper(d, r, p));
    const V qs = hn::Add(hn::ConcatLowerLower(d, s, q), hn::ConcatUpperUpper(d, s, q));
    return hn::Add(hn::OddEvenBlocks(qs, pr), hn::SwapAdjacentBlocks(hn::OddEvenBlocks(pr, qs)));
  }
}

#endif

// One tile for kRows rows of x. Element kWRows · r + q of the tile is row r times unit q.
template <class T, int kRows>
HWY_INLINE void DotTile(const T* HWY_RESTRICT x, const T* HWY_RESTRICT w, int vectors, bool add, T* HWY_RESTRICT tile) {
  const hn::ScalableTag<T> d;
  using V = hn::Vec<decltype(d)>;
  constexpr int L = hn::MaxLanes(d), kSums = kRows * kWRows, kPadded = (kXRows * kWRows + L - 1) / L * L;
  V sums[kPadded];
  UNROLL_ALL for (int i = 0; i < kPadded; i++) sums[i] = hn::Zero(d);
  for (int k = 0; k < vectors; k++) {
    V units[kWRows];
    UNROLL_ALL for (int q = 0; q < kWRows; q++) units[q] = hn::Load(d, w + q * L);
    UNROLL_ALL for (int r = 0; r < kRows; r++) {
      const V row = hn::Load(d, x + r * L);
      UNROLL_ALL for (int q = 0; q < kWRows; q++) {
        sums[r * kWRows + q] = hn::MulAdd(row, units[q], sums[r * kWRows + q]);
      }
    }
    x += kXRows * L;
    w += kWRows * L;
  }
  UNROLL_ALL for (int i = 0; i < kSums; i += L) {
    const V sum = SumLanes(d, sums + i);
    hn::Store(add ? hn::Add(hn::Load(d, tile + i), sum) : sum, d, tile + i);
  }
}

template <class T, int kRows>
HWY_NOINLINE void DotTiles(const T* HWY_RESTRICT x, const T* HWY_RESTRICT w, int vectors, int groups, bool add,
                           T* HWY_RESTRICT tiles) {
  constexpr int L = hn::MaxLanes(hn::ScalableTag<T>()), kTile = (kXRows * kWRows + L - 1) / L * L;
  for (int g = 0; g < groups; g++) {
    DotTile<T, kRows>(x, w + static_cast<size_t>(g) * vectors * kWRows * L, vectors, add, tiles + g * kTile);
  }
}

template <class T>
void Forward(const T* x, const T* w, int vectors, int groups, int rows, bool add, T* tiles) {
  static_assert(kXRows >= 4 && kXRows <= 5);
  switch (rows) {
    case 1: return DotTiles<T, 1>(x, w, vectors, groups, add, tiles);
    case 2: return DotTiles<T, 2>(x, w, vectors, groups, add, tiles);
    case 3: return DotTiles<T, 3>(x, w, vectors, groups, add, tiles);
    case 4: return DotTiles<T, 4>(x, w, vectors, groups, add, tiles);
    default: return DotTiles<T, kXRows>(x, w, vectors, groups, add, tiles);
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace two_layer_net
HWY_AFTER_NAMESPACE();

#endif  // TWO_LAYER_NET_DOT_INL_H_
