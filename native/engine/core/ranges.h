// Splits work into pieces.
#pragma once

#include <cstdint>
#include <vector>

namespace two_layer_net {

// A half-open range of rows, columns or units.
struct Range {
  int begin;
  int end;
  int size() const { return end - begin; }
};

// What both hold. Its size is not positive if that is nothing.
inline Range common(Range a, Range b) { return {a.begin > b.begin ? a.begin : b.begin, a.end < b.end ? a.end : b.end}; }

// Cuts 0 … total − 1 into pieces of size `piece` (the last may be smaller). The pieces depend only on the sizes, never
// on the number of threads. Partial sums are added in piece order, so the result is the same to the last bit with any
// number of threads.
inline std::vector<Range> cut(int total, int piece) {
  std::vector<Range> pieces;
  for (int begin = 0, end; begin < total; begin = end) {
    end = piece < total - begin ? begin + piece : total;  // begin + piece may overflow
    pieces.push_back({begin, end});
  }
  return pieces;
}

// Number `share` of `shares` parts of 0 … total − 1. Their sizes differ by at most one.
inline Range part_of(int total, int share, int shares) {
  const auto bound = [&](int i) { return static_cast<int>(static_cast<int64_t>(total) * i / shares); };
  return {bound(share), bound(share + 1)};
}

}  // namespace two_layer_net
