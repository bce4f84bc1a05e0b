#include <cblas.h>

#include "blas.h"
#include "environment.h"
#include "library.h"

namespace two_layer_net {

// OpenBLAS has one thread count for the whole process; openblas_set_num_threads_local changes the same one.
OneThreadedCall::OneThreadedCall() = default;
OneThreadedCall::~OneThreadedCall() = default;

#ifdef TWO_LAYER_NET_PRIVATE_BLAS

// The private copy was limited to one thread when it was loaded (environment.cpp), and no other code can reach it.
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
