// Transposes the 128-bit blocks that vectors consist of: (kInBlock, kInBlock) numbers each. With blocks loaded or
// stored a stride apart, these are pieces of a matrix in memory.
//
// Preconditions: none on alignment. TransposeBlocks takes kInBlock vectors.
//
// Cost: 8 interleavings for 4 vectors of floats, 2 for 2 vectors of doubles. A vector of n blocks takes n loads or
// stores.

#if defined(TWO_LAYER_NET_TRANSPOSE_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef TWO_LAYER_NET_TRANSPOSE_INL_H_
#undef TWO_LAYER_NET_TRANSPOSE_INL_H_
#else
#define TWO_LAYER_NET_TRANSPOSE_INL_H_
#endif

#include <algorithm>

#include "target-inl.h"

HWY_BEFORE_NAMESPACE();
namespace two_layer_net {
namespace HWY_NAMESPACE {

// Numbers in one of the 128-bit blocks that a vector consists of.
template <class T>
constexpr int kInBlock = std::min<int>(16 / sizeof(T), hn::MaxLanes(hn::ScalableTag<T>()));

#if HWY_TARGET == HWY_SCALAR

template <class D>
HWY_INLINE hn::Vec<D> LoadBlocks(D d, const hn::TFromD<D>* from, size_t) {
  return hn::LoadU(d, from);
}

template <class D>
HWY_INLINE void StoreBlocks(hn::Vec<D> v, D d, hn::TFromD<D>* to, size_t) {
  hn::StoreU(v, d, to);
}

template <class D, class V>
HWY_INLINE void TransposeBlocks(D, V*) {}

#else

// A vector whose blocks are loaded from `from`, from + stride, from + 2 · stride …
template <class D>
HWY_INLINE hn::Vec<D> LoadBlocks(D d, const hn::TFromD<D>* from, size_t stride) {
  constexpr size_t kBlocks = hn::MaxLanes(d) / kInBlock<hn::TFromD<D>>;
  if constexpr (kBlocks == 1) {
    return hn::LoadU(d, from);
  } else {
    const hn::Half<D> half;
    return hn::Combine(d, LoadBlocks(half, from + kBlocks / 2 * stride, stride), LoadBlocks(half, from, stride));
  }
}

// The reverse.
template <class D>
HWY_INLINE void StoreBlocks(hn::Vec<D> v, D d, hn::TFromD<D>* to, size_t stride) {
  constexpr size_t kBlocks = hn::MaxLanes(d) / kInBlock<hn::TFromD<D>>;
  if constexpr (kBlocks == 1) {
    hn::StoreU(v, d, to);
  } else {
    const hn::Half<D> half;
    StoreBlocks(hn::LowerHalf(half, v), half, to, stride);
    StoreBlocks(hn::UpperHalf(half, v), half, to + kBlocks / 2 * stride, stride);
  }
}

// Transposes within each block: number j of v[i] becomes number i of v[j].
template <class V>
HWY_INLINE void TransposeBlocks(hn::ScalableTag<float> d, V* v) {
  const hn::RepartitionToWide<decltype(d)> wide;
  const auto low01 = hn::BitCast(wide, hn::InterleaveLower(d, v[0], v[1]));
  const auto low23 = hn::BitCast(wide, hn::InterleaveLower(d, v[2], v[3]));
  const auto high01 = hn::BitCast(wide, hn::InterleaveUpper(d, v[0], v[1]));
  const auto high23 = hn::BitCast(wide, hn::InterleaveUpper(d, v[2], v[3]));
  v[0] = hn::BitCast(d, hn::InterleaveLower(wide, low01, low23));
  v[1] = hn::BitCast(d, hn::InterleaveUpper(wide, low01, low23));
  v[2] = hn::BitCast(d, hn::InterleaveLower(wide, high01, high23));
  v[3] = hn::BitCast(d, hn::InterleaveUpper(wide, high01, high23));
}

template <class V>
HWY_INLINE void TransposeBlocks(hn::ScalableTag<double> d, V* v) {
  const V low = hn::InterleaveLower(d, v[0], v[1]);
  v[1] = hn::InterleaveUpper(d, v[0], v[1]);
  v[0] = low;
}

#endif

}  // namespace HWY_NAMESPACE
}  // namespace two_layer_net
HWY_AFTER_NAMESPACE();

#endif  // TWO_LAYER_NET_TRANSPOSE_INL_H_
