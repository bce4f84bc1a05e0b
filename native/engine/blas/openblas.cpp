#include <cblas.h>

#include "blas.h"
#include "environment.h"
#include "library.h"

namespace two_layer_net {

// It has one number for the whole process, also under the name of openblas_set_num_threads_local.
OneThreadedCall::OneThreadedCall() = default;
OneThreadedCall::~OneThreadedCall() = default;

#ifdef TWO_LAYER_NET_PRIVATE_BLAS

// The private copy was given one thread when it was loaded (blas_environment.cpp), and nobody else can reach it.
SingleThreadedBlas::SingleThreadedBlas() = default;
SingleThreadedBlas::~SingleThreadedBlas() = default;

#else

namespace {

HeldThreads& threads() {
  static HeldThreads held(openblas_get_num_threads, openblas_set_num_threads);
  return held;
}

}  // namespace

SingleThreadedBlas::SingleThreadedBlas() { threads().hold(); }
SingleThreadedBlas::~SingleThreadedBlas() { threads().release(); }

#endif

BlasInfo blas_info() {
  const std::string name = openblas_get_config(), kernels = openblas_get_corename();
  const KernelsTaken taken = kernels_taken(kernels, name.find("DYNAMIC_ARCH") != std::string::npos);
  return {name, kernels, core_reason(taken), is_core_older(taken)};
}

}  // namespace two_layer_net
