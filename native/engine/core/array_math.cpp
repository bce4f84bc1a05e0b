#include "array_math.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <type_traits>

namespace two_layer_net {

template <class T>
void add_multiple(size_t size, T factor, const T* from, T* to) {
  for (size_t i = 0; i < size; i++) to[i] += factor * from[i];
}

namespace {

// Σ of(i)² for i below `size`.
template <class Of>
double sum_of_squares_of(size_t size, const Of& of) {
  // Several accumulators, so that additions do not wait for one another.
  constexpr size_t kLanes = 8;
  double sums[kLanes] = {};
  size_t i = 0;
  for (; i + kLanes <= size; i += kLanes) {
    for (size_t lane = 0; lane < kLanes; lane++) {
      const double value = of(i + lane);
      sums[lane] += value * value;
    }
  }
  double sum = 0;
  for (double lane : sums) sum += lane;
  for (; i < size; i++) sum += of(i) * of(i);
  return sum;
}

}  // namespace

template <class T>
double sum_of_squares(size_t size, const T* values) {
  return sum_of_squares_of(size, [values](size_t i) { return static_cast<double>(values[i]); });
}

template <class T>
double sum_of_squared_sums(size_t size, const T* values, double factor, const T* others) {
  return sum_of_squares_of(size, [=](size_t i) { return values[i] + factor * others[i]; });
}

namespace {

template <class T>
using BitsOf = std::conditional_t<sizeof(T) == 4, uint32_t, uint64_t>;

// The bits of NaN and infinities, without the sign, are larger than those of the largest number: the subtraction then
// borrows, and its highest bit is set. Compilers vectorize this for every instruction set, and its only chain is one
// of bitwise ORs.
template <class T>
bool has_non_finite(size_t size, const T* values) {
  using Bits = BitsOf<T>;
  constexpr Bits kSign = Bits{1} << (8 * sizeof(T) - 1);
  constexpr Bits kLargest = std::bit_cast<Bits>(std::numeric_limits<T>::max());
  Bits borrowed = 0;
  for (size_t i = 0; i < size; i++) borrowed |= kLargest - (std::bit_cast<Bits>(values[i]) & ~kSign);
  return (borrowed & kSign) != 0;
}

}  // namespace

template <class T>
size_t first_non_finite(size_t size, const T* values) {
  // Only a bad block is searched.
  constexpr size_t kBlock = 4096;
  for (size_t begin = 0; begin < size; begin += kBlock) {
    const size_t end = std::min(begin + kBlock, size);
    if (!has_non_finite(end - begin, values + begin)) continue;
    return std::find_if(values + begin, values + end, [](T value) { return !std::isfinite(value); }) - values;
  }
  return size;
}

#define TWO_LAYER_NET_ARRAY_MATH(T) \
  template void add_multiple<T>(size_t, T, const T*, T*); \
  template double sum_of_squares<T>(size_t, const T*); \
  template double sum_of_squared_sums<T>(size_t, const T*, double, const T*); \
  template size_t first_non_finite<T>(size_t, const T*);
TWO_LAYER_NET_ARRAY_MATH(float)
TWO_LAYER_NET_ARRAY_MATH(double)

}  // namespace two_layer_net
