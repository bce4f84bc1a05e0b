// The net's layers between the matrix products, each fused into one pass over its rows. Forward beside backward;
// outputs last. `n` rows at a time; gradients are the name with a d before it.
#pragma once

#include <cstdint>

#include "../core/rows.h"
#include "../core/shape.h"

namespace two_layer_net {

// hidden (n, H) ← max(0, hidden + b1): bias and ReLU of the first layer, in place.
template <class T>
void bias_relu(int n, int H, const T* b1, T* hidden);

// ReLU's backward in place, and its bias gradient: dhidden (n, H) ← dhidden where hidden > 0, else 0 (the gradient at
// 0 is 0); db1 (H) ← Σ_n dhidden.
template <class T>
void relu_backward(int n, int H, const T* hidden, T* dhidden, T* db1);

// Softmax, cross-entropy and their gradient in one pass, with the second layer's bias. `scores` (n, C) hold
// hidden · W2 going in and d loss / d scores coming out: (softmax(scores + b2) − onehot(labels)) · scale, where scale
// is 1 / N of the whole minibatch. db2 (C) ← Σ_n dscores. Returns Σ_n −log softmax(scores + b2)[label].
// Stable for any finite scores: the row's maximum is subtracted before exp, and the loss is taken as
// log Σ exp(s − max) − (s[label] − max), which stays finite where the probability itself underflows.
template <class T>
double softmax_loss(int n, int C, const T* b2, const int32_t* labels, T scale, T* scores, T* db2);

// scores (n, C) ← scores + b2.
template <class T>
void add_bias(int n, int C, const T* b2, T* scores);

// The index of the highest of C scores; ties go to the first. −1 when one of them is NaN.
template <class T>
int argmax(int C, const T* scores);

// How many of `rows` have their label's score highest. scores (rows.n, …), `stride` numbers from one row to the next;
// labels of all rows.
template <class T>
int count_correct(const Choice& rows, int C, const T* scores, int stride, const int32_t* labels);

// to ← to + factor · from
template <class T>
void add_multiple(size_t size, T factor, const T* from, T* to);

// Σ values², in double: float32 weights of 1e20 still have a finite sum.
template <class T>
double sum_of_squares(size_t size, const T* values);

// The index of the first NaN or infinity, or `size` when all are finite.
template <class T>
size_t first_non_finite(size_t size, const T* values);

#define TWO_LAYER_NET_LAYERS(T)                                                                     \
  extern template void bias_relu<T>(int, int, const T*, T*);                                        \
  extern template void relu_backward<T>(int, int, const T*, T*, T*);                                \
  extern template double softmax_loss<T>(int, int, const T*, const int32_t*, T, T*, T*);            \
  extern template void add_bias<T>(int, int, const T*, T*);                                         \
  extern template int argmax<T>(int, const T*);                                                     \
  extern template int count_correct<T>(const Choice&, int, const T*, int, const int32_t*);            \
  extern template void add_multiple<T>(size_t, T, const T*, T*);                                    \
  extern template double sum_of_squares<T>(size_t, const T*);                                       \
  extern template size_t first_non_finite<T>(size_t, const T*);
TWO_LAYER_NET_LAYERS(float)
TWO_LAYER_NET_LAYERS(double)
#undef TWO_LAYER_NET_LAYERS

}  // namespace two_layer_net
