// Sizes and views that every part of the engine shares. Letters as everywhere in this project: N rows, D inputs per
// row, H hidden units, C classes; all matrices row-major.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace two_layer_net {

struct Shape {
  int D;  // inputs per row
  int H;  // hidden units
  int C;  // classes

  size_t w1_size() const { return static_cast<size_t>(D) * H; }
  size_t w2_size() const { return static_cast<size_t>(H) * C; }
};

// The net's arrays, owned by somebody else.
template <class T>
struct Parameters {
  T* W1;  // (D, H)
  T* b1;  // (H)
  T* W2;  // (H, C)
  T* b2;  // (C)

  operator Parameters<const T>() const { return {W1, b1, W2, b2}; }
};

template <class T>
void copy_parameters(const Shape& shape, const Parameters<const T>& from, const Parameters<T>& to) {
  std::copy_n(from.W1, shape.w1_size(), to.W1);
  std::copy_n(from.b1, shape.H, to.b1);
  std::copy_n(from.W2, shape.w2_size(), to.W2);
  std::copy_n(from.b2, shape.C, to.b2);
}

// Half-open range of rows, columns or units.
struct Range {
  int begin;
  int end;
  int size() const { return end - begin; }
};

// Cuts 0 … total into pieces of `piece` (the last may be smaller). The pieces depend on sizes alone, never on the
// number of threads: partial sums are added in piece order, so any number of threads gives the same bits.
inline std::vector<Range> cut(int total, int piece) {
  std::vector<Range> pieces;
  for (int begin = 0, end; begin < total; begin = end) {
    end = piece < total - begin ? begin + piece : total;  // begin + piece may be more than an int holds
    pieces.push_back({begin, end});
  }
  return pieces;
}

// One of so many shares of 0 … total − 1, alike but for one.
inline Range part_of(int total, int share, int shares) {
  const auto bound = [&](int i) { return static_cast<int>(static_cast<int64_t>(total) * i / shares); };
  return {bound(share), bound(share + 1)};
}

}  // namespace two_layer_net
