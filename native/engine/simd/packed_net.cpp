#include "packed_net.h"

#include <algorithm>
#include <utility>

namespace two_layer_net {
namespace {

// Calls use(chunk, column of the chunk) for each vector of columns, on the team.
template <class Use>
void for_each_vector(const PackedShape& shape, ThreadTeam& team, const Use& use) {
  const int lanes = shape.tiles.lanes;
  team.for_each(shape.D_padded() / lanes, [&](int vector, int) {
    const int column = vector * lanes;
    const auto after = std::upper_bound(shape.chunks.begin(), shape.chunks.end(), column,
                                        [](int value, const Range& chunk) { return value < chunk.begin; });
    const int chunk = static_cast<int>(after - shape.chunks.begin()) - 1;
    use(chunk, column - shape.chunks[chunk].begin);
  });
}

// Calls use(hidden unit) for each one, on the team.
template <class Use>
void for_each_unit(const PackedShape& shape, ThreadTeam& team, const Use& use) {
  const int w_rows = shape.tiles.w_rows;
  team.for_each(shape.w_groups, [&](int group, int) {
    for (int h = group * w_rows; h < std::min((group + 1) * w_rows, shape.shape.H); h++) use(h);
  });
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
void PackedNetCopy<T>::read(const PackedShape& shape, const Kernels<T>& kernels, const Parameters<const T>& net,
                            ThreadTeam& team) {
  const int C = shape.shape.C, tile_size = shape.tiles.tile_size(), w_rows = shape.tiles.w_rows;
  for_each_vector(shape, team, [&](int chunk, int column) {
    kernels.pack_W1(shape, net.W1, chunk, column, view_.W1);
  });
  for_each_unit(shape, team, [&](int h) {
    T* tile = view_.b1_tiles + static_cast<size_t>(h / w_rows) * tile_size;
    for (int r = 0; r < shape.tiles.x_rows; r++) tile[r * w_rows + h % w_rows] = net.b1[h];
    for (int c = 0; c < C; c++) {
      const T w = net.W2[static_cast<size_t>(h) * C + c];
      view_.W2[static_cast<size_t>(h) * shape.score_stride + c] = w;
      view_.W2_transpose[static_cast<size_t>(c) * shape.hidden_stride + h] = w;
    }
  });
  std::copy_n(net.b2, C, view_.b2);
}

// Calls put(number of the packed net, its place in `net`) for each number outside of W1.
template <class T>
template <class Put>
void PackedNetCopy<T>::unpack_others(const PackedShape& shape, const Parameters<T>& net, ThreadTeam& team,
                                     const Put& put) const {
  const int C = shape.shape.C, tile_size = shape.tiles.tile_size(), w_rows = shape.tiles.w_rows;
  for_each_unit(shape, team, [&](int h) {
    put(view_.b1_tiles[static_cast<size_t>(h / w_rows) * tile_size + h % w_rows], net.b1[h]);
    for (int c = 0; c < C; c++) {
      put(view_.W2[static_cast<size_t>(h) * shape.score_stride + c], net.W2[static_cast<size_t>(h) * C + c]);
    }
  });
  for (int c = 0; c < C; c++) put(view_.b2[c], net.b2[c]);
}

template <class T>
void PackedNetCopy<T>::write(const PackedShape& shape, const Kernels<T>& kernels, const Parameters<T>& net,
                             ThreadTeam& team) const {
  for_each_vector(shape, team, [&](int chunk, int column) {
    kernels.unpack_W1(shape, view_.W1, chunk, column, false, net.W1);
  });
  unpack_others(shape, net, team, [](T from, T& to) { to = from; });
}

template <class T>
void PackedNetCopy<T>::add_to(const PackedShape& shape, const Kernels<T>& kernels, const Parameters<T>& net,
                              ThreadTeam& team) const {
  for_each_vector(shape, team, [&](int chunk, int column) {
    kernels.unpack_W1(shape, view_.W1, chunk, column, true, net.W1);
  });
  unpack_others(shape, net, team, [](T from, T& to) { to += from; });
}

template class PackedNetCopy<float>;
template class PackedNetCopy<double>;

}  // namespace two_layer_net
