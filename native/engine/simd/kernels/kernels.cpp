// Compiles the kernels for each SIMD target and selects the best target when the program runs.
#include "kernels.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "native/engine/simd/kernels/kernels.cpp"
#include "targets.h"
#include <hwy/foreach_target.h>

#include "dot-inl.h"
#include "gather-inl.h"
#include "head-inl.h"
#include "outer-inl.h"
#include "pack-inl.h"
#include "peak-inl.h"

HWY_BEFORE_NAMESPACE();
namespace two_layer_net {
namespace HWY_NAMESPACE {

template <class T>
const Kernels<T>* KernelsOf() {
  static const Kernels<T> kernels = {.target = hwy::TargetName(HWY_TARGET),
                                     .tiles = TilesOf<T>(),
                                     .pack_W1 = PackW1<T>,
                                     .unpack_W1 = UnpackW1<T>,
                                     .gather = Gather<T>,
                                     .forward = Forward<T>,
                                     .hidden = HiddenOfGroup<T>,
                                     .gather_panel = GatherPanel<T>,
                                     .forward_panel = ForwardOuter<T>,
                                     .hidden_of_panel = HiddenOfPanel<T>,
                                     .scores = Scores<T>,
                                     .softmax_backward = SoftmaxBackward<T>,
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
  // Better targets have lower bits.
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
