// The places at which the engine chooses the BLAS or bfloat16, in a build that has neither.
#include "../engine/blas/blas.h"
#include "../engine/inference/blas_inference.h"
#include "../engine/simd/kernels/kernels.h"
#include "../engine/simd/simd_step.h"
#include "../engine/step/step.h"

namespace two_layer_net {

SingleThreadedBlas::SingleThreadedBlas() = default;
SingleThreadedBlas::~SingleThreadedBlas() = default;

template <class T>
std::unique_ptr<Step<T>> make_step(const Shape& shape, const StepOptions& options) {
  return std::make_unique<SimdStep<T>>(shape, *simd_kernels<T>(), options);
}

template std::unique_ptr<Step<float>> make_step<float>(const Shape&, const StepOptions&);
template std::unique_ptr<Step<double>> make_step<double>(const Shape&, const StepOptions&);

// Not called: every call of the module asks for the SIMD kernels.
template <class T>
void for_each_block_by_blas(const Shape&, const Parameters<const T>&, const Rows&, const Choice&, ThreadTeam&,
                            const BlockCalls<T>&) {
  __builtin_trap();
}

template void for_each_block_by_blas<float>(const Shape&, const Parameters<const float>&, const Rows&, const Choice&,
                                            ThreadTeam&, const BlockCalls<float>&);
template void for_each_block_by_blas<double>(const Shape&, const Parameters<const double>&, const Rows&,
                                             const Choice&, ThreadTeam&, const BlockCalls<double>&);

}  // namespace two_layer_net
