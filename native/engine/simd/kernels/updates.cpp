// Compiles the update kernels with each rule for each SIMD target.
#include "updates.h"

#include <cmath>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "native/engine/simd/kernels/updates.cpp"
#include "targets.h"
#include <hwy/foreach_target.h>

#include "update-inl.h"

HWY_BEFORE_NAMESPACE();
namespace two_layer_net {
namespace HWY_NAMESPACE {

#include "../../step/rules/adam-inl.h"
#include "../../step/rules/momentum-inl.h"
#include "../../step/rules/sgd-inl.h"

const SimdUpdate<float>* SgdFloat32() { return UpdateOf<Sgd<float>, float>(); }
const SimdUpdate<double>* SgdFloat64() { return UpdateOf<Sgd<double>, double>(); }
const SimdUpdate<float>* MomentumFloat32() { return UpdateOf<Momentum<float>, float>(); }
const SimdUpdate<double>* MomentumFloat64() { return UpdateOf<Momentum<double>, double>(); }
const SimdUpdate<float>* AdamFloat32() { return UpdateOf<Adam<float>, float>(); }
const SimdUpdate<double>* AdamFloat64() { return UpdateOf<Adam<double>, double>(); }

}  // namespace HWY_NAMESPACE
}  // namespace two_layer_net
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace two_layer_net {

HWY_EXPORT(SgdFloat32);
HWY_EXPORT(SgdFloat64);
HWY_EXPORT(MomentumFloat32);
HWY_EXPORT(MomentumFloat64);
HWY_EXPORT(AdamFloat32);
HWY_EXPORT(AdamFloat64);

template <>
const SimdUpdate<float>* SimdUpdates<float>::sgd() {
  return HWY_DYNAMIC_DISPATCH(SgdFloat32)();
}
template <>
const SimdUpdate<double>* SimdUpdates<double>::sgd() {
  return HWY_DYNAMIC_DISPATCH(SgdFloat64)();
}
template <>
const SimdUpdate<float>* SimdUpdates<float>::momentum() {
  return HWY_DYNAMIC_DISPATCH(MomentumFloat32)();
}
template <>
const SimdUpdate<double>* SimdUpdates<double>::momentum() {
  return HWY_DYNAMIC_DISPATCH(MomentumFloat64)();
}
template <>
const SimdUpdate<float>* SimdUpdates<float>::adam() {
  return HWY_DYNAMIC_DISPATCH(AdamFloat32)();
}
template <>
const SimdUpdate<double>* SimdUpdates<double>::adam() {
  return HWY_DYNAMIC_DISPATCH(AdamFloat64)();
}

}  // namespace two_layer_net
#endif  // HWY_ONCE
