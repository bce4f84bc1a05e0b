#include "simd_step.h"

#include <atomic>
#include <numeric>

#include "../layers/layers.h"
#include "simd_inference.h"

namespace two_layer_net {

template <class T>
SimdStep<T>::SimdStep(const Shape& shape, const Kernels<T>& kernels, const StepOptions& options)
    : SimdStep(shape, kernels, options, Room{}) {}

template <class T>
SimdStep<T>::SimdStep(const Shape& shape, const Kernels<T>& kernels, const StepOptions& options, const Room& room)
    : kernels_(kernels),
      shape_(shape, kernels.tiles, sizeof(T)),
      net_(shape_),
      profiled_(options.profiled),
      mean_(shape_.D_padded()),
      keeps_bytes_(options.element == Element::kUint8 && room.for_X),
      labels_(options.capacity) {
  const int groups = shape_.x_groups(options.capacity);
  const size_t rows = static_cast<size_t>(groups) * shape_.tiles.x_rows;
  for (int chunk = 0; chunk < static_cast<int>(shape_.chunks.size()); chunk++) {
    for (int column = 0; column < shape_.chunks[chunk].size(); column += 2 * shape_.tiles.lanes) {
      column_blocks_.push_back({chunk, column});
    }
  }
  if (keeps_bytes_) {
    bytes_ = AlignedBuffer<uint8_t>(shape_.x_size(options.capacity));
    const size_t block = static_cast<size_t>(PackedShape::kBlockGroups) * shape_.tiles.x_rows * shape_.widest_chunk();
    for (int i = 0; i < options.threads; i++) blocks_of_X_.emplace_back(block);
  } else if (room.for_X) {
    X_ = AlignedBuffer<T>(shape_.x_size(options.capacity));
  }
  batch_.slots = shape_.chunks.size() > 1 ? 2 : 1;
  tiles_ = AlignedBuffer<T>(static_cast<size_t>(batch_.slots) * (groups + room.more_groups) *
                            shape_.w_groups * shape_.tiles.tile_size());
  hidden_ = AlignedBuffer<T>(rows * shape_.hidden_stride);
  scores_ = AlignedBuffer<T>(rows * shape_.score_stride);
  // Sums over the rows of a panel read whole vectors.
  dhidden_ = AlignedBuffer<T>(rows * shape_.w_groups * shape_.tiles.w_rows + shape_.tiles.lanes);
  losses_.resize(groups);
  squares_W1_.resize(column_blocks_.size());
  batch_.labels = labels_.data();
  batch_.X = X_.data();
  batch_.bytes = bytes_.data();
  batch_.mean = mean_.data();
  batch_.tiles = tiles_.data();
  batch_.hidden = hidden_.data();
  batch_.scores = scores_.data();
  batch_.dhidden = dhidden_.data();
}

template <class T>
void SimdStep<T>::read(const Parameters<const T>& net) {
  net_.read(shape_, net);
  // A step along a gradient of 0 leaves the weights and sums their squares in the order of updates.
  batch_.n = 1;
  std::fill_n(scores_.data(), scores_.size(), T(0));
  std::fill_n(dhidden_.data(), dhidden_.size(), T(0));
  ThreadTeam alone(1);
  update(T(1), T(0), alone);
}

template <class T>
void SimdStep<T>::write(const Parameters<T>& net) const {
  net_.write(shape_, net);
}

template <class T>
double SimdStep<T>::forward_backward(const LabelledRows& data, const Choice& rows, const int32_t* upcoming, T scale,
                                    ThreadTeam& team) {
  batch_.n = rows.n;
  for (int i = 0; i < rows.n; i++) labels_[i] = data.labels[rows[i]];
  if (data.rows.mean != mean_of_) pack_mean(shape_, data.rows.mean, mean_.data());
  mean_of_ = data.rows.mean;
  rows_ahead_.clear();
  for (int i = 0; upcoming && i < rows.n; i++) {
    rows_ahead_.push_back(static_cast<const char*>(data.rows.data) +
                          static_cast<size_t>(upcoming[i]) * shape_.shape.D * data.rows.element_size());
  }
  row_bytes_per_column_ = data.rows.element_size();
  forward(data, rows, team);
  return head(scale, team);
}

template <class T>
void SimdStep<T>::forward(const LabelledRows& data, const Choice& rows, ThreadTeam& team) {
  in_forward_units(shape_.x_groups(rows.n), team, [&](int slot, Range x_groups, int member) {
    forward_unit(data, rows, slot, x_groups, member);
  });
}

template <class T>
void SimdStep<T>::forward_unit(const LabelledRows& data, const Choice& rows, int slot, Range x_groups, int member) {
  const T* W1 = net_.view().W1;
  const int all_groups = shape_.x_groups(rows.n), x_rows = shape_.tiles.x_rows;
  Stopwatch watch(timed(member));
  for_each_chunk_of(slot, [&](int chunk, bool first_of_slot, const std::vector<Range>& w_blocks) {
    const int columns = shape_.chunks[chunk].size();
    for (const Range w_groups : w_blocks) {
      for (int group = x_groups.begin; group < x_groups.end; group++) {
        const size_t in_block = static_cast<size_t>(group - x_groups.begin) * x_rows * columns;
        T* X = keeps_bytes_ ? blocks_of_X_[member].data() + in_block
                            : X_.data() + shape_.x_offset(chunk, group, all_groups);
        if (w_groups.begin == 0) {
          kernels_.gather(shape_, batch_, data.rows, rows, chunk, group, X);
          watch.lap(&Profile::gather, profile_);
        }
        kernels_.forward(X, W1 + shape_.w1_offset(chunk, w_groups.begin), columns / shape_.tiles.lanes, w_groups.size(),
                         std::min(x_rows, rows.n - group * x_rows), !first_of_slot,
                         tiles_of(slot, group, w_groups.begin));
        watch.lap(&Profile::forward, profile_);
      }
    }
  });
}

template <class T>
double SimdStep<T>::head(T scale, ThreadTeam& team) {
  const PackedNet<const T> net = net_of_head();
  const int groups = shape_.x_groups(batch_.n);
  Stopwatch waiting(profiled_);
  team.for_each(groups, [&](int group, int member) {
    Stopwatch watch(timed(member));
    kernels_.scores(shape_, net, batch_, group);
    losses_[group] = kernels_.softmax_backward(shape_, net, batch_, group, scale);
    watch.lap(&Profile::head, profile_);
    if (timed(member)) waiting = Stopwatch(true);
  });
  waiting.lap(&Profile::waiting, profile_);
  return std::accumulate(losses_.begin(), losses_.begin() + groups, 0.0);
}

template <class T>
double SimdStep<T>::apply(Application<T> how, const PackedNet<T>& net, ThreadTeam& team) {
  return in_column_blocks(how, net, team, [&](int chunk, int column, const Ahead& ahead) {
    return kernels_.apply_dW1(shape_, batch_, chunk, column, ahead, how, net.W1);
  });
}

// This block's share of the rows ahead, in its own chunk of columns, which the same thread will probably take.
template <class T>
Ahead SimdStep<T>::ahead_of(const ColumnBlock& block) const {
  const Range chunk = shape_.chunks[block.chunk];
  const int pair = 2 * shape_.tiles.lanes;
  const Range rows = part_of(static_cast<int>(rows_ahead_.size()), block.column / pair, chunk.size() / pair);
  return {rows_ahead_.data() + rows.begin, rows.size(), chunk.begin * row_bytes_per_column_,
          std::min(chunk.end, shape_.shape.D) * row_bytes_per_column_};
}

template <class T>
void SimdStep<T>::update(T keep, T rate, ThreadTeam& team) {
  squares_ = apply({keep, rate}, net_.view(), team) + squares_W2();
}

template <class T>
void SimdStep<T>::add_gradients(const Parameters<T>& gradients, ThreadTeam& team) {
  PackedNetCopy<T> packed(shape_);
  apply({T(1), T(-1)}, packed.view(), team);
  packed.add_to(shape_, gradients);
}

template <class T>
double SimdStep<T>::squares_W2() const {
  const size_t size = static_cast<size_t>(shape_.shape.H) * shape_.score_stride;  // the padding is 0
  return two_layer_net::sum_of_squares<T>(size, net_.view().W2);
}

template <class T>
bool SimdStep<T>::finite() const {
  const AlignedBuffer<T>& numbers = net_.numbers();
  return first_non_finite(numbers.size(), numbers.data()) == numbers.size();
}

template <class T>
double SimdStep<T>::accuracy(const LabelledRows& data, const Choice& rows, ThreadTeam& team) const {
  std::atomic<int> right{0};
  for_each_scored_block<T>(shape_, kernels_, net_.view(), data.rows, rows, team,
                           [&](Range block, const T* scores, int stride) {
                             right += count_correct(rows.part(block.begin, block.end), shape_.shape.C, scores, stride,
                                                  data.labels);
                           });
  return static_cast<double>(right) / rows.n;
}

template <class T>
void SimdStep<T>::save(std::vector<T>& to) const {
  to.assign(net_.numbers().data(), net_.numbers().data() + net_.numbers().size());
}

template <class T>
void SimdStep<T>::restore(const std::vector<T>& from) {
  std::copy(from.begin(), from.end(), net_.numbers().data());
  squares_ = two_layer_net::sum_of_squares<T>(shape_.w1_size(), net_.view().W1) + squares_W2();
}

template class SimdStep<float>;
template class SimdStep<double>;

}  // namespace two_layer_net
