#include "kernels.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "native/engine/simd/kernels/kernels.cpp"
// Vectors of a length that is known only when the program runs cannot be kept in arrays; and what newer AVX-512 and NEON
// add, these kernels have no use for.
#define HWY_DISABLED_TARGETS                                                                                  \
  (HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128 | HWY_RVV | HWY_NEON_BF16 | HWY_AVX3_DL | HWY_AVX3_ZEN4 | \
   HWY_AVX3_SPR | HWY_AVX10_2 | HWY_AVX10_2_512)
#include <hwy/detect_targets.h>
// Those that not every version since 1.0.3 has.
#ifndef HWY_NEON_BF16
#define HWY_NEON_BF16 0
#endif
#ifndef HWY_AVX3_ZEN4
#define HWY_AVX3_ZEN4 0
#endif
#ifndef HWY_AVX3_SPR
#define HWY_AVX3_SPR 0
#endif
#ifndef HWY_AVX10_2
#define HWY_AVX10_2 0
#endif
#ifndef HWY_AVX10_2_512
#define HWY_AVX10_2_512 0
#endif
#include <hwy/foreach_target.h>

#include "dot-inl.h"
#include "gather-inl.h"
#include "head-inl.h"
#include "peak-inl.h"
#include "update-inl.h"

HWY_BEFORE_NAMESPACE();
namespace two_layer_net {
namespace HWY_NAMESPACE {

template <class T>
const Kernels<T>* KernelsOf() {
  static const Kernels<T> kernels = {.target = hwy::TargetName(HWY_TARGET),
                                     .tiles = TilesOf<T>(),
                                     .gather = Gather<T>,
                                     .forward = Forward<T>,
                                     .scores = Scores<T>,
                                     .softmax_backward = SoftmaxBackward<T>,
                                     .apply_dW1 = ApplyDW1<T>,
                                     .apply_others = ApplyOthers<T>,
                                     .multiply_adds = MultiplyAdds<T>};
  return &kernels;
}

const Kernels<float>* Float32Kernels() { return KernelsOf<float>(); }
const Kernels<double>* Float64Kernels() { return KernelsOf<double>(); }

}  // namespace HWY_NAMESPACE
}  // namespace two_layer_net
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace two_layer_net {
namespace {

HWY_EXPORT(Float32Kernels);
HWY_EXPORT(Float64Kernels);

}  // namespace

template <>
const Kernels<float>* simd_kernels<float>() {
  return HWY_DYNAMIC_DISPATCH(Float32Kernels)();
}

template <>
const Kernels<double>* simd_kernels<double>() {
  return HWY_DYNAMIC_DISPATCH(Float64Kernels)();
}

std::vector<std::string> simd_targets() {
  hwy::SetSupportedTargetsForTest(0);
  std::vector<std::string> names;
  // A better target has a lower bit.
  for (int64_t left = hwy::SupportedTargets() & (HWY_TARGETS); left != 0; left &= left - 1) {
    names.emplace_back(hwy::TargetName(left & -left));
  }
  return names;
}

bool force_simd_target(const std::string& name) {
  hwy::SetSupportedTargetsForTest(0);
  const int64_t all = hwy::SupportedTargets() & (HWY_TARGETS);
  int64_t chosen = name.empty() ? all : 0;
  for (int64_t left = all; left != 0; left &= left - 1) {
    if (name == hwy::TargetName(left & -left)) chosen = left & -left;
  }
  if (chosen == 0) return false;
  hwy::SetSupportedTargetsForTest(chosen);
  hwy::GetChosenTarget().Update(hwy::SupportedTargets());
  return true;
}

}  // namespace two_layer_net
#endif  // HWY_ONCE
