#include <Accelerate/Accelerate.h>

#include "blas.h"
#include "library.h"

namespace two_layer_net {

// From macOS 15 on, each thread has its own setting. Older versions decide for themselves how many threads to use.
#ifdef __MAC_15_0

OneThreadedCall::OneThreadedCall() {
  if (__builtin_available(macOS 15.0, *)) {
    before_ = static_cast<int>(BLASGetThreading());
    BLASSetThreading(BLAS_THREADING_SINGLE_THREADED);
  }
}

OneThreadedCall::~OneThreadedCall() {
  if (__builtin_available(macOS 15.0, *)) BLASSetThreading(static_cast<BLAS_THREADING>(before_));
}

#else

OneThreadedCall::OneThreadedCall() = default;
OneThreadedCall::~OneThreadedCall() = default;

#endif

SingleThreadedBlas::SingleThreadedBlas() = default;
SingleThreadedBlas::~SingleThreadedBlas() = default;

BlasInfo blas_info() { return {"Accelerate", "built in", "Accelerate offers no choice of kernels"}; }

}  // namespace two_layer_net
