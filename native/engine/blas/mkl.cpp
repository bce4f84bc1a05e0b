#include <mkl.h>

#include <cstdlib>

#include "blas.h"
#include "library.h"

namespace two_layer_net {

// A thread's own thread count overrides that of the process, which is not changed. 0 means that the thread has none.
OneThreadedCall::OneThreadedCall() : before_(mkl_set_num_threads_local(1)) {}
OneThreadedCall::~OneThreadedCall() { mkl_set_num_threads_local(before_); }

SingleThreadedBlas::SingleThreadedBlas() = default;
SingleThreadedBlas::~SingleThreadedBlas() = default;

BlasInfo blas_info() {
  char name[200] = "";
  mkl_get_version_string(name, sizeof name);
  MKLVersion version;
  mkl_get_version(&version);
  std::string kernels = version.Processor;
  const std::string tail = " enabled processors";
  if (kernels.ends_with(tail)) kernels.resize(kernels.size() - tail.size());
  std::string reason = "chosen by MKL";
  for (const char* variable : {"MKL_ENABLE_INSTRUCTIONS", "MKL_CBWR"}) {
    const char* value = std::getenv(variable);
    if (value && *value) reason += std::string(", with ") + variable + "=" + value + " set in the environment";
  }
  return {name, kernels, reason};
}

}  // namespace two_layer_net
