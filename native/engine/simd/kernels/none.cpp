// Replaces kernels.cpp, updates.cpp and pixels.cpp in a build without Highway.
#include <cstring>

#include "pixels.h"
#include "updates.h"

namespace two_layer_net {

template <>
const Kernels<float>* simd_kernels<float>() {
  return nullptr;
}

template <>
const Kernels<double>* simd_kernels<double>() {
  return nullptr;
}

template <class T>
const SimdUpdate<T>* SimdUpdates<T>::sgd() {
  return nullptr;
}
template <class T>
const SimdUpdate<T>* SimdUpdates<T>::momentum() {
  return nullptr;
}
template <class T>
const SimdUpdate<T>* SimdUpdates<T>::adam() {
  return nullptr;
}
template struct SimdUpdates<float>;
template struct SimdUpdates<double>;

void reverse_rgb(const uint8_t* from, int count, uint8_t* to) {
  for (int x = 0; x < count; x++) std::memcpy(to + 3 * x, from + 3 * (count - 1 - x), 3);
}

std::vector<std::string> simd_targets() { return {}; }

bool force_simd_target(const std::string& name) { return name.empty(); }

}  // namespace two_layer_net
