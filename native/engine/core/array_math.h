// Sums and searches over plain arrays.
#pragma once

#include <cstddef>

namespace two_layer_net {

// to ← to + factor · from
template <class T>
void add_multiple(size_t size, T factor, const T* from, T* to);

// Σ values², in double: float32 weights of 1e20 still have a finite sum.
template <class T>
double sum_of_squares(size_t size, const T* values);

// Σ (values + factor · others)², in double.
template <class T>
double sum_of_squared_sums(size_t size, const T* values, double factor, const T* others);

// The index of the first NaN or infinity, or `size` if all are finite.
template <class T>
size_t first_non_finite(size_t size, const T* values);

template <class T>
bool all_finite(size_t size, const T* values) {
  return first_non_finite(size, values) == size;
}

#define TWO_LAYER_NET_ARRAY_MATH(T) \
  extern template void add_multiple<T>(size_t, T, const T*, T*); \
  extern template double sum_of_squares<T>(size_t, const T*); \
  extern template double sum_of_squared_sums<T>(size_t, const T*, double, const T*); \
  extern template size_t first_non_finite<T>(size_t, const T*);
TWO_LAYER_NET_ARRAY_MATH(float)
TWO_LAYER_NET_ARRAY_MATH(double)
#undef TWO_LAYER_NET_ARRAY_MATH

}  // namespace two_layer_net
