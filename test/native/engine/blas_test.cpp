#include "../../../native/engine/blas.h"

#include <cblas.h>
#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <thread>
#include <vector>

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

constexpr int kSize = 300;  // large enough for OpenBLAS to take several threads where it may

struct Product {
  std::vector<float> a = std::vector<float>(kSize * kSize), b = a, out = a;

  Product() {
    for (int i = 0; i < kSize * kSize; i++) {
      a[i] = static_cast<float>(i % 7 - 3);
      b[i] = static_cast<float>(i % 11 - 5);
    }
  }

  void compute() {
    gemm(Transpose::kNo, Transpose::kNo, kSize, kSize, kSize, 1, a.data(), kSize, b.data(), kSize, 0, out.data(),
         kSize);
  }

  // Small integers: every order of adding gives these numbers.
  void expect_right() const {
    for (int i = 0; i < kSize; i += 37) {
      for (int j = 0; j < kSize; j += 41) {
        float sum = 0;
        for (int k = 0; k < kSize; k++) sum += a[i * kSize + k] * b[k * kSize + j];
        ASSERT_EQ(out[i * kSize + j], sum) << i << ", " << j;
      }
    }
  }
};

TEST(Blas, TellsWhatItRunsOn) {
  const BlasInfo info = blas_info();
  EXPECT_NE(info.name.find("OpenBLAS"), std::string::npos) << info.name;
  EXPECT_EQ(info.kernels, openblas_get_corename());
  EXPECT_NE(info.kernels_reason, "");
}

TEST(Blas, RunsOnOneThreadWhileHeld) {
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

#ifdef __linux__

int threads_of_process() {
  const std::filesystem::directory_iterator tasks("/proc/self/task");
  return static_cast<int>(std::distance(begin(tasks), end(tasks)));
}

TEST(PrivateBlas, StartsNoThreads) {
  if (!kPrivate) GTEST_SKIP() << "OpenBLAS is shared here";
  EXPECT_EQ(openblas_get_num_threads(), 1);
  const int before = threads_of_process();
  Product product;
  product.compute();
  EXPECT_EQ(threads_of_process(), before);
}

// The OpenBLAS of another part of the process, as an addon beside this one would load it.
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
