// The forward product of the first layer with rows in lanes, as a sum of outer products over the columns of one chunk:
//
//   tiles[u] (2 vectors of rows) = Σ_k x[k] (2 vectors of rows) · w[u, k]   for each hidden unit u
//
// Compared with dot-inl.h it needs no sums over lanes and reads the weights from the second-level cache at a fraction
// of the rate, but rows must be transposed first, and N is padded to half a vector. So it serves nets with many hidden
// units (forward_form.h).
//
// Layout: a panel of X has 2 vectors of rows, [column][row of the panel]. w are consecutive groups of hidden units as
// W1 has them (packed_shape.h): no copy of W1 is needed. Tiles are [hidden unit][row of the panel].
//
// Preconditions: x, w and tiles are aligned to a vector, columns are whole vectors, and 1 ≤ rows ≤ 2 vectors. Rows of a
// tile from `rows` on are undefined.
//
// Cost: an inner step takes one column. It loads two vectors of X and one number of W1 for each unit, with two
// multiply-adds per unit: 12 loads and 20 multiply-adds with 32 registers, 8 and 12 with 16. A panel of X stays in the
// first-level cache for a block of hidden units.

// Per-target include guard.
#if defined(TWO_LAYER_NET_OUTER_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef TWO_LAYER_NET_OUTER_INL_H_
#undef TWO_LAYER_NET_OUTER_INL_H_
#else
#define TWO_LAYER_NET_OUTER_INL_H_
#endif

#include <algorithm>
#include <cstring>

#include "gather-inl.h"
#include "head-inl.h"
#include "target-inl.h"
#include "transpose-inl.h"

HWY_BEFORE_NAMESPACE();
namespace two_layer_net {
namespace HWY_NAMESPACE {

// One tile: kGroups groups of hidden units times kVectors vectors of rows, of type D.
template <class D, int kGroups, int kVectors, class T = hn::TFromD<D>>
HWY_NOINLINE void ForwardTile(const T* HWY_RESTRICT x, const T* HWY_RESTRICT w, int columns, bool add,
                              T* HWY_RESTRICT tile) {
  const D d;
  using V = hn::Vec<D>;
  constexpr int L = hn::MaxLanes(hn::ScalableTag<T>()), kOwn = hn::MaxLanes(d), kUnits = kGroups * kWRows;
  const T* group[kGroups];
  UNROLL_ALL for (int g = 0; g < kGroups; g++) group[g] = w + static_cast<size_t>(g) * columns * kWRows;
  V sums[kUnits][kVectors];
  UNROLL_ALL for (int u = 0; u < kUnits; u++) {
    UNROLL_ALL for (int j = 0; j < kVectors; j++) sums[u][j] = hn::Zero(d);
  }
  for (int k = 0; k < columns; k += L) {
    for (int lane = 0; lane < L; lane++, x += 2 * L) {
      V rows[kVectors];
      UNROLL_ALL for (int j = 0; j < kVectors; j++) rows[j] = hn::Load(d, x + j * kOwn);
      UNROLL_ALL for (int u = 0; u < kUnits; u++) {
        const V weight = hn::Set(d, group[u / kWRows][u % kWRows * L + lane]);
        UNROLL_ALL for (int j = 0; j < kVectors; j++) sums[u][j] = hn::MulAdd(weight, rows[j], sums[u][j]);
      }
    }
    UNROLL_ALL for (int g = 0; g < kGroups; g++) group[g] += kWRows * L;
  }
  UNROLL_ALL for (int u = 0; u < kUnits; u++) {
    UNROLL_ALL for (int j = 0; j < kVectors; j++) {
      T* to = tile + u * 2 * L + j * kOwn;
      hn::Store(add ? hn::Add(hn::Load(d, to), sums[u][j]) : sums[u][j], d, to);
    }
  }
}

template <class D, int kVectors, class T>
void ForwardTiles(const T* x, const T* w, int columns, int groups, bool add, T* tiles) {
  constexpr int L = hn::MaxLanes(hn::ScalableTag<T>());
  const size_t w_stride = static_cast<size_t>(columns) * kWRows, tile_stride = kWRows * 2 * L;
  int g = 0;
  for (; g + 2 <= groups; g += 2) {
    ForwardTile<D, 2, kVectors>(x, w + g * w_stride, columns, add, tiles + g * tile_stride);
  }
  if (g < groups) ForwardTile<D, 1, kVectors>(x, w + g * w_stride, columns, add, tiles + g * tile_stride);
}

// As few lanes as the panel's rows need.
template <class T>
void ForwardOuter(const T* x, const T* w, int columns, int groups, int rows, bool add, T* tiles) {
  using D = hn::ScalableTag<T>;
  constexpr int L = hn::MaxLanes(D());
  if (rows > L) return ForwardTiles<D, 2>(x, w, columns, groups, add, tiles);
#if HWY_TARGET != HWY_SCALAR
  if (rows <= L / 2) return ForwardTiles<hn::Half<D>, 1>(x, w, columns, groups, add, tiles);
#endif
  ForwardTiles<D, 1>(x, w, columns, groups, add, tiles);
}

template <class T, class Source>
using RowsOfPanel = SourceRows<T, Source, 2 * hn::MaxLanes(hn::ScalableTag<T>())>;

// A panel of X from rows of floats or doubles, which are also kept.
template <class T, class Source>
HWY_NOINLINE void FillPanel(const RowsOfPanel<T, Source>& rows, T* HWY_RESTRICT out) {
  const hn::ScalableTag<T> d;
  constexpr int L = hn::MaxLanes(d), kRows = kInBlock<T>;
  const int columns = rows.columns, count = rows.count;
  for (int pair = 0; pair < columns; pair += 2 * L) {  // the kept rows have pairs of vectors, one after the other
    for (int first = 0; first < 2 * L; first += kRows) {
      SourceRow<T, Source> row[kRows];
      // A missing row is the last one.
      UNROLL_ALL for (int r = 0; r < kRows; r++) row[r] = rows[std::min(first + r, count - 1)];
      UNROLL_ALL for (int k = pair; k < pair + 2 * L; k += L) {
        hn::Vec<decltype(d)> v[kRows];
        UNROLL_ALL for (int r = 0; r < kRows; r++) {
          v[r] = row[r].Centred(k);
          row[r].Keep(k, v[r]);
        }
        TransposeBlocks(d, v);
        UNROLL_ALL for (int i = 0; i < kRows; i++) StoreBlocks(v[i], d, out + (k + i) * 2 * L + first, kRows * 2 * L);
      }
    }
  }
}

constexpr int kByteBlock = 16;  // rows and columns of bytes in 128 bits

// to[column][row] ← from[row][column].
HWY_INLINE void TransposeBytes(const uint8_t* const* from, int rows, uint8_t* HWY_RESTRICT to) {
#if HWY_TARGET == HWY_SCALAR
  for (int r = 0; r < rows; r++) {
    for (int k = 0; k < kByteBlock; k++) to[k * kByteBlock + r] = from[r][k];
  }
#else
  const hn::Full128<uint8_t> d;
  hn::Vec<hn::Full128<uint8_t>> a[kByteBlock], b[kByteBlock];
  UNROLL_ALL for (int r = 0; r < kByteBlock; r++) a[r] = hn::LoadU(d, from[std::min(r, rows - 1)]);
  // Each pass interleaves the halves; four of them exchange the four bits of a row's number with a column's.
  UNROLL_ALL for (int pass = 0; pass < 4; pass++) {
    UNROLL_ALL for (int r = 0; r < kByteBlock / 2; r++) {
      b[2 * r] = hn::InterleaveLower(d, a[r], a[r + kByteBlock / 2]);
      b[2 * r + 1] = hn::InterleaveUpper(d, a[r], a[r + kByteBlock / 2]);
    }
    UNROLL_ALL for (int r = 0; r < kByteBlock; r++) a[r] = b[r];
  }
  UNROLL_ALL for (int k = 0; k < kByteBlock; k++) hn::Store(a[k], d, to + k * kByteBlock);
#endif
}

// A panel of X from rows of bytes.
template <class T>
HWY_NOINLINE void FillPanel(const RowsOfPanel<T, uint8_t>& rows, T* HWY_RESTRICT out) {
  const hn::ScalableTag<T> d;
  constexpr int L = hn::MaxLanes(d), kRows = std::min(2 * L, kByteBlock);
  const int count = rows.count, columns = rows.columns, present = rows.present();
  const T* mean = rows[0].mean;
  HWY_ALIGN uint8_t turned[kByteBlock * kByteBlock] = {};
  for (int k = 0; k < columns; k += kByteBlock) {
    for (int first = 0; first < 2 * L; first += kRows) {
      const int there = std::clamp(count - first, 1, kRows);
      const uint8_t* from[kByteBlock];
      HWY_ALIGN uint8_t rest[kByteBlock][kByteBlock];
      for (int r = 0; r < there; r++) {
        from[r] = rows.from[std::min(first + r, count - 1)] + k;
        if (k + kByteBlock <= present) continue;
        std::memset(rest[r], 0, kByteBlock);
        if (k < present) std::memcpy(rest[r], from[r], present - k);
        from[r] = rest[r];
      }
      TransposeBytes(from, there, turned);
      for (int i = 0; i < std::min(kByteBlock, columns - k); i++) {
        const auto centre = hn::Set(d, mean[k + i]);
        T* to = out + static_cast<size_t>(k + i) * 2 * L + first;
        UNROLL_ALL for (int j = 0; j < kRows; j += L) {
          hn::Store(hn::Sub(Convert(d, turned + i * kByteBlock + j), centre), d, to + j);
        }
      }
    }
  }
  KeepBytes(rows);
}

template <class T, class Source>
void GatherPanelAs(const PackedShape& shape, const PackedBatch<T>& batch, const Rows& rows, const Choice& choice,
                   int chunk, int panel, T* out) {
  FillPanel<T>(RowsOfPanel<T, Source>(shape, batch, rows, choice, chunk, panel * shape.panel_rows()), out);
}

// out ← rows[choice] − mean, one panel of X in one chunk of columns. The rows are also kept, like in Gather.
template <class T>
void GatherPanel(const PackedShape& shape, const PackedBatch<T>& batch, const Rows& rows, const Choice& choice,
                 int chunk, int panel, T* out) {
  switch (rows.element) {
    case Element::kUint8: return GatherPanelAs<T, uint8_t>(shape, batch, rows, choice, chunk, panel, out);
    case Element::kFloat32: return GatherPanelAs<T, float>(shape, batch, rows, choice, chunk, panel, out);
    case Element::kFloat64: return GatherPanelAs<T, double>(shape, batch, rows, choice, chunk, panel, out);
  }
}

// hidden = max(0, Σ tiles over the parts + b1) for the rows of one panel. Rows that the panel lacks are undefined.
template <class T>
void HiddenOfPanel(const PackedShape& shape, const PackedNet<const T>& net, const PackedBatch<T>& batch, int panel) {
  const hn::ScalableTag<T> d;
  using V = hn::Vec<decltype(d)>;
  constexpr int L = hn::MaxLanes(d), kUnits = kInBlock<T>;
  const int units = shape.w_groups * kWRows, tile_size = shape.tiles.tile_size();
  const size_t panel_size = shape.panel_tiles(), part_size = panel_size * batch.tile_groups;
  const size_t stride = shape.hidden_stride;
  const T* tiles = batch.tiles + panel_size * panel;
  T* hidden = batch.hidden + static_cast<size_t>(panel) * 2 * L * stride;
  for (int first = 0; first < units; first += kUnits) {
    for (int j = 0; j < 2 * L; j += L) {
      V v[kUnits];
      UNROLL_ALL for (int i = 0; i < kUnits; i++) {
        const int u = first + i;
        if (u >= units) {
          v[i] = hn::Zero(d);
          continue;
        }
        const V b1 = hn::Set(d, net.b1_tiles[u / kWRows * tile_size + u % kWRows]);
        v[i] = Activations<T>(tiles + static_cast<size_t>(u) * 2 * L + j, batch.parts, part_size, b1);
      }
      TransposeBlocks(d, v);
      UNROLL_ALL for (int i = 0; i < kUnits; i++) {
        StoreBlocks(v[i], d, hidden + (j + i) * stride + first, kUnits * stride);
      }
    }
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace two_layer_net
HWY_AFTER_NAMESPACE();

#endif  // TWO_LAYER_NET_OUTER_INL_H_
