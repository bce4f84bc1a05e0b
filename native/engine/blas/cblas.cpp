// The matrix products through CBLAS, the C interface that nearly every BLAS has.
#include TWO_LAYER_NET_CBLAS_HEADER

#include "blas.h"
#include "library.h"

namespace two_layer_net {
namespace {

CBLAS_TRANSPOSE flag(Transpose op) { return op == Transpose::kYes ? CblasTrans : CblasNoTrans; }

}  // namespace

void gemm(Transpose op_a, Transpose op_b, int m, int n, int k, float alpha, const float* a, int lda, const float* b,
          int ldb, float beta, float* out, int ldout) {
  const OneThreadedCall call;
  cblas_sgemm(CblasRowMajor, flag(op_a), flag(op_b), m, n, k, alpha, a, lda, b, ldb, beta, out, ldout);
}

void gemm(Transpose op_a, Transpose op_b, int m, int n, int k, double alpha, const double* a, int lda,
          const double* b, int ldb, double beta, double* out, int ldout) {
  const OneThreadedCall call;
  cblas_dgemm(CblasRowMajor, flag(op_a), flag(op_b), m, n, k, alpha, a, lda, b, ldb, beta, out, ldout);
}

}  // namespace two_layer_net
