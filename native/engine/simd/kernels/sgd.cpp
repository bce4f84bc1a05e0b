// Compiles the update kernels with the SGD rule for each SIMD target.
#include "sgd.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "native/engine/simd/kernels/sgd.cpp"
#include "targets.h"
#include <hwy/foreach_target.h>

#include "update-inl.h"

HWY_BEFORE_NAMESPACE();
namespace two_layer_net {
namespace HWY_NAMESPACE {

#include "../../step/rules/sgd-inl.h"

const SimdUpdate<float>* SgdFloat32() { return UpdateOf<Sgd<float>, float>(); }
const SimdUpdate<double>* SgdFloat64() { return UpdateOf<Sgd<double>, double>(); }

}  // namespace HWY_NAMESPACE
}  // namespace two_layer_net
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace two_layer_net {
namespace {

HWY_EXPORT(SgdFloat32);
HWY_EXPORT(SgdFloat64);

}  // namespace

const SimdUpdate<float>* sgd_simd_float32() { return HWY_DYNAMIC_DISPATCH(SgdFloat32)(); }
const SimdUpdate<double>* sgd_simd_float64() { return HWY_DYNAMIC_DISPATCH(SgdFloat64)(); }

}  // namespace two_layer_net
#endif  // HWY_ONCE
