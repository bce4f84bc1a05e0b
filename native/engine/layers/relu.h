// The first layer's bias and ReLU, forward and backward, each in one pass over n rows. The name of a gradient is its
// variable's name with a d in front.
#pragma once

namespace two_layer_net {

// hidden (n, H) ← max(0, hidden + b1), in place. NaN is preserved.
template <class T>
void bias_relu(int n, int H, const T* b1, T* hidden);

// The backward pass of ReLU, in place, and the bias gradient: dhidden (n, H) ← dhidden where hidden > 0, else 0 (so the
// gradient at 0 is 0); db1 (H) ← Σ_n dhidden.
template <class T>
void relu_backward(int n, int H, const T* hidden, T* dhidden, T* db1);

#define TWO_LAYER_NET_RELU(T) \
  extern template void bias_relu<T>(int, int, const T*, T*); \
  extern template void relu_backward<T>(int, int, const T*, T*, T*);
TWO_LAYER_NET_RELU(float)
TWO_LAYER_NET_RELU(double)
#undef TWO_LAYER_NET_RELU

}  // namespace two_layer_net
