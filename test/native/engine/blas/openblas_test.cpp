// The thread count of OpenBLAS, private and shared.
#include <gtest/gtest.h>

#include "../../../../native/engine/blas/blas.h"

#ifndef TWO_LAYER_NET_OPENBLAS

TEST(OpenBlas, IsHeldOrPrivate) { GTEST_SKIP() << "built on another BLAS: " << two_layer_net::blas_info().name; }

#else

#include <cblas.h>

#include <atomic>
#include <thread>

#include "blas_product.h"

#ifdef __linux__
#include <dlfcn.h>
#endif

namespace two_layer_net {
namespace {

#ifdef TWO_LAYER_NET_PRIVATE_BLAS
constexpr bool kPrivate = true;
#else
constexpr bool kPrivate = false;
#endif

TEST(OpenBlas, ReportsItsKernels) {
  const BlasInfo info = blas_info();
  EXPECT_NE(info.name.find("OpenBLAS"), std::string::npos) << info.name;
  EXPECT_EQ(info.core, openblas_get_corename());
}

TEST(OpenBlas, RunsOnOneThreadWhileHeld) {
  const int before = openblas_get_num_threads();
  {
    const SingleThreadedBlas hold, nested;
    EXPECT_EQ(openblas_get_num_threads(), 1);
    Product product;
    product.compute();
    product.expect_right();
  }
  EXPECT_EQ(openblas_get_num_threads(), before);
}

TEST(PrivateBlas, HasOneThread) {
  if (!kPrivate) GTEST_SKIP() << "OpenBLAS is shared here";
  EXPECT_EQ(openblas_get_num_threads(), 1);
}

#ifdef __linux__

// A second OpenBLAS in the process, as another addon would load it.
struct OtherBlas {
  void* library = dlopen("libopenblas.so.0", RTLD_NOW | RTLD_LOCAL);

  template <typename Function>
  Function* find(const char* name) const {
    return reinterpret_cast<Function*>(dlsym(library, name));
  }
};

TEST(PrivateBlas, LeavesAnotherOpenBlasAlone) {
  if (!kPrivate) GTEST_SKIP() << "OpenBLAS is shared here";
  const OtherBlas other;
  if (!other.library) GTEST_SKIP() << dlerror();
  const auto get_threads = other.find<int()>("openblas_get_num_threads");
  const auto set_threads = other.find<void(int)>("openblas_set_num_threads");
  const auto sgemm = other.find<decltype(cblas_sgemm)>("cblas_sgemm");
  ASSERT_TRUE(get_threads && set_threads && sgemm);
  ASSERT_NE(reinterpret_cast<void*>(sgemm), reinterpret_cast<void*>(&cblas_sgemm));

  set_threads(3);
  const SingleThreadedBlas hold;
  Product ours, theirs;
  std::atomic<bool> disturbed{false};
  std::thread engine([&] {
    for (int i = 0; i < 10; i++) {
      ours.compute();
      if (get_threads() != 3) disturbed = true;
    }
  });
  for (int i = 0; i < 10; i++) {
    sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, kSize, kSize, kSize, 1, theirs.a.data(), kSize, theirs.b.data(),
          kSize, 0, theirs.out.data(), kSize);
  }
  engine.join();
  ours.expect_right();
  theirs.expect_right();
  EXPECT_FALSE(disturbed);
  EXPECT_EQ(get_threads(), 3);
  EXPECT_EQ(openblas_get_num_threads(), 1);
}

#endif

}  // namespace
}  // namespace two_layer_net

#endif
