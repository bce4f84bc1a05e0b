#include "../../../../native/engine/blas/environment.h"

#include <gtest/gtest.h>

namespace two_layer_net {
namespace {

constexpr FittingKernels kAvx512{"SkylakeX", "AVX-512"}, kAvx2{"Zen", "AVX2"}, kNone{"", ""};

std::string reason(FittingKernels fitting, const char* by_user, bool picked, const char* kernels) {
  return core_reason({fitting, by_user, picked, true, kernels});
}

TEST(KernelsReason, TellsOfAPick) {
  EXPECT_EQ(reason(kAvx512, "", true, "SkylakeX"), "picked for this processor's AVX-512");
  EXPECT_EQ(reason(kAvx2, "", true, "zen"), "picked for this processor's AVX2");
  EXPECT_EQ(reason(kAvx512, "", true, "Haswell"), "OpenBLAS's own choice, because it has no SkylakeX kernels");
}

TEST(KernelsReason, TellsOfTheUsersChoice) {
  EXPECT_EQ(reason(kAvx512, "skylakex", false, "SkylakeX"), "OPENBLAS_CORETYPE=skylakex is set in the environment");
  EXPECT_EQ(reason(kNone, "Prescott", false, "Prescott"), "OPENBLAS_CORETYPE=Prescott is set in the environment");
  EXPECT_EQ(reason(kAvx2, "Zn", false, "Haswell"),
            "OPENBLAS_CORETYPE=Zn is set in the environment, but this OpenBLAS did not follow it");
  EXPECT_EQ(
      reason(kAvx512, "Haswell", false, "Haswell"),
      "OPENBLAS_CORETYPE=Haswell is set in the environment, older than this processor's AVX-512: unset it, or set "
      "it to SkylakeX");
  EXPECT_EQ(
      reason(kAvx2, "Sandybridge", false, "Sandybridge"),
      "OPENBLAS_CORETYPE=Sandybridge is set in the environment, older than this processor's AVX2: unset it, or set "
      "it to Zen");
}

TEST(KernelsAreOlder, WhereTheyAreForAnEarlierGenerationOfProcessors) {
  EXPECT_TRUE(is_core_older({kAvx512, "Haswell", false, true, "Haswell"}));
  EXPECT_TRUE(is_core_older({kAvx2, "", false, true, "Sandybridge"}));
  EXPECT_FALSE(is_core_older({kAvx2, "", true, true, "Zen"}));
  EXPECT_FALSE(is_core_older({kNone, "Prescott", false, true, "Prescott"}));
}

TEST(KernelsReason, TellsOfAUsersChoiceThatTheProcessorCannotRun) {
  EXPECT_EQ(core_reason({kAvx2, "SkylakeX", true, true, "Zen", true}),
            "OPENBLAS_CORETYPE=SkylakeX is set in the environment and ignored: this processor lacks instructions of "
            "those kernels. Unset it");
}

TEST(KernelsReason, TellsOfTheLibrarysChoice) {
  EXPECT_EQ(reason(kNone, "", false, "NeoverseN1"), "OpenBLAS's own choice");
  EXPECT_EQ(reason(kAvx512, "", false, "Cooperlake"), "OpenBLAS's own choice");
  EXPECT_EQ(reason(kAvx512, "", false, "Zen"),
            "OpenBLAS's own choice, older than this processor's AVX-512: set OPENBLAS_CORETYPE=SkylakeX before the "
            "process starts");
  EXPECT_EQ(core_reason({kAvx512, "Haswell", false, false, "Prescott"}),
            "the only kernels of this build of OpenBLAS, older than this processor's AVX-512");
}

}  // namespace
}  // namespace two_layer_net
