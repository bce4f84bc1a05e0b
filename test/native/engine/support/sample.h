// Test inputs: nets, rows and random streams generated from a seed, identical on every machine.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <random>
#include <type_traits>
#include <utility>
#include <vector>

#include "../../../../native/engine/core/parameters.h"
#include "../../../../native/engine/core/random_stream.h"
#include "../../../../native/engine/core/rows.h"
#include "../../../../native/engine/core/shape.h"
#include "../../../../native/engine/training/train.h"

namespace two_layer_net {

// Typed tests run once for each arithmetic.
using Arithmetics = ::testing::Types<float, double>;

// Uniform random numbers. std::mt19937 is the same everywhere; the standard distributions are not.
class Numbers {
 public:
  explicit Numbers(uint32_t seed) : words_(seed) {}

  double between(double low, double high) { return low + (high - low) * (words_() / 4294967296.0); }
  int below(int count) { return static_cast<int>(words_() % static_cast<uint32_t>(count)); }

  template <class T>
  std::vector<T> several(size_t size, double low, double high) {
    std::vector<T> values(size);
    for (T& value : values) value = static_cast<T>(between(low, high));
    return values;
  }

 private:
  std::mt19937 words_;
};

// np.random.RandomState(seed): init_genrand of mt19937ar.c (Matsumoto & Nishimura, 2002).
inline GeneratorState random_state(uint32_t seed) {
  GeneratorState state;
  state.key[0] = seed;
  for (uint32_t i = 1; i < GeneratorState::kWords; i++) {
    const uint32_t before = state.key[i - 1];
    state.key[i] = 1812433253u * (before ^ (before >> 30)) + i;
  }
  state.position = GeneratorState::kWords;
  return state;
}

// A hash of the bits of some numbers: FNV-1a with 64-bit words in place of bytes.
inline uint64_t hash_of(const std::vector<double>& numbers) {
  uint64_t hash = 0xcbf29ce484222325;
  for (double number : numbers) hash = (hash ^ std::bit_cast<uint64_t>(number)) * 0x100000001b3;
  return hash;
}

// A net or its gradients, with its own arrays.
template <class T>
struct Net {
  Shape shape;
  std::vector<T> W1, b1, W2, b2;

  explicit Net(const Shape& shape)
      : shape(shape), W1(shape.w1_size()), b1(shape.H), W2(shape.w2_size()), b2(shape.C) {}

  // Random weights and biases of magnitude up to `size`.
  Net(const Shape& shape, uint32_t seed, double size) : Net(shape) {
    Numbers numbers(seed);
    for (std::vector<T>* array : arrays()) *array = numbers.several<T>(array->size(), -size, size);
  }

  template <class Other>
  explicit Net(const Net<Other>& other)
      : shape(other.shape),
        W1(other.W1.begin(), other.W1.end()),
        b1(other.b1.begin(), other.b1.end()),
        W2(other.W2.begin(), other.W2.end()),
        b2(other.b2.begin(), other.b2.end()) {}

  Parameters<T> view() { return {W1.data(), b1.data(), W2.data(), b2.data()}; }
  Parameters<const T> view() const { return {W1.data(), b1.data(), W2.data(), b2.data()}; }

  std::vector<std::vector<T>*> arrays() { return {&W1, &b1, &W2, &b2}; }
  std::vector<const std::vector<T>*> arrays() const { return {&W1, &b1, &W2, &b2}; }

  bool finite() const {
    for (const std::vector<T>* array : arrays()) {
      for (T value : *array) {
        if (!std::isfinite(value)) return false;
      }
    }
    return true;
  }
};

// Rows and labels, with their own arrays. `Source` is the type of a row's elements.
template <class Source>
struct Data {
  size_t count;
  std::vector<Source> X;        // (count, D)
  std::vector<int32_t> labels;  // (count)
  std::vector<double> mean;     // (D), or empty
  std::vector<double> weights;  // (count), or empty

  Data(size_t count, const Shape& shape, uint32_t seed) : count(count), labels(count) {
    Numbers numbers(seed);
    const bool bytes = std::is_same_v<Source, uint8_t>;
    X = numbers.several<Source>(count * shape.D, bytes ? 0 : -1, bytes ? 256 : 1);
    for (int32_t& label : labels) label = numbers.below(shape.C);
  }

  Rows rows() const {
    const Element element = std::is_same_v<Source, uint8_t> ? Element::kUint8
                            : std::is_same_v<Source, float> ? Element::kFloat32
                                                            : Element::kFloat64;
    return {X.data(), element, count, mean.empty() ? nullptr : mean.data()};
  }
  LabelledRows labelled() const { return {rows(), labels.data(), weights.empty() ? nullptr : weights.data()}; }

  // Row i as doubles, with the mean subtracted.
  std::vector<double> row(size_t i, int D) const {
    std::vector<double> x(X.begin() + i * D, X.begin() + (i + 1) * D);
    for (int d = 0; d < D && !mean.empty(); d++) x[d] -= mean[d];
    return x;
  }
};

constexpr const char* kArrayNames[] = {"W1", "b1", "W2", "b2"};

// Equal to the last bit: −0 differs from 0, and a NaN equals itself.
template <class T>
::testing::AssertionResult same_bits(const std::vector<T>& a, const std::vector<T>& b) {
  using Bits = std::conditional_t<sizeof(T) == 4, uint32_t, uint64_t>;
  if (a.size() != b.size()) return ::testing::AssertionFailure() << "sizes " << a.size() << " and " << b.size();
  for (size_t i = 0; i < a.size(); i++) {
    if (std::bit_cast<Bits>(a[i]) != std::bit_cast<Bits>(b[i])) {
      return ::testing::AssertionFailure() << "at " << i << ": " << a[i] << " and " << b[i] << ", apart by "
                                           << a[i] - b[i];
    }
  }
  return ::testing::AssertionSuccess();
}

template <class T>
::testing::AssertionResult same_bits(const Net<T>& a, const Net<T>& b) {
  for (size_t i = 0; i < 4; i++) {
    const ::testing::AssertionResult same = same_bits(*a.arrays()[i], *b.arrays()[i]);
    if (!same) return ::testing::AssertionFailure() << kArrayNames[i] << " " << same.message();
  }
  return ::testing::AssertionSuccess();
}

// Within `tolerance`, relative to the larger of `scale` and the expected value's magnitude.
template <class T>
::testing::AssertionResult near(const std::vector<T>& values, const std::vector<double>& expected, double tolerance,
                                double scale = 1) {
  if (values.size() != expected.size()) {
    return ::testing::AssertionFailure() << "sizes " << values.size() << " and " << expected.size();
  }
  for (size_t i = 0; i < values.size(); i++) {
    const double allowed = tolerance * std::max(scale, std::abs(expected[i]));
    // Written so that a NaN fails.
    if (!(std::abs(values[i] - expected[i]) <= allowed)) {
      return ::testing::AssertionFailure() << "at " << i << ": " << values[i] << ", expected " << expected[i];
    }
  }
  return ::testing::AssertionSuccess();
}

// A bound on the rounding error of sums of a few hundred terms of magnitude 1.
template <class T>
constexpr double kTolerance = std::is_same_v<T, float> ? 2e-5 : 1e-12;

// The largest magnitude, never 0, because tolerances are relative to it.
inline double largest(const std::vector<double>& values) {
  double largest = 1e-3;
  for (double value : values) largest = std::max(largest, std::abs(value));
  return largest;
}

// Equal within rounding errors, relative to the largest number of each array.
template <class T>
::testing::AssertionResult near(const Net<T>& net, const Net<double>& expected) {
  for (size_t i = 0; i < 4; i++) {
    const std::vector<double>& array = *expected.arrays()[i];
    const ::testing::AssertionResult same = near(*net.arrays()[i], array, kTolerance<T>, largest(array));
    if (!same) return ::testing::AssertionFailure() << kArrayNames[i] << " " << same.message();
  }
  return ::testing::AssertionSuccess();
}

}  // namespace two_layer_net
