#include "relu.h"

#include <algorithm>
#include <cstddef>

namespace two_layer_net {

template <class T>
void bias_relu(int n, int H, const T* b1, T* hidden) {
  for (int i = 0; i < n; i++) {
    T* row = hidden + static_cast<size_t>(i) * H;
    for (int h = 0; h < H; h++) {
      const T z = row[h] + b1[h];
      // Written so that NaN is preserved: max(0, NaN) would hide it.
      row[h] = z <= 0 ? 0 : z;
    }
  }
}

template <class T>
void relu_backward(int n, int H, const T* hidden, T* dhidden, T* db1) {
  std::fill_n(db1, H, T(0));
  for (int i = 0; i < n; i++) {
    const T* a = hidden + static_cast<size_t>(i) * H;
    T* d = dhidden + static_cast<size_t>(i) * H;
    for (int h = 0; h < H; h++) {
      d[h] = a[h] > 0 ? d[h] : 0;
      db1[h] += d[h];
    }
  }
}

#define TWO_LAYER_NET_RELU(T) \
  template void bias_relu<T>(int, int, const T*, T*); \
  template void relu_backward<T>(int, int, const T*, T*, T*);
TWO_LAYER_NET_RELU(float)
TWO_LAYER_NET_RELU(double)

}  // namespace two_layer_net
