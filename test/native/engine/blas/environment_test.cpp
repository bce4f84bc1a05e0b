#include "../../../../native/engine/blas/environment.h"

#include <gtest/gtest.h>

namespace two_layer_net {
namespace {

constexpr FittingKernels kAvx512{"SkylakeX", "AVX-512"}, kAvx2{"Zen", "AVX2"}, kNone{"", ""};

std::string reason(FittingKernels fitting, const char* by_user, bool picked, const char* kernels) {
  return core_reason({fitting, by_user, picked, true, kernels});
}

TEST(KernelsReason, ReportsASelectionByProcessor) {
  EXPECT_EQ(reason(kAvx512, "", true, "SkylakeX"), "selected for this processor's AVX-512");
  EXPECT_EQ(reason(kAvx2, "", true, "zen"), "selected for this processor's AVX2");
  EXPECT_EQ(reason(kAvx512, "", true, "Haswell"), "chosen by OpenBLAS, which has no SkylakeX kernels");
}

TEST(KernelsReason, ReportsTheUsersChoice) {
  EXPECT_EQ(reason(kAvx512, "skylakex", false, "SkylakeX"), "OPENBLAS_CORETYPE=skylakex is set in the environment");
  EXPECT_EQ(reason(kNone, "Prescott", false, "Prescott"), "OPENBLAS_CORETYPE=Prescott is set in the environment");
  EXPECT_EQ(reason(kAvx2, "Zn", false, "Haswell"),
            "OPENBLAS_CORETYPE=Zn is set in the environment, but this OpenBLAS ignored it");
  EXPECT_EQ(
      reason(kAvx512, "Haswell", false, "Haswell"),
      "OPENBLAS_CORETYPE=Haswell is set in the environment; these kernels are older than this processor's AVX-512: "
      "unset it or set it to SkylakeX");
  EXPECT_EQ(
      reason(kAvx2, "Sandybridge", false, "Sandybridge"),
      "OPENBLAS_CORETYPE=Sandybridge is set in the environment; these kernels are older than this processor's AVX2: "
      "unset it or set it to Zen");
}

TEST(KernelsAreOlder, IfTheyTargetAnEarlierGenerationOfProcessors) {
  EXPECT_TRUE(is_core_older({kAvx512, "Haswell", false, true, "Haswell"}));
  EXPECT_TRUE(is_core_older({kAvx2, "", false, true, "Sandybridge"}));
  EXPECT_FALSE(is_core_older({kAvx2, "", true, true, "Zen"}));
  EXPECT_FALSE(is_core_older({kNone, "Prescott", false, true, "Prescott"}));
}

TEST(KernelsReason, ReportsAUsersChoiceThatTheProcessorDoesNotSupport) {
  EXPECT_EQ(core_reason({kAvx2, "SkylakeX", true, true, "Zen", true}),
            "OPENBLAS_CORETYPE=SkylakeX is set in the environment but ignored, because this processor does not support "
            "it: unset it");
}

TEST(KernelsReason, ReportsTheLibrarysChoice) {
  EXPECT_EQ(reason(kNone, "", false, "NeoverseN1"), "chosen by OpenBLAS");
  EXPECT_EQ(reason(kAvx512, "", false, "Cooperlake"), "chosen by OpenBLAS");
  EXPECT_EQ(reason(kAvx512, "", false, "Zen"),
            "chosen by OpenBLAS; these kernels are older than this processor's AVX-512: set OPENBLAS_CORETYPE=SkylakeX "
            "before the process starts");
  EXPECT_EQ(core_reason({kAvx512, "Haswell", false, false, "Prescott"}),
            "the only choice in this build of OpenBLAS; these kernels are older than this processor's AVX-512");
}

}  // namespace
}  // namespace two_layer_net
