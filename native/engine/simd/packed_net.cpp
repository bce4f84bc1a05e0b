#include "packed_net.h"

#include <algorithm>
#include <array>
#include <numeric>
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

// The sizes of W1, the tiles of b1, W2, its transpose, and b2.
std::array<size_t, 5> packed_sizes(const PackedShape& shape) {
  const size_t lanes = shape.tiles.lanes, b1 = static_cast<size_t>(shape.w_groups) * shape.tiles.tile_size();
  return {shape.w1_size(), (b1 + lanes - 1) / lanes * lanes, static_cast<size_t>(shape.shape.H) * shape.score_stride,
          static_cast<size_t>(shape.shape.C) * shape.hidden_stride, static_cast<size_t>(shape.score_stride)};
}

}  // namespace

size_t packed_size(const PackedShape& shape) {
  const std::array<size_t, 5> sizes = packed_sizes(shape);
  return std::accumulate(sizes.begin(), sizes.end(), size_t{0});
}

template <class T>
PackedNet<T> packed_net_in(const PackedShape& shape, T* numbers) {
  const std::array<size_t, 5> sizes = packed_sizes(shape);
  T* at[5];
  for (size_t i = 0; i < sizes.size(); i++) at[i] = std::exchange(numbers, numbers + sizes[i]);
  return {at[0], at[1], at[2], at[3], at[4]};
}

template <class T>
PackedNetCopy<T>::PackedNetCopy(const PackedShape& shape)
    : numbers_(packed_size(shape)), view_(packed_net_in(shape, numbers_.data())) {}

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

template PackedNet<float> packed_net_in<float>(const PackedShape&, float*);
template PackedNet<double> packed_net_in<double>(const PackedShape&, double*);
template class PackedNetCopy<float>;
template class PackedNetCopy<double>;

}  // namespace two_layer_net
