// The matrix products, by the BLAS that was built with (cmake/Blas.cmake), for both arithmetics under one name.
#pragma once

#include <string>

namespace two_layer_net {

enum class Transpose { kNo, kYes };

// out (m, n) ← alpha · op(a) · op(b) + beta · out, row-major. lda, ldb and ldout are row strides as stored.
// op(a) is (m, k), op(b) is (k, n).
void gemm(Transpose op_a, Transpose op_b, int m, int n, int k, float alpha, const float* a, int lda, const float* b,
          int ldb, float beta, float* out, int ldout);
void gemm(Transpose op_a, Transpose op_b, int m, int n, int k, double alpha, const double* a, int lda,
          const double* b, int ldb, double beta, double* out, int ldout);

// While one lives, the BLAS runs each call on the thread that makes it: the engine has threads of its own, and the
// bits of a product must not depend on how many threads the BLAS would take. A private copy of OpenBLAS always does so,
// and BLIS, MKL and Accelerate are told with each call: there this does nothing. A shared OpenBLAS keeps a single
// number for the whole process: this sets it, and the last one to go puts it back. Safe to nest and to hold from
// several threads.
class SingleThreadedBlas {
 public:
  SingleThreadedBlas();
  ~SingleThreadedBlas();
  SingleThreadedBlas(const SingleThreadedBlas&) = delete;
  SingleThreadedBlas& operator=(const SingleThreadedBlas&) = delete;
};

struct BlasInfo {
  std::string name;            // as the library describes itself
  std::string core;            // the kernels that it runs on this processor
  std::string core_reason;  // why it runs these, in words
  bool core_older = false;  // whether they were written for an older processor than this one
};
BlasInfo blas_info();

}  // namespace two_layer_net
