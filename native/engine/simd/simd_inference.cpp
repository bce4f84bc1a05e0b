#include "simd_inference.h"

#include <algorithm>

#include "../core/aligned_buffer.h"

namespace two_layer_net {

template <class T>
void pack_mean(const PackedShape& shape, const double* mean, T* out) {
  std::fill_n(out, shape.D_padded(), T(0));
  if (mean) std::copy_n(mean, shape.shape.D, out);
}

template <class T>
void for_each_scored_block(const PackedShape& shape, const Kernels<T>& kernels, const PackedNet<const T>& net,
                           const Rows& rows, const Choice& choice, ThreadTeam& team,
                           const std::function<void(Range, const T* scores, int stride)>& use) {
  const int x_rows = shape.tiles.x_rows, block_rows = PackedShape::kBlockGroups * x_rows;
  const std::vector<Range> blocks = cut(choice.n, block_rows);
  const size_t tiles_of_group = static_cast<size_t>(shape.w_groups) * shape.tiles.tile_size();
  AlignedBuffer<T> mean(shape.D_padded());
  pack_mean(shape, rows.mean, mean.data());
  struct Buffers {
    AlignedBuffer<T> X, tiles, hidden, scores;
  };
  std::vector<Buffers> buffers(team.size());
  // Allocate before the threads start, because they must not throw.
  for (Buffers& own : buffers) {
    own.X = AlignedBuffer<T>(static_cast<size_t>(block_rows) * shape.widest_chunk());
    own.tiles = AlignedBuffer<T>(PackedShape::kBlockGroups * tiles_of_group);
    own.hidden = AlignedBuffer<T>(static_cast<size_t>(block_rows) * shape.hidden_stride);
    own.scores = AlignedBuffer<T>(static_cast<size_t>(block_rows) * shape.score_stride);
  }
  team.for_each(static_cast<int>(blocks.size()), [&](int b, int member) {
    Buffers& own = buffers[member];
    const int n = blocks[b].size(), groups = shape.x_groups(n), first_group = blocks[b].begin / x_rows;
    const PackedBatch<T> batch{.n = n,
                               .labels = nullptr,
                               .X = nullptr,
                               .bytes = nullptr,
                               .mean = mean.data(),
                               .tiles = own.tiles.data(),
                               .parts = 1,
                               .tile_groups = groups,
                               .hidden = own.hidden.data(),
                               .scores = own.scores.data(),
                               .dhidden = nullptr};
    for (int chunk = 0; chunk < static_cast<int>(shape.chunks.size()); chunk++) {
      const int columns = shape.chunks[chunk].size();
      for (const Range units : shape.w_blocks[chunk]) {
        for (int g = 0; g < groups; g++) {
          // If all of W1's part is one block, X is used once and stays in the first-level cache.
          T* X = own.X.data() + (shape.w_blocks[chunk].size() == 1 ? 0 : static_cast<size_t>(g) * x_rows * columns);
          if (units.begin == 0) kernels.gather(shape, batch, rows, choice, chunk, first_group + g, X);
          kernels.forward(X, net.W1 + shape.w1_offset(chunk, units.begin), columns / shape.tiles.lanes, units.size(),
                          std::min(x_rows, n - g * x_rows), chunk > 0,
                          own.tiles.data() + g * tiles_of_group +
                              static_cast<size_t>(units.begin) * shape.tiles.tile_size());
        }
      }
    }
    for (int g = 0; g < groups; g++) kernels.scores(shape, net, batch, g);
    use(blocks[b], own.scores.data(), shape.score_stride);
  });
}

#define TWO_LAYER_NET_OWN_INFERENCE(T)                                                                              \
  template void pack_mean<T>(const PackedShape&, const double*, T*);                                                \
  template void for_each_scored_block<T>(const PackedShape&, const Kernels<T>&, const PackedNet<const T>&,          \
                                         const Rows&, const Choice&, ThreadTeam&,                                   \
                                         const std::function<void(Range, const T*, int)>&);
TWO_LAYER_NET_OWN_INFERENCE(float)
TWO_LAYER_NET_OWN_INFERENCE(double)

}  // namespace two_layer_net
