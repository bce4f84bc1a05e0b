// The SIMD kernels of the update rules (step/rules/).
#pragma once

#include "kernels.h"

namespace two_layer_net {

// Of the current target. Null if the package was built without SIMD kernels.
template <class T>
struct SimdUpdates {
  static const SimdUpdate<T>* sgd();
  static const SimdUpdate<T>* momentum();
  static const SimdUpdate<T>* adam();
};

}  // namespace two_layer_net
