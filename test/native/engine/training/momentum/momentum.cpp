#include "momentum.h"

#include "../../../../../native/engine/step/rules/plain.h"

namespace two_layer_net {
namespace plain {
#include "momentum-inl.h"
}  // namespace plain

const UpdateRule kMomentumRule = {
    .name = "momentum",
    .slots = plain::Momentum<float>::kSlots,
    .plain_float32 = plain_update<plain::Momentum<float>, float>(),
    .plain_float64 = plain_update<plain::Momentum<double>, double>(),
    .simd_float32 = momentum_simd_float32,
    .simd_float64 = momentum_simd_float64,
    .bfloat16 = &kMomentumBfloat16,
};

}  // namespace two_layer_net
