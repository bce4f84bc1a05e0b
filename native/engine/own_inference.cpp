#include "own_inference.h"

#include <algorithm>

#include "aligned_buffer.h"

namespace two_layer_net {
namespace {

// Groups of rows per block: X's part of one chunk, 8 · 5 rows of 4 KB, stays in the second-level cache, and W1 is read
// once for as many rows.
constexpr int kBlockGroups = 8;

}  // namespace

template <class T>
void pack_mean(const PackedShape& shape, const double* mean, T* out) {
  std::fill_n(out, shape.D_padded(), T(0));
  if (mean) std::copy_n(mean, shape.shape.D, out);
}

template <class T>
void for_each_scored_block(const PackedShape& shape, const Kernels<T>& kernels, const PackedNet<const T>& net,
                           const Rows& rows, const Choice& choice, ThreadTeam& team,
                           const std::function<void(Range, const T* scores, int stride)>& use) {
  const int x_rows = shape.tiles.x_rows, block_rows = kBlockGroups * x_rows;
  const std::vector<Range> blocks = cut(choice.n, block_rows);
  int widest = 0;
  for (const Range chunk : shape.chunks) widest = std::max(widest, chunk.size());
  const size_t tiles_of_group = static_cast<size_t>(shape.w_groups) * shape.tiles.tile_size();
  AlignedBuffer<T> mean(shape.D_padded());
  pack_mean(shape, rows.mean, mean.data());
  struct Buffers {
    AlignedBuffer<T> X, tiles, hidden, scores;
  };
  std::vector<Buffers> buffers(std::min<size_t>(team.size(), blocks.size()));
  // Before the threads start: they must not throw.
  for (Buffers& own : buffers) {
    own.X = AlignedBuffer<T>(static_cast<size_t>(block_rows) * widest);
    own.tiles = AlignedBuffer<T>(kBlockGroups * tiles_of_group);
    own.hidden = AlignedBuffer<T>(static_cast<size_t>(block_rows) * shape.hidden_stride);
    own.scores = AlignedBuffer<T>(static_cast<size_t>(block_rows) * shape.score_stride);
  }
  team.for_each(static_cast<int>(buffers.size()), [&](int share, int) {
    Buffers& own = buffers[share];
    const size_t begin = blocks.size() * share / buffers.size(), end = blocks.size() * (share + 1) / buffers.size();
    for (size_t b = begin; b < end; b++) {
      const int n = blocks[b].size(), groups = shape.x_groups(n);
      const Choice of_block = choice.part(blocks[b].begin, blocks[b].end);
      const PackedBatch<T> batch{.n = n,
                                 .labels = nullptr,
                                 .X = nullptr,
                                 .bytes = nullptr,
                                 .mean = mean.data(),
                                 .tiles = own.tiles.data(),
                                 .slots = 1,
                                 .tile_groups = groups,
                                 .hidden = own.hidden.data(),
                                 .scores = own.scores.data(),
                                 .dhidden = nullptr};
      for (size_t c = 0; c < shape.chunks.size(); c++) {
        const Range chunk = shape.chunks[c];
        const int chunk_index = static_cast<int>(c);
        for (int g = 0; g < groups; g++) {
          T* X = own.X.data() + static_cast<size_t>(g) * x_rows * chunk.size();
          kernels.gather(shape, batch, rows, of_block, chunk_index, g, X);
        }
        for (Range units : shape.w_blocks(chunk_index)) {
          for (int g = 0; g < groups; g++) {
            const T* X = own.X.data() + static_cast<size_t>(g) * x_rows * chunk.size();
            kernels.forward(X, net.W1 + shape.w1_offset(chunk_index, units.begin), chunk.size() / shape.tiles.lanes,
                            units.size(), std::min(x_rows, n - g * x_rows), c > 0,
                            own.tiles.data() + g * tiles_of_group +
                                static_cast<size_t>(units.begin) * shape.tiles.tile_size());
          }
        }
      }
      for (int g = 0; g < groups; g++) kernels.scores(shape, net, batch, g);
      use(blocks[b], own.scores.data(), shape.score_stride);
    }
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
