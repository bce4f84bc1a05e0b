#include "simd_inference.h"

#include <algorithm>

#include "../core/ranges.h"
#include "forward_panels.h"

namespace two_layer_net {

template <class T>
void pack_mean(const PackedShape& shape, const double* mean, T* out) {
  std::fill_n(out, shape.D_padded(), T(0));
  if (mean) std::copy_n(mean, shape.shape.D, out);
}

namespace {

// What all blocks of a pass share.
template <class T>
struct ScoringPass {
  const PackedShape& shape;
  const Kernels<T>& kernels;
  const PackedNet<const T>& net;
  const Rows& rows;
  const T* mean;

  bool dot() const { return shape.forward == Forward::kDot; }
  PackedBatch<T> batch(int n, typename InferenceBuffers<T>::Block& memory) const;
  void forward(const Choice& choice, const PackedBatch<T>& batch, Range w_groups, T* X) const;
  void forward_shared(const Choice& choice, const PackedBatch<T>& batch, InferenceBuffers<T>& buffers,
                      ThreadTeam& team) const;
  void finish(const PackedBatch<T>& batch) const;

 private:
  void forward_dot(const Choice& choice, const PackedBatch<T>& batch, Range w_groups, T* X_of_block) const;
};

template <class T>
PackedBatch<T> ScoringPass<T>::batch(int n, typename InferenceBuffers<T>::Block& memory) const {
  return {.n = n,
          .labels = nullptr,
          .weights = nullptr,
          .X = nullptr,
          .bytes = nullptr,
          .mean = mean,
          .tiles = memory.tiles.data(),
          .parts = 1,
          .tile_groups = dot() ? shape.x_groups(n) : shape.x_panels(n),
          .hidden = memory.hidden.data(),
          .scores = memory.scores.data(),
          .dhidden = nullptr};
}

// The tiles of one block of rows, for some groups of hidden units. X has memory for one chunk of the rows.
template <class T>
void ScoringPass<T>::forward(const Choice& choice, const PackedBatch<T>& batch, Range w_groups, T* X) const {
  if (dot()) return forward_dot(choice, batch, w_groups, X);
  const PanelUnit unit{.part = 0, .panels = {0, shape.x_panels(batch.n)}, .w_groups = w_groups};
  forward_panels(shape, kernels, net, rows, choice, batch, unit, X, [](double Profile::*) {});
}

template <class T>
void ScoringPass<T>::forward_dot(const Choice& choice, const PackedBatch<T>& batch, Range w_groups,
                                 T* X_of_block) const {
  const int x_rows = shape.tiles.x_rows, groups = shape.x_groups(batch.n);
  const size_t tiles_of_group = static_cast<size_t>(shape.w_groups) * shape.tiles.tile_size();
  for (int chunk = 0; chunk < static_cast<int>(shape.chunks.size()); chunk++) {
    const int columns = shape.chunks[chunk].size();
    for (const Range block : shape.w_blocks) {
      const Range units = common(block, w_groups);
      if (units.size() <= 0) continue;
      for (int g = 0; g < groups; g++) {
        // With one block of W1, X is used once and stays in the first-level cache.
        T* X = X_of_block + (units.size() == w_groups.size() ? 0 : static_cast<size_t>(g) * x_rows * columns);
        if (units.begin == w_groups.begin) kernels.gather(shape, batch, rows, choice, chunk, g, X);
        kernels.forward(X, net.W1 + shape.w1_offset(chunk, units.begin), columns / shape.tiles.lanes, units.size(),
                        std::min(x_rows, batch.n - g * x_rows), chunk > 0,
                        batch.tiles + g * tiles_of_group + static_cast<size_t>(units.begin) * shape.tiles.tile_size());
      }
    }
  }
}

// The tiles of one block of rows, of which the members share the hidden units. With rows in lanes, gathering a panel
// takes as long as a good part of its product, so they share that too.
template <class T>
void ScoringPass<T>::forward_shared(const Choice& choice, const PackedBatch<T>& batch, InferenceBuffers<T>& buffers,
                                    ThreadTeam& team) const {
  const int shares = std::min(shape.w_groups, team.size());
  if (dot() || shares == 1) {
    return team.for_each(shares, [&](int share, int member) {
      forward(choice, batch, part_of(shape.w_groups, share, shares), buffers.blocks[member].X.data());
    });
  }
  const int chunks = static_cast<int>(shape.chunks.size());
  const auto X_of = [&](int chunk) {
    return buffers.shared_X.data() + static_cast<size_t>(shape.chunks[chunk].begin) * shape.panel_rows();
  };
  team.for_each(chunks, [&](int chunk, int) {
    kernels.gather_panel(shape, batch, rows, choice, chunk, 0, X_of(chunk));
  });
  team.for_each(shares, [&](int share, int) {
    const PanelUnit unit{.part = 0, .panels = {0, 1}, .w_groups = part_of(shape.w_groups, share, shares)};
    for (int c = 0; c < chunks; c++) multiply_panels(shape, kernels, net, batch, unit, c, c == 0, X_of(c));
  });
}

// From the tiles of all hidden units to the scores.
template <class T>
void ScoringPass<T>::finish(const PackedBatch<T>& batch) const {
  const int groups = shape.x_groups(batch.n);
  if (dot()) {
    for (int g = 0; g < groups; g++) kernels.hidden(shape, net, batch, g);
  } else {
    for (int panel = 0; panel < shape.x_panels(batch.n); panel++) kernels.hidden_of_panel(shape, net, batch, panel);
  }
  for (int g = 0; g < groups; g++) kernels.scores(shape, net, batch, g);
}

// Rows of a block: as many as pass by W1 together, but not so many that a member of the team has none.
int block_rows(const PackedShape& shape, int n, int members) {
  const int whole = shape.forward == Forward::kDot ? shape.tiles.x_rows : shape.panel_rows();
  return Tiles::round_up(std::min(shape.block_rows, (n - 1) / members + 1), whole);
}

}  // namespace

template <class T>
void InferenceBuffers<T>::reserve(const PackedShape& shape, int n, int threads) {
  if (mean.size() == 0) mean = AlignedBuffer<T>(shape.D_padded());
  const int rows = std::min(n, shape.block_rows);
  if (rows > rows_) blocks.clear();
  rows_ = std::max(rows, rows_);
  const bool dot = shape.forward == Forward::kDot;
  // A block of which several members share the hidden units has one panel.
  if (!dot && threads > 1 && shared_X.size() == 0) {
    shared_X = AlignedBuffer<T>(static_cast<size_t>(shape.D_padded()) * shape.panel_rows());
  }
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
                           const BlockCalls<T>& calls) {
  if (choice.n == 0) return;
  const std::vector<Range> blocks = cut(choice.n, block_rows(shape, choice.n, team.size()));
  buffers.reserve(shape, choice.n, team.size());  // before the threads start, because they must not throw
  pack_mean(shape, rows.mean, buffers.mean.data());
  const ScoringPass<T> pass{shape, kernels, net, rows, buffers.mean.data()};
  if (blocks.size() == 1) {
    // Too few rows to share: the members share the hidden units.
    const PackedBatch<T> batch = pass.batch(choice.n, buffers.blocks[0]);
    if (calls.look) calls.look(blocks[0]);
    pass.forward_shared(choice, batch, buffers, team);
    pass.finish(batch);
    return calls.use(blocks[0], batch.scores, shape.score_stride);
  }
  team.for_each(static_cast<int>(blocks.size()), [&](int b, int member) {
    auto& own = buffers.blocks[member];
    const PackedBatch<T> batch = pass.batch(blocks[b].size(), own);
    if (calls.look) calls.look(blocks[b]);
    pass.forward(choice.part(blocks[b].begin, blocks[b].end), batch, {0, shape.w_groups}, own.X.data());
    pass.finish(batch);
    calls.use(blocks[b], batch.scores, shape.score_stride);
  });
}

#define TWO_LAYER_NET_OWN_INFERENCE(T)                                                                              \
  template void pack_mean<T>(const PackedShape&, const double*, T*);                                                \
  template class InferenceBuffers<T>;                                                                               \
  template void for_each_scored_block<T>(const PackedShape&, const Kernels<T>&, const PackedNet<const T>&,          \
                                         const Rows&, const Choice&, ThreadTeam&, InferenceBuffers<T>&,             \
                                         const BlockCalls<T>&);
TWO_LAYER_NET_OWN_INFERENCE(float)
TWO_LAYER_NET_OWN_INFERENCE(double)

}  // namespace two_layer_net
