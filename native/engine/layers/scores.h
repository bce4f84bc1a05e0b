// From the second layer's product to results: scores, predicted classes, and the number of correct ones.
#pragma once

#include <cstddef>
#include <cstdint>

#include "../core/rows.h"

namespace two_layer_net {

// scores (n, C) ← scores + b2.
template <class T>
void add_bias(int n, int C, const T* b2, T* scores);

// scores (n, C) ← softmax of each row. The scores are finite.
template <class T>
void softmax(size_t n, int C, T* scores);

// The index of the highest of C scores, the first of them in a tie. −1 if any score is NaN.
template <class T>
int argmax(int C, const T* scores);

// The number of selected rows whose label has the highest score. Consecutive rows of `scores` (rows.n, C) are `stride`
// numbers apart. `labels` are those of all rows of the data.
template <class T>
int count_correct(const Choice& rows, int C, const T* scores, int stride, const int32_t* labels);

// losses[i] ← −log softmax(scores of row i)[label] for each of the selected rows; finite for all finite scores.
template <class T>
void cross_entropies(const Choice& rows, int C, const T* scores, int stride, const int32_t* labels, double* losses);

#define TWO_LAYER_NET_SCORES(T) \
  extern template void add_bias<T>(int, int, const T*, T*); \
  extern template void softmax<T>(size_t, int, T*); \
  extern template int argmax<T>(int, const T*); \
  extern template int count_correct<T>(const Choice&, int, const T*, int, const int32_t*); \
  extern template void cross_entropies<T>(const Choice&, int, const T*, int, const int32_t*, double*);
TWO_LAYER_NET_SCORES(float)
TWO_LAYER_NET_SCORES(double)
#undef TWO_LAYER_NET_SCORES

}  // namespace two_layer_net
