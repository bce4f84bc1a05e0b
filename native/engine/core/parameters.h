// The net's four parameter arrays, as a view and as a copy. This is the one place that lists them.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>

#include "aligned_buffer.h"
#include "shape.h"
#include "thread_team.h"

namespace two_layer_net {

// A view of the net's arrays, or of others with the same layout (gradients, slots). It does not own them.
template <class T>
struct Parameters {
  T* W1;  // (D, H)
  T* b1;  // (H)
  T* W2;  // (H, C)
  T* b2;  // (C)

  operator Parameters<const T>() const { return {W1, b1, W2, b2}; }

  // W1, b1, W2, b2.
  std::array<std::span<T>, 4> arrays(const Shape& shape) const {
    const auto [D, H, C] = shape;
    return {std::span(W1, shape.w1_size()), std::span(b1, H), std::span(W2, shape.w2_size()), std::span(b2, C)};
  }
};

// A view of four arrays stored one after the other in `memory`.
template <class T>
Parameters<T> parameters_in(const Shape& shape, T* memory) {
  const auto take = [&memory](size_t size) {
    T* array = memory;
    memory += size;
    return array;
  };
  T* W1 = take(shape.w1_size());
  T* b1 = take(shape.H);
  T* W2 = take(shape.w2_size());
  return {W1, b1, W2, take(shape.C)};
}

template <class T>
void copy_parameters(const Shape& shape, const Parameters<const T>& from, const Parameters<T>& to) {
  const auto sources = from.arrays(shape);
  const auto targets = to.arrays(shape);
  for (size_t i = 0; i < sources.size(); i++) std::copy(sources[i].begin(), sources[i].end(), targets[i].begin());
}

// The same on a team.
template <class T>
void copy_parameters(const Shape& shape, const Parameters<const T>& from, const Parameters<T>& to, ThreadTeam& team) {
  constexpr size_t kPiece = 16384;
  const auto sources = from.arrays(shape);
  const auto targets = to.arrays(shape);
  for (size_t i = 0; i < sources.size(); i++) {
    const size_t size = sources[i].size();
    team.for_each(static_cast<int>((size + kPiece - 1) / kPiece), [&](int piece, int) {
      const size_t begin = piece * kPiece;
      std::copy_n(sources[i].data() + begin, std::min(kPiece, size - begin), targets[i].data() + begin);
    });
  }
}

template <class T>
void fill_parameters(const Shape& shape, const Parameters<T>& to, T value) {
  for (const std::span<T> array : to.arrays(shape)) std::fill(array.begin(), array.end(), value);
}

// A copy of the four arrays, which owns its memory.
template <class T>
class ParameterCopy {
 public:
  ParameterCopy(const Shape& shape, const Parameters<const T>& from)
      : shape_(shape), numbers_(shape.size(), kForOverwrite) {
    read(from);
  }
  ParameterCopy(const ParameterCopy& other) : ParameterCopy(other.shape_, other.view()) {}
  // Views stay valid.
  ParameterCopy(ParameterCopy&& other) noexcept = default;
  // Both must be of one shape.
  ParameterCopy& operator=(const ParameterCopy& other) {
    read(other.view());
    return *this;
  }

  void read(const Parameters<const T>& from) { copy_parameters<T>(shape_, from, view()); }
  void write(const Parameters<T>& to) const { copy_parameters<T>(shape_, view(), to); }

  Parameters<T> view() { return parameters_in(shape_, numbers_.data()); }
  Parameters<const T> view() const { return parameters_in<const T>(shape_, numbers_.data()); }

 private:
  Shape shape_;
  // In huge pages if it is large: a copy is often made while JavaScript waits, and the system takes as long to give
  // small pages as to fill them.
  AlignedBuffer<T> numbers_;
};

}  // namespace two_layer_net
