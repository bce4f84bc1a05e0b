// Shared by all kernels of one SIMD target: its tile sizes, and the vector operations that update rules use.

#if defined(TWO_LAYER_NET_TARGET_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef TWO_LAYER_NET_TARGET_INL_H_
#undef TWO_LAYER_NET_TARGET_INL_H_
#else
#define TWO_LAYER_NET_TARGET_INL_H_
#endif

#include <hwy/highway.h>

#include "kernels.h"
#if defined(__wasm_relaxed_simd__)
#include "relaxed-inl.h"
#endif

// For loops over registers with constant bounds: without unrolling, the registers would be spilled.
#ifndef UNROLL_ALL
#if HWY_COMPILER_CLANG
#define UNROLL_ALL _Pragma("clang loop unroll(full)")
#else
#define UNROLL_ALL _Pragma("GCC unroll 64")
#endif
#endif

HWY_BEFORE_NAMESPACE();
namespace two_layer_net {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

// Rows of X in a group, hidden units in a group, and groups of units in one tile of the update. Chosen so that the sums
// and the loaded vectors of a tile fit in the registers.
#if HWY_MAX_BYTES == 64 || HWY_ARCH_ARM_A64  // 32 registers
constexpr int kXRows = 5, kWRows = 5, kPanelGroups = 2;
#elif HWY_ARCH_WASM  // 16 registers, one of which the runtime needs; without a fused multiply-add, one for the product
constexpr int kXRows = 5, kWRows = 2, kPanelGroups = 2;
#else  // 16 registers
constexpr int kXRows = 4, kWRows = 3, kPanelGroups = 2;
#endif

template <class T>
constexpr Tiles TilesOf() {
  return {static_cast<int>(hn::MaxLanes(hn::ScalableTag<T>())), kXRows, kWRows, kPanelGroups};
}

// The operations of update rules on vectors.
template <class T>
struct VectorOps {
  using D = hn::ScalableTag<T>;
  using V = hn::Vec<D>;
  HWY_INLINE V set(T value) const { return hn::Set(D(), value); }
  HWY_INLINE V add(V a, V b) const { return hn::Add(a, b); }
  HWY_INLINE V sub(V a, V b) const { return hn::Sub(a, b); }
  HWY_INLINE V mul(V a, V b) const { return hn::Mul(a, b); }
  HWY_INLINE V div(V a, V b) const { return hn::Div(a, b); }
  HWY_INLINE V sqrt(V a) const { return hn::Sqrt(a); }
  HWY_INLINE V mul_add(V a, V b, V c) const { return hn::MulAdd(a, b, c); }         // a · b + c
  HWY_INLINE V neg_mul_add(V a, V b, V c) const { return hn::NegMulAdd(a, b, c); }  // c − a · b
};

constexpr size_t kCacheLine = 64;

// Starts loading memory into the first-level cache.
HWY_INLINE void PrefetchBytes(const void* from, size_t bytes) {
  for (size_t i = 0; i < bytes; i += kCacheLine) __builtin_prefetch(static_cast<const char*>(from) + i, 0, 3);
}

}  // namespace HWY_NAMESPACE
}  // namespace two_layer_net
HWY_AFTER_NAMESPACE();

#endif  // TWO_LAYER_NET_TARGET_INL_H_
