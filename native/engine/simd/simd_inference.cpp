#include "simd_inference.h"

#include <algorithm>

#include "forward_panels.h"

namespace two_layer_net {

template <class T>
void pack_mean(const PackedShape& shape, const double* mean, T* out) {
  std::fill_n(out, shape.D_padded(), T(0));
  if (mean) std::copy_n(mean, shape.shape.D, out);
}

namespace {

// The tiles of one block of rows, by dot products.
template <class T>
void forward_dot(const PackedShape& shape, const Kernels<T>& kernels, const PackedNet<const T>& net, const Rows& rows,
                 const Choice& choice, const PackedBatch<T>& batch, T* X_of_block) {
  const int x_rows = shape.tiles.x_rows, groups = shape.x_groups(batch.n);
  const size_t tiles_of_group = static_cast<size_t>(shape.w_groups) * shape.tiles.tile_size();
  for (int chunk = 0; chunk < static_cast<int>(shape.chunks.size()); chunk++) {
    const int columns = shape.chunks[chunk].size();
    for (const Range units : shape.w_blocks) {
      for (int g = 0; g < groups; g++) {
        // If all of W1's part is one block, X is used once and stays in the first-level cache.
        T* X = X_of_block + (shape.w_blocks.size() == 1 ? 0 : static_cast<size_t>(g) * x_rows * columns);
        if (units.begin == 0) kernels.gather(shape, batch, rows, choice, chunk, g, X);
        kernels.forward(X, net.W1 + shape.w1_offset(chunk, units.begin), columns / shape.tiles.lanes, units.size(),
                        std::min(x_rows, batch.n - g * x_rows), chunk > 0,
                        batch.tiles + g * tiles_of_group + static_cast<size_t>(units.begin) * shape.tiles.tile_size());
      }
    }
  }
  for (int g = 0; g < groups; g++) kernels.hidden(shape, net, batch, g);
}

// The same with rows in lanes.
template <class T>
void forward_outer(const PackedShape& shape, const Kernels<T>& kernels, const PackedNet<const T>& net,
                   const Rows& rows, const Choice& choice, const PackedBatch<T>& batch, T* X) {
  const int panels = shape.x_panels(batch.n);
  const PanelUnit all{.part = 0, .panels = {0, panels}, .w_blocks = {0, static_cast<int>(shape.w_blocks.size())}};
  forward_panels(shape, kernels, net, rows, choice, batch, all, X, [](double Profile::*) {});
  for (int panel = 0; panel < panels; panel++) kernels.hidden_of_panel(shape, net, batch, panel);
}

}  // namespace

template <class T>
void InferenceBuffers<T>::reserve(const PackedShape& shape, int n, int threads) {
  if (mean.size() == 0) mean = AlignedBuffer<T>(shape.D_padded());
  const int rows = std::min(n, shape.block_rows);
  if (rows > rows_) blocks.clear();
  rows_ = std::max(rows, rows_);
  const bool dot = shape.forward == Forward::kDot;
  const size_t groups = shape.x_groups(rows_), panels = shape.x_panels(rows_);
  const size_t group_rows = groups * shape.tiles.x_rows;
  while (blocks.size() < static_cast<size_t>(threads)) {
    blocks.push_back({AlignedBuffer<T>((dot ? group_rows : panels * shape.panel_rows()) * shape.widest_chunk()),
                      AlignedBuffer<T>(shape.tiles_size(rows_)),
                      AlignedBuffer<T>(shape.hidden_size(rows_)),
                      AlignedBuffer<T>(group_rows * shape.score_stride)});
  }
}

template <class T>
void for_each_scored_block(const PackedShape& shape, const Kernels<T>& kernels, const PackedNet<const T>& net,
                           const Rows& rows, const Choice& choice, ThreadTeam& team, InferenceBuffers<T>& buffers,
                           const std::function<void(Range, const T* scores, int stride)>& use) {
  const bool dot = shape.forward == Forward::kDot;
  const std::vector<Range> blocks = cut(choice.n, shape.block_rows);
  buffers.reserve(shape, choice.n, team.size());  // before the threads start, because they must not throw
  pack_mean(shape, rows.mean, buffers.mean.data());
  team.for_each(static_cast<int>(blocks.size()), [&](int b, int member) {
    auto& own = buffers.blocks[member];
    const int n = blocks[b].size(), groups = shape.x_groups(n);
    const Choice block = choice.part(blocks[b].begin, blocks[b].end);
    const PackedBatch<T> batch{.n = n,
                               .labels = nullptr,
                               .X = nullptr,
                               .bytes = nullptr,
                               .mean = buffers.mean.data(),
                               .tiles = own.tiles.data(),
                               .parts = 1,
                               .tile_groups = dot ? groups : shape.x_panels(n),
                               .hidden = own.hidden.data(),
                               .scores = own.scores.data(),
                               .dhidden = nullptr};
    (dot ? forward_dot<T> : forward_outer<T>)(shape, kernels, net, rows, block, batch, own.X.data());
    for (int g = 0; g < groups; g++) kernels.scores(shape, net, batch, g);
    use(blocks[b], own.scores.data(), shape.score_stride);
  });
}

#define TWO_LAYER_NET_OWN_INFERENCE(T)                                                                              \
  template void pack_mean<T>(const PackedShape&, const double*, T*);                                                \
  template class InferenceBuffers<T>;                                                                               \
  template void for_each_scored_block<T>(const PackedShape&, const Kernels<T>&, const PackedNet<const T>&,          \
                                         const Rows&, const Choice&, ThreadTeam&, InferenceBuffers<T>&,             \
                                         const std::function<void(Range, const T*, int)>&);
TWO_LAYER_NET_OWN_INFERENCE(float)
TWO_LAYER_NET_OWN_INFERENCE(double)

}  // namespace two_layer_net
