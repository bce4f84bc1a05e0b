#include "../../../../native/engine/simd/kernels/kernels.h"

#include <gtest/gtest.h>

#include <string>

#include "../../../../native/engine/inference/products.h"
#include "../support/simd.h"

namespace two_layer_net {
namespace {

TEST(KernelTargets, AreForcedByName) {
  EXPECT_TRUE(force_simd_target(""));
  EXPECT_FALSE(force_simd_target("no target"));
  EXPECT_EQ(has_simd_kernels(), !simd_targets().empty());
  if (!has_simd_kernels()) GTEST_SKIP() << "built without SIMD kernels";
  EXPECT_EQ(simd_kernels<float>()->target, simd_targets().front());
  for (const std::string& name : simd_targets()) {
    const ForcedTarget forced(name);
    EXPECT_EQ(simd_kernels<float>()->target, name);
    EXPECT_EQ(simd_kernels<double>()->target, name);
  }
  EXPECT_EQ(simd_kernels<float>()->target, simd_targets().front());
}

}  // namespace
}  // namespace two_layer_net
