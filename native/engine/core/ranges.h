// How work is cut into pieces.
#pragma once

#include <cstdint>
#include <vector>

namespace two_layer_net {

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

// One of `shares` shares of 0 … total − 1, whose sizes differ by at most one.
inline Range part_of(int total, int share, int shares) {
  const auto bound = [&](int i) { return static_cast<int>(static_cast<int64_t>(total) * i / shares); };
  return {bound(share), bound(share + 1)};
}

}  // namespace two_layer_net
