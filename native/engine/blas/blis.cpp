// The matrix products through BLIS's native interface, which accepts a thread count with each call. Its CBLAS interface
// uses settings of the whole process, and a thread count set there does not override BLIS_IC_NT and similar environment
// variables.
#include <blis.h>

#include <cstdlib>

#include "blas.h"

namespace two_layer_net {
namespace {

trans_t flag(Transpose op) { return op == Transpose::kYes ? BLIS_TRANSPOSE : BLIS_NO_TRANSPOSE; }

rntm_t one_thread() {
  rntm_t runtime;
  bli_rntm_init(&runtime);
  bli_rntm_set_num_threads(1, &runtime);
  return runtime;
}

// BLIS declares its inputs as pointers to non-const, but only reads them.
template <class T>
T* readable(const T* from) {
  return const_cast<T*>(from);
}

}  // namespace

// BLIS wants the row stride and the column stride of each matrix.

void gemm(Transpose op_a, Transpose op_b, int m, int n, int k, float alpha, const float* a, int lda, const float* b,
          int ldb, float beta, float* out, int ldout) {
  rntm_t runtime = one_thread();
  bli_sgemm_ex(flag(op_a), flag(op_b), m, n, k, &alpha, readable(a), lda, 1, readable(b), ldb, 1, &beta, out, ldout, 1,
               nullptr, &runtime);
}

void gemm(Transpose op_a, Transpose op_b, int m, int n, int k, double alpha, const double* a, int lda,
          const double* b, int ldb, double beta, double* out, int ldout) {
  rntm_t runtime = one_thread();
  bli_dgemm_ex(flag(op_a), flag(op_b), m, n, k, &alpha, readable(a), lda, 1, readable(b), ldb, 1, &beta, out, ldout, 1,
               nullptr, &runtime);
}

SingleThreadedBlas::SingleThreadedBlas() = default;
SingleThreadedBlas::~SingleThreadedBlas() = default;

BlasInfo blas_info() {
  const char* asked = std::getenv("BLIS_ARCH_TYPE");
  const std::string reason =
      asked && *asked ? std::string("BLIS_ARCH_TYPE=") + asked + " is set in the environment" : "chosen by BLIS";
  return {std::string("BLIS ") + bli_info_get_version_str(), bli_arch_string(bli_arch_query_id()), reason};
}

}  // namespace two_layer_net
