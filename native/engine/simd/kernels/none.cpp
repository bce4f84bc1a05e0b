// Replaces kernels.cpp and sgd.cpp in a build without Highway.
#include "sgd.h"

namespace two_layer_net {

template <>
const Kernels<float>* simd_kernels<float>() {
  return nullptr;
}

template <>
const Kernels<double>* simd_kernels<double>() {
  return nullptr;
}

const SimdUpdate<float>* sgd_simd_float32() { return nullptr; }
const SimdUpdate<double>* sgd_simd_float64() { return nullptr; }

std::vector<std::string> simd_targets() { return {}; }

bool force_simd_target(const std::string& name) { return name.empty(); }

}  // namespace two_layer_net
