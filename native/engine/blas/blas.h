// Matrix products in float32 and float64, computed by the BLAS that the build selected (cmake/Blas.cmake).
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

// While an object of this class exists, the BLAS runs each call on the calling thread. The engine manages its own
// threads, and the bits of a product must not depend on how many threads the BLAS would use. A private copy of OpenBLAS
// always runs on one thread, and BLIS, MKL and Accelerate are told so with each call; for these, this class does
// nothing. A shared OpenBLAS has one thread count for the whole process: the first object sets it to 1, and the last
// one restores it. Objects may be nested and held by several threads at once.
class SingleThreadedBlas {
 public:
  SingleThreadedBlas();
  ~SingleThreadedBlas();
  SingleThreadedBlas(const SingleThreadedBlas&) = delete;
  SingleThreadedBlas& operator=(const SingleThreadedBlas&) = delete;
};

struct BlasInfo {
  std::string name;         // the library's own description of itself
  std::string core;         // the kernels that it uses on this processor
  std::string core_reason;  // why it uses them, in words
  bool core_older = false;  // whether they were written for an older processor than this one
};
BlasInfo blas_info();

}  // namespace two_layer_net
