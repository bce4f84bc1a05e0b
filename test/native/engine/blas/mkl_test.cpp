// MKL's thread count, which is separate for each thread.
#include <gtest/gtest.h>

#include "../../../../native/engine/blas/blas.h"

#ifndef TWO_LAYER_NET_MKL

TEST(Mkl, KeepsItsNumberOfThreads) { GTEST_SKIP() << "built on another BLAS: " << two_layer_net::blas_info().name; }

#else

#include <mkl.h>

#include "blas_product.h"

TEST(Mkl, KeepsItsNumberOfThreads) {
  const int of_process = mkl_get_max_threads();
  two_layer_net::Product product;
  product.compute();
  EXPECT_EQ(mkl_get_max_threads(), of_process);

  const int before = mkl_set_num_threads_local(3);
  product.compute();
  product.expect_right();
  EXPECT_EQ(mkl_set_num_threads_local(before), 3);
}

#endif
