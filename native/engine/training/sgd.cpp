// The UpdateRule for stochastic gradient descent.
#include "../simd/bfloat16/sgd.h"
#include "../simd/kernels/sgd.h"
#include "../step/update_rule.h"
#include "../step/rules/plain.h"

namespace two_layer_net {
namespace plain {
#include "../step/rules/sgd-inl.h"
}  // namespace plain

constinit const UpdateRule kSgd = {
    .name = "sgd",
    .slots = plain::Sgd<float>::kSlots,
    .plain_float32 = plain_update<plain::Sgd<float>, float>(),
    .plain_float64 = plain_update<plain::Sgd<double>, double>(),
    .simd_float32 = sgd_simd_float32,
    .simd_float64 = sgd_simd_float64,
    .bfloat16 = &kSgdBfloat16,
};

}  // namespace two_layer_net
