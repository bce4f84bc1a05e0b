#include "minibatch_buffers.h"

#include "simd_inference.h"

namespace two_layer_net {
template <class T>
MinibatchBuffers<T>::MinibatchBuffers(const Shape& net_shape, const Kernels<T>& kernels, const StepOptions& options,
                                      Forward forward, int more_groups)
    : kernels(kernels),
      shape(net_shape, kernels.tiles, sizeof(T), forward),
      profiler(options.profiled),
      mean_(shape.D_padded()),
      labels_(options.capacity),
      weights_(options.capacity, T(1)) {
  const size_t rows = static_cast<size_t>(shape.x_groups(options.capacity)) * shape.tiles.x_rows;
  const int pair = 2 * shape.tiles.lanes, pairs = shape.update_pairs;
  for (int chunk = 0; chunk < static_cast<int>(shape.chunks.size()); chunk++) {
    for (const Range part : cut(shape.chunks[chunk].size() / pair, pairs)) {
      update_units_.push_back({chunk, {part.begin * pair, part.end * pair}});
    }
  }
  for (int i = 0; i < options.threads; i++) {
    const bool converts = options.element == Element::kUint8;
    unpacked_.emplace_back(converts ? static_cast<size_t>(shape.update_rows) * pair : 0);
    partial_.emplace_back(options.rule->linear() ? 0 : static_cast<size_t>(shape.panels) * shape.tiles.panel_units() *
                                                          pairs * pair);
  }
  batch.parts = shape.chunks.size() > 1 ? 2 : 1;
  tiles_ = AlignedBuffer<T>(batch.parts * shape.tiles_size(options.capacity + more_groups * shape.tiles.x_rows));
  hidden_ = AlignedBuffer<T>(shape.hidden_size(options.capacity));
  scores_ = AlignedBuffer<T>(rows * shape.score_stride);
  // Sums over the rows of a panel read whole vectors.
  dhidden_ = AlignedBuffer<T>(rows * shape.w_groups * shape.tiles.w_rows + shape.tiles.lanes);
  batch.labels = labels_.data();
  batch.weights = weights_.data();
  batch.mean = mean_.data();
  batch.tiles = tiles_.data();
  batch.hidden = hidden_.data();
  batch.scores = scores_.data();
  batch.dhidden = dhidden_.data();
}

template <class T>
void MinibatchBuffers<T>::begin(const LabelledRows& data, const Choice& rows, const Upcoming& upcoming) {
  batch.n = rows.n;
  for (int i = 0; i < rows.n; i++) labels_[i] = data.labels[rows[i]];
  for (int i = 0; data.weights && i < rows.n; i++) weights_[i] = static_cast<T>(data.weights[rows[i]]);
  if (data.rows.mean != mean_of_) pack_mean(shape, data.rows.mean, mean_.data());
  mean_of_ = data.rows.mean;
  rows_ahead_.clear();
  if (!upcoming.rows) return;
  row_bytes_per_column_ = upcoming.rows->element_size();
  for (int i = 0; i < rows.n; i++) {
    rows_ahead_.push_back(static_cast<const char*>(upcoming.rows->data) +
                          static_cast<size_t>(upcoming.indices[i]) * shape.shape.D * row_bytes_per_column_);
  }
}

template <class T>
Ahead MinibatchBuffers<T>::ahead_of(const UpdateUnit& unit) const {
  const Range chunk = shape.chunks[unit.chunk];
  const int all = static_cast<int>(rows_ahead_.size());
  const auto bound = [&](int column) { return static_cast<int>(static_cast<int64_t>(all) * column / chunk.size()); };
  const Range rows{bound(unit.columns.begin), bound(unit.columns.end)};
  return {rows_ahead_.data() + rows.begin, rows.size(), chunk.begin * row_bytes_per_column_,
          std::min(chunk.end, shape.shape.D) * row_bytes_per_column_};
}

template <class T>
void MinibatchBuffers<T>::clear_gradients() {
  batch.n = 1;
  std::fill_n(scores_.data(), scores_.size(), T(0));
  std::fill_n(dhidden_.data(), dhidden_.size(), T(0));
}

template class MinibatchBuffers<float>;
template class MinibatchBuffers<double>;

}  // namespace two_layer_net
