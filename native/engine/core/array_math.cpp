#include "array_math.h"

#include <algorithm>
#include <cmath>

namespace two_layer_net {

template <class T>
void add_multiple(size_t size, T factor, const T* from, T* to) {
  for (size_t i = 0; i < size; i++) to[i] += factor * from[i];
}

template <class T>
double sum_of_squares(size_t size, const T* values) {
  // Several accumulators, so that additions do not wait for one another.
  constexpr size_t kLanes = 8;
  double sums[kLanes] = {};
  size_t i = 0;
  for (; i + kLanes <= size; i += kLanes) {
    for (size_t lane = 0; lane < kLanes; lane++) {
      const double value = values[i + lane];
      sums[lane] += value * value;
    }
  }
  double sum = 0;
  for (double lane : sums) sum += lane;
  for (; i < size; i++) sum += static_cast<double>(values[i]) * values[i];
  return sum;
}

template <class T>
size_t first_non_finite(size_t size, const T* values) {
  // 0 · value is 0 for a finite value and NaN otherwise, so one sum checks a whole block. The compiler can vectorize
  // it, and only a bad block is searched.
  constexpr size_t kBlock = 4096, kLanes = 16;
  for (size_t begin = 0; begin < size; begin += kBlock) {
    const size_t end = std::min(begin + kBlock, size);
    T sums[kLanes] = {};
    size_t i = begin;
    for (; i + kLanes <= end; i += kLanes) {
      for (size_t lane = 0; lane < kLanes; lane++) sums[lane] += 0 * values[i + lane];
    }
    T sum = 0;
    for (T lane : sums) sum += lane;
    for (; i < end; i++) sum += 0 * values[i];
    if (sum == 0) continue;
    return std::find_if(values + begin, values + end, [](T value) { return !std::isfinite(value); }) - values;
  }
  return size;
}

#define TWO_LAYER_NET_ARRAY_MATH(T) \
  template void add_multiple<T>(size_t, T, const T*, T*); \
  template double sum_of_squares<T>(size_t, const T*); \
  template size_t first_non_finite<T>(size_t, const T*);
TWO_LAYER_NET_ARRAY_MATH(float)
TWO_LAYER_NET_ARRAY_MATH(double)

}  // namespace two_layer_net
