// Copies W1 between the caller's layout and the packed one (packed_shape.h), for one vector of columns at a time:
//
//   packed[chunk][group of hidden units][vector][unit of the group][lane] = W1[column][hidden unit]
//
// which is a transposition of columns and hidden units.
//
// Cost: rows of W1 (D, H) are H apart. If H is a power of two, the numbers of one column fall into a few sets of the
// caches and evict each other. So pieces of rows are copied to or from a block of 15 KB, which stays in the first-level
// cache, and transposed there. Memory is only used by whole cache lines, in sequence.
//
// Preconditions: `column` is the start of a vector, and `packed` is aligned to a vector.

#if defined(TWO_LAYER_NET_PACK_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef TWO_LAYER_NET_PACK_INL_H_
#undef TWO_LAYER_NET_PACK_INL_H_
#else
#define TWO_LAYER_NET_PACK_INL_H_
#endif

#include <algorithm>
#include <functional>
#include <type_traits>

#include "target-inl.h"
#include "transpose-inl.h"

HWY_BEFORE_NAMESPACE();
namespace two_layer_net {
namespace HWY_NAMESPACE {

// Pieces of the rows of W1 in one vector of columns.
template <class T>
struct W1Block {
  static constexpr int kLanes = hn::MaxLanes(hn::ScalableTag<T>());
  static constexpr int kUnits = 240;  // in a piece: whole groups, and whole blocks of vectors
  static_assert(kUnits % kWRows == 0 && kUnits % kInBlock<T> == 0);

  T* row(int lane) { return numbers + lane * kUnits; }

  HWY_ALIGN T numbers[kLanes * kUnits];
};

// One vector of columns of the packed W1.
template <class T>
struct PackedColumns {
  static constexpr int kLanes = hn::MaxLanes(hn::ScalableTag<std::remove_const_t<T>>());

  PackedColumns(const PackedShape& shape, int chunk, int column, T* packed)
      : first(packed + shape.w1_offset(chunk, 0) + static_cast<size_t>(column) * kWRows),
        group_stride(static_cast<size_t>(shape.chunks[chunk].size()) * kWRows) {}

  T* of_unit(int unit) const { return first + unit / kWRows * group_stride + unit % kWRows * kLanes; }

  T* first;
  size_t group_stride;
};

// Packs the units unit … unit + count − 1, whose numbers start each row of the block.
template <class T>
HWY_INLINE void PackUnits(const W1Block<T>& block, int unit, int count, const PackedColumns<T>& to) {
  const hn::ScalableTag<T> d;
  constexpr int kAtOnce = kInBlock<T>;
  for (int u = 0; u < count; u += kAtOnce) {
    hn::Vec<decltype(d)> v[kAtOnce];
    UNROLL_ALL for (int i = 0; i < kAtOnce; i++) {
      v[i] = LoadBlocks(d, block.numbers + i * block.kUnits + u, kAtOnce * block.kUnits);
    }
    TransposeBlocks(d, v);
    UNROLL_ALL for (int i = 0; i < kAtOnce; i++) {
      if (u + i < count) hn::Store(v[i], d, to.of_unit(unit + u + i));
    }
  }
}

// The reverse.
template <class T>
HWY_INLINE void UnpackUnits(const PackedColumns<const T>& from, int unit, int count, W1Block<T>& block) {
  const hn::ScalableTag<T> d;
  constexpr int kAtOnce = kInBlock<T>;
  for (int u = 0; u < count; u += kAtOnce) {
    hn::Vec<decltype(d)> v[kAtOnce];
    UNROLL_ALL for (int i = 0; i < kAtOnce; i++) {
      v[i] = u + i < count ? hn::Load(d, from.of_unit(unit + u + i)) : hn::Zero(d);
    }
    TransposeBlocks(d, v);
    UNROLL_ALL for (int i = 0; i < kAtOnce; i++) {
      StoreBlocks(v[i], d, block.numbers + i * block.kUnits + u, kAtOnce * block.kUnits);
    }
  }
}

// How many rows of W1 one vector of columns has: fewer than lanes at the end of D.
template <class T>
HWY_INLINE int RowsOfVector(const PackedShape& shape, int chunk, int column) {
  return std::clamp(shape.shape.D - shape.chunks[chunk].begin - column, 0, W1Block<T>::kLanes);
}

template <class T>
void PackW1(const PackedShape& shape, const T* W1, int chunk, int column, T* packed) {
  constexpr int kUnits = W1Block<T>::kUnits;
  const size_t H = shape.shape.H, first_row = shape.chunks[chunk].begin + column;
  const int units = shape.w_groups * kWRows, rows = RowsOfVector<T>(shape, chunk, column);
  const PackedColumns<T> to(shape, chunk, column, packed);
  W1Block<T> block;
  for (int unit = 0; unit < units; unit += kUnits) {
    const int count = std::min(kUnits, units - unit), present = std::min(kUnits, shape.shape.H - unit);
    for (int lane = 0; lane < block.kLanes; lane++) {
      const int copied = lane < rows ? present : 0;
      if (copied > 0) std::copy_n(W1 + (first_row + lane) * H + unit, copied, block.row(lane));
      std::fill(block.row(lane) + copied, block.row(lane) + Tiles::round_up(count, kInBlock<T>), T(0));
    }
    PackUnits(block, unit, count, to);
  }
}

template <class T>
void UnpackW1(const PackedShape& shape, const T* packed, int chunk, int column, bool add, T* W1) {
  constexpr int kUnits = W1Block<T>::kUnits;
  const size_t H = shape.shape.H, first_row = shape.chunks[chunk].begin + column;
  const int rows = RowsOfVector<T>(shape, chunk, column);
  const PackedColumns<const T> from(shape, chunk, column, packed);
  W1Block<T> block;
  for (int unit = 0; unit < shape.shape.H && rows > 0; unit += kUnits) {
    const int present = std::min(kUnits, shape.shape.H - unit);
    UnpackUnits(from, unit, present, block);
    for (int lane = 0; lane < rows; lane++) {
      T* to = W1 + (first_row + lane) * H + unit;
      if (add) {
        std::transform(to, to + present, block.row(lane), to, std::plus<T>());
      } else {
        std::copy_n(block.row(lane), present, to);
      }
    }
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace two_layer_net
HWY_AFTER_NAMESPACE();

#endif  // TWO_LAYER_NET_PACK_INL_H_
