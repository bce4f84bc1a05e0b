#include "packed_net.h"

#include <algorithm>
#include <utility>

namespace two_layer_net {
namespace {

// Calls use(index in W1, index in the packed W1) for each number. Processes one vector of columns at a time, so that
// their rows of W1 stay in the first-level cache for all groups of hidden units.
template <class Use>
void for_each_W1(const PackedShape& shape, const Use& use) {
  const auto [D, H, C] = shape.shape;
  const int lanes = shape.tiles.lanes, w_rows = shape.tiles.w_rows;
  for (size_t chunk = 0; chunk < shape.chunks.size(); chunk++) {
    const Range columns = shape.chunks[chunk];
    for (int first = columns.begin; first < std::min(columns.end, D); first += lanes) {
      const int there = std::min(lanes, D - first);
      for (int group = 0; group < shape.w_groups; group++) {
        const size_t from = static_cast<size_t>(first) * H + static_cast<size_t>(group) * w_rows;
        const size_t to = shape.w1_offset(static_cast<int>(chunk), group) +
                          static_cast<size_t>(first - columns.begin) * w_rows;
        const int units = std::min(w_rows, H - group * w_rows);
        for (int lane = 0; lane < there; lane++) {
          for (int q = 0; q < units; q++) {
            use(from + static_cast<size_t>(lane) * H + q, to + static_cast<size_t>(q) * lanes + lane);
          }
        }
      }
    }
  }
}

}  // namespace

template <class T>
PackedNetCopy<T>::PackedNetCopy(const PackedShape& shape) {
  const size_t lanes = shape.tiles.lanes;
  const auto whole = [lanes](size_t size) { return (size + lanes - 1) / lanes * lanes; };
  const size_t W1 = shape.w1_size(), b1 = whole(static_cast<size_t>(shape.w_groups) * shape.tiles.tile_size()),
               W2 = static_cast<size_t>(shape.shape.H) * shape.score_stride,
               W2_transpose = static_cast<size_t>(shape.shape.C) * shape.hidden_stride, b2 = shape.score_stride;
  numbers_ = AlignedBuffer<T>(W1 + b1 + W2 + W2_transpose + b2);
  T* at = numbers_.data();
  const auto take = [&at](size_t size) { return std::exchange(at, at + size); };
  view_.W1 = take(W1);
  view_.b1_tiles = take(b1);
  view_.W2 = take(W2);
  view_.W2_transpose = take(W2_transpose);
  view_.b2 = take(b2);
}

template <class T>
void PackedNetCopy<T>::read(const PackedShape& shape, const Parameters<const T>& net) {
  const auto [D, H, C] = shape.shape;
  for_each_W1(shape, [&](size_t from, size_t to) { view_.W1[to] = net.W1[from]; });
  const int tile_size = shape.tiles.tile_size(), w_rows = shape.tiles.w_rows;
  for (int h = 0; h < H; h++) {
    T* tile = view_.b1_tiles + static_cast<size_t>(h / w_rows) * tile_size;
    for (int r = 0; r < shape.tiles.x_rows; r++) tile[r * w_rows + h % w_rows] = net.b1[h];
    for (int c = 0; c < C; c++) {
      const T w = net.W2[static_cast<size_t>(h) * C + c];
      view_.W2[static_cast<size_t>(h) * shape.score_stride + c] = w;
      view_.W2_transpose[static_cast<size_t>(c) * shape.hidden_stride + h] = w;
    }
  }
  std::copy_n(net.b2, C, view_.b2);
}

// Calls put(number of the packed net, its place in `net`) for each number.
template <class T>
template <class Put>
void PackedNetCopy<T>::unpack(const PackedShape& shape, const Parameters<T>& net, const Put& put) const {
  const auto [D, H, C] = shape.shape;
  for_each_W1(shape, [&](size_t to, size_t from) { put(view_.W1[from], net.W1[to]); });
  const int tile_size = shape.tiles.tile_size(), w_rows = shape.tiles.w_rows;
  for (int h = 0; h < H; h++) {
    put(view_.b1_tiles[static_cast<size_t>(h / w_rows) * tile_size + h % w_rows], net.b1[h]);
    for (int c = 0; c < C; c++) {
      put(view_.W2[static_cast<size_t>(h) * shape.score_stride + c], net.W2[static_cast<size_t>(h) * C + c]);
    }
  }
  for (int c = 0; c < C; c++) put(view_.b2[c], net.b2[c]);
}

template <class T>
void PackedNetCopy<T>::write(const PackedShape& shape, const Parameters<T>& net) const {
  unpack(shape, net, [](T from, T& to) { to = from; });
}

template <class T>
void PackedNetCopy<T>::add_to(const PackedShape& shape, const Parameters<T>& net) const {
  unpack(shape, net, [](T from, T& to) { to += from; });
}

template class PackedNetCopy<float>;
template class PackedNetCopy<double>;

}  // namespace two_layer_net
