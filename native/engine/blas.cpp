#include "blas.h"

#include <cblas.h>

#include <mutex>

#include "blas_environment.h"

namespace two_layer_net {
namespace {

CBLAS_TRANSPOSE flag(Transpose op) { return op == Transpose::kYes ? CblasTrans : CblasNoTrans; }

}  // namespace

void gemm(Transpose op_a, Transpose op_b, int m, int n, int k, float alpha, const float* a, int lda, const float* b,
          int ldb, float beta, float* out, int ldout) {
  cblas_sgemm(CblasRowMajor, flag(op_a), flag(op_b), m, n, k, alpha, a, lda, b, ldb, beta, out, ldout);
}

void gemm(Transpose op_a, Transpose op_b, int m, int n, int k, double alpha, const double* a, int lda,
          const double* b, int ldb, double beta, double* out, int ldout) {
  cblas_dgemm(CblasRowMajor, flag(op_a), flag(op_b), m, n, k, alpha, a, lda, b, ldb, beta, out, ldout);
}

#ifdef TWO_LAYER_NET_PRIVATE_BLAS

// The private copy was given one thread when it was loaded (blas_environment.cpp), and nobody else can reach it.
SingleThreadedBlas::SingleThreadedBlas() = default;
SingleThreadedBlas::~SingleThreadedBlas() = default;

#else

namespace {

struct HeldThreads {
  std::mutex mutex;
  int holders = 0;
  int before = 1;
};
HeldThreads& held_threads() {
  static HeldThreads held;
  return held;
}

}  // namespace

SingleThreadedBlas::SingleThreadedBlas() {
  HeldThreads& held = held_threads();
  std::lock_guard<std::mutex> lock(held.mutex);
  if (held.holders++ == 0) {
    held.before = openblas_get_num_threads();
    if (held.before != 1) openblas_set_num_threads(1);
  }
}

SingleThreadedBlas::~SingleThreadedBlas() {
  HeldThreads& held = held_threads();
  std::lock_guard<std::mutex> lock(held.mutex);
  if (--held.holders == 0 && held.before != 1) openblas_set_num_threads(held.before);
}

#endif

BlasInfo blas_info() {
  const std::string name = openblas_get_config(), kernels = openblas_get_corename();
  return {name, kernels, kernels_reason(kernels, name.find("DYNAMIC_ARCH") != std::string::npos)};
}

}  // namespace two_layer_net
