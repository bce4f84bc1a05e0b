// Behaviour that every BLAS must have.
#include "../../../../native/engine/blas/blas.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <thread>
#include <vector>

#include "blas_product.h"

namespace two_layer_net {
namespace {

TEST(Blas, ReportsItsKernels) {
  const BlasInfo info = blas_info();
  EXPECT_NE(info.name, "");
  EXPECT_NE(info.core, "");
  EXPECT_NE(info.core_reason, "");
  RecordProperty("blas", info.name);
}

// op(a) (2, 3) · op(b) (3, 2), computed by hand.
template <class T>
void expect_small_products() {
  const std::vector<T> a = {1, 2, 3, 4, 5, 6}, aT = {1, 4, 2, 5, 3, 6};
  const std::vector<T> b = {7, 8, 9, 10, 11, 12}, bT = {7, 9, 11, 8, 10, 12};
  for (const bool transposed_a : {false, true}) {
    for (const bool transposed_b : {false, true}) {
      std::vector<T> out = {1, 1, -9, 1, 1, -9};  // rows of 2, stored with a stride of 3
      gemm(transposed_a ? Transpose::kYes : Transpose::kNo, transposed_b ? Transpose::kYes : Transpose::kNo, 2, 2, 3,
           T(2), (transposed_a ? aT : a).data(), transposed_a ? 2 : 3, (transposed_b ? bT : b).data(),
           transposed_b ? 3 : 2, T(-1), out.data(), 3);
      EXPECT_EQ(out, (std::vector<T>{115, 127, -9, 277, 307, -9})) << transposed_a << transposed_b;
    }
  }
}

TEST(Blas, Multiplies) {
  const SingleThreadedBlas hold;
  expect_small_products<float>();
  expect_small_products<double>();
  Product product;
  product.compute();
  product.expect_right();
}

TEST(Blas, MultipliesOnSeveralThreadsAtOnce) {
  const SingleThreadedBlas hold, nested;
  std::vector<Product> products(4);
  std::vector<std::thread> threads;
  for (Product& product : products) {
    threads.emplace_back([&product] {
      for (int i = 0; i < 10; i++) product.compute();
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const Product& product : products) product.expect_right();
}

#ifdef __linux__

TEST(Blas, StartsNoThreadsWhileHeld) {
  const auto threads_of_process = [] {
    const std::filesystem::directory_iterator tasks("/proc/self/task");
    return std::distance(begin(tasks), end(tasks));
  };
  const SingleThreadedBlas hold;
  const auto before = threads_of_process();
  Product product;
  product.compute();
  EXPECT_EQ(threads_of_process(), before);
}

#endif

}  // namespace
}  // namespace two_layer_net
