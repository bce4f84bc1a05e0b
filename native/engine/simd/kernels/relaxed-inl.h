// Multiply-adds as one instruction of relaxed SIMD, which Highway does not use. Where the processor has a fused
// multiply-add, they round once. Included by target-inl.h in WebAssembly that may use it.

#if defined(TWO_LAYER_NET_RELAXED_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef TWO_LAYER_NET_RELAXED_INL_H_
#undef TWO_LAYER_NET_RELAXED_INL_H_
#else
#define TWO_LAYER_NET_RELAXED_INL_H_
#endif

#include <wasm_simd128.h>

HWY_BEFORE_NAMESPACE();
namespace hwy {
namespace HWY_NAMESPACE {

// These are preferred to Highway's, which are templates.
#define TWO_LAYER_NET_RELAXED(T, N, form)                                                           \
  HWY_API Vec128<T, N> MulAdd(Vec128<T, N> mul, Vec128<T, N> x, Vec128<T, N> add) {                 \
    return Vec128<T, N>{wasm_##form##_relaxed_madd(mul.raw, x.raw, add.raw)};                       \
  }                                                                                                 \
  HWY_API Vec128<T, N> NegMulAdd(Vec128<T, N> mul, Vec128<T, N> x, Vec128<T, N> add) {              \
    return Vec128<T, N>{wasm_##form##_relaxed_nmadd(mul.raw, x.raw, add.raw)};                      \
  }
TWO_LAYER_NET_RELAXED(float, 4, f32x4)
TWO_LAYER_NET_RELAXED(float, 2, f32x4)
TWO_LAYER_NET_RELAXED(double, 2, f64x2)
TWO_LAYER_NET_RELAXED(double, 1, f64x2)
#undef TWO_LAYER_NET_RELAXED

}  // namespace HWY_NAMESPACE
}  // namespace hwy
HWY_AFTER_NAMESPACE();

#endif  // TWO_LAYER_NET_RELAXED_INL_H_
