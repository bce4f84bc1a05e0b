// The tables of the update rules.
#include <cmath>

#include "../simd/bfloat16/updates.h"
#include "../simd/kernels/updates.h"
#include "../step/rules/plain.h"
#include "../step/update_rule.h"

namespace two_layer_net {
namespace plain {
#include "../step/rules/adam-inl.h"
#include "../step/rules/momentum-inl.h"
#include "../step/rules/sgd-inl.h"
}  // namespace plain

constinit const UpdateRule kSgd = {
    .name = "sgd",
    .slots = plain::Sgd<float>::kSlots,
    .plain_float32 = plain_update<plain::Sgd<float>, float>(),
    .plain_float64 = plain_update<plain::Sgd<double>, double>(),
    .simd_float32 = SimdUpdates<float>::sgd,
    .simd_float64 = SimdUpdates<double>::sgd,
    .bfloat16 = &kSgdBfloat16,
};

constinit const UpdateRule kMomentum = {
    .name = "momentum",
    .slots = plain::Momentum<float>::kSlots,
    .plain_float32 = plain_update<plain::Momentum<float>, float>(),
    .plain_float64 = plain_update<plain::Momentum<double>, double>(),
    .simd_float32 = SimdUpdates<float>::momentum,
    .simd_float64 = SimdUpdates<double>::momentum,
    .bfloat16 = &kMomentumBfloat16,
};

constinit const UpdateRule kAdam = {
    .name = "adam",
    .slots = plain::Adam<float>::kSlots,
    .plain_float32 = plain_update<plain::Adam<float>, float>(),
    .plain_float64 = plain_update<plain::Adam<double>, double>(),
    .simd_float32 = SimdUpdates<float>::adam,
    .simd_float64 = SimdUpdates<double>::adam,
    .bfloat16 = &kAdamBfloat16,
};

const UpdateRule& rule_of(const TrainingSettings& settings) {
  if (settings.optimizer != Optimizer::kSgd) return kAdam;
  return settings.momentum != 0 ? kMomentum : kSgd;
}

}  // namespace two_layer_net
