#include "../step/step.h"

#include <type_traits>

#include "blas_step.h"
#include "../inference/products.h"
#include "../simd/bfloat16/bfloat16_step.h"
#include "../simd/simd_step.h"

namespace two_layer_net {

template <class T>
std::unique_ptr<Step<T>> make_step(const Shape& shape, const StepOptions& options) {
  if constexpr (std::is_same_v<T, float>) {
    if (options.bfloat16) return std::make_unique<Bfloat16Step>(shape, *simd_kernels<float>(), options);
  }
  if (simd_kernels_train(options.products)) {
    return std::make_unique<SimdStep<T>>(shape, *simd_kernels<T>(), options);
  }
  return std::make_unique<BlasStep<T>>(shape, options);
}

template std::unique_ptr<Step<float>> make_step<float>(const Shape&, const StepOptions&);
template std::unique_ptr<Step<double>> make_step<double>(const Shape&, const StepOptions&);

}  // namespace two_layer_net
