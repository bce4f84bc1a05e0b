#include "momentum.h"

#if TWO_LAYER_NET_TEST_SIMD

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "test/native/engine/training/momentum/momentum_simd.cpp"
#include "native/engine/simd/kernels/targets.h"
#include <hwy/foreach_target.h>

#include "native/engine/simd/kernels/update-inl.h"

HWY_BEFORE_NAMESPACE();
namespace two_layer_net {
namespace HWY_NAMESPACE {

#include "momentum-inl.h"

const SimdUpdate<float>* MomentumFloat32() { return UpdateOf<Momentum<float>, float>(); }
const SimdUpdate<double>* MomentumFloat64() { return UpdateOf<Momentum<double>, double>(); }

}  // namespace HWY_NAMESPACE
}  // namespace two_layer_net
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace two_layer_net {
namespace {

HWY_EXPORT(MomentumFloat32);
HWY_EXPORT(MomentumFloat64);

}  // namespace

const SimdUpdate<float>* momentum_simd_float32() { return HWY_DYNAMIC_DISPATCH(MomentumFloat32)(); }
const SimdUpdate<double>* momentum_simd_float64() { return HWY_DYNAMIC_DISPATCH(MomentumFloat64)(); }

}  // namespace two_layer_net
#endif  // HWY_ONCE

#else

namespace two_layer_net {

const SimdUpdate<float>* momentum_simd_float32() { return nullptr; }
const SimdUpdate<double>* momentum_simd_float64() { return nullptr; }

}  // namespace two_layer_net

#endif  // TWO_LAYER_NET_TEST_SIMD
