// A step with the engine's own kernels (kernels/kernels.h).
#pragma once

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <vector>

#include "../core/aligned_buffer.h"
#include "kernels/kernels.h"
#include "packed_net.h"
#include "../training/step.h"
#include "../core/stopwatch.h"

namespace two_layer_net {

template <class T>
class SimdStep : public Step<T> {
 public:
  SimdStep(const Shape& shape, const Kernels<T>& kernels, const StepOptions& options);

  void read(const Parameters<const T>& net) override;
  void write(const Parameters<T>& net) const override;
  double forward_backward(const LabelledRows& data, const Choice& rows, const int32_t* upcoming, T scale,
                          ThreadTeam& team) override;
  void update(T keep, T rate, ThreadTeam& team) override;
  void add_gradients(const Parameters<T>& gradients, ThreadTeam& team) override;
  double sum_of_squares() const override { return squares_; }
  bool finite() const override;
  double accuracy(const LabelledRows& data, const Choice& rows, ThreadTeam& team) const override;
  void save(std::vector<T>& to) const override;
  void restore(const std::vector<T>& from) override;
  Profile profile() const override { return profile_; }

 protected:
  // What a step with products of its own wants otherwise.
  struct Room {
    bool for_X = true;    // X, or the bytes that stand for it
    int more_groups = 0;  // of tiles, beside those of the minibatch
  };
  SimdStep(const Shape& shape, const Kernels<T>& kernels, const StepOptions& options, const Room& room);

  // The tiles of X · W1 of all rows.
  virtual void forward(const LabelledRows& data, const Choice& rows, ThreadTeam& team);
  // The net that takes them from there.
  virtual PackedNet<const T> net_of_head() const { return net_.view(); }
  // Applies the gradients to `net`. Returns Σ W1² afterwards.
  virtual double apply(Application<T> how, const PackedNet<T>& net, ThreadTeam& team);

  // Calls unit(slot, groups of rows, member) for all parts of the work on so many groups of rows.
  template <class Unit>
  void in_forward_units(int x_groups, ThreadTeam& team, const Unit& unit);
  // Calls use(chunk, whether it is the slot's first, its blocks of groups of hidden units) for each of a slot.
  template <class Use>
  void for_each_chunk_of(int slot, const Use& use) const;
  // Applies all gradients but W1's, and calls apply_dW1(chunk, column, rows ahead) for it. Returns the sum of what
  // that returns.
  template <class ApplyDW1>
  double in_column_blocks(Application<T> how, const PackedNet<T>& net, ThreadTeam& team, const ApplyDW1& apply_dW1);

  T* tiles_of(int slot, int x_group, int w_group) {
    return tiles_.data() + ((static_cast<size_t>(slot) * batch_.tile_groups + x_group) * shape_.w_groups + w_group) *
                               shape_.tiles.tile_size();
  }
  bool timed(int member) const { return profiled_ && member == 0; }

  const Kernels<T>& kernels_;
  const PackedShape shape_;
  PackedNetCopy<T> net_;
  const bool profiled_;
  AlignedBuffer<T> mean_, tiles_;
  PackedBatch<T> batch_{};
  Profile profile_;

 private:
  // Two vectors of columns of W1.
  struct ColumnBlock {
    int chunk;
    int column;  // from the chunk's first on
  };

  void forward_unit(const LabelledRows& data, const Choice& rows, int slot, Range x_groups, int member);
  double head(T scale, ThreadTeam& team);
  Ahead ahead_of(const ColumnBlock& block) const;
  double squares_W2() const;

  double squares_ = 0;
  const bool keeps_bytes_;  // the minibatch as bytes, not as an X
  std::vector<ColumnBlock> column_blocks_;
  AlignedBuffer<T> X_, hidden_, scores_, dhidden_;
  AlignedBuffer<uint8_t> bytes_;
  std::vector<AlignedBuffer<T>> blocks_of_X_;  // one for each thread, where X_ is not kept
  std::vector<int32_t> labels_;
  std::vector<double> losses_;            // one for each group of rows
  std::vector<double> squares_W1_;        // one for each block of columns
  std::vector<const char*> rows_ahead_;   // that the next minibatch will take
  size_t row_bytes_per_column_ = 0;
  const double* mean_of_ = nullptr;  // the mean that mean_ was made from
};

// A unit is a block of groups of rows in one slot's chunks of columns: one group where a chunk's part of W1 stays in
// the second-level cache, else some, so that what comes there serves them all.
template <class T>
template <class Unit>
void SimdStep<T>::in_forward_units(int x_groups, ThreadTeam& team, const Unit& unit) {
  const int block = shape_.w_blocks[0].size() == 1 ? 1 : PackedShape::kBlockGroups, blocks = (x_groups + block - 1) / block;
  batch_.tile_groups = x_groups;
  Stopwatch waiting(profiled_);
  team.for_each(batch_.slots * blocks, [&](int i, int member) {
    const int first = i % blocks * block;
    unit(i / blocks, Range{first, std::min(first + block, x_groups)}, member);
    if (timed(member)) waiting = Stopwatch(true);
  });
  waiting.lap(&Profile::waiting, profile_);
}

template <class T>
template <class Use>
void SimdStep<T>::for_each_chunk_of(int slot, const Use& use) const {
  const Range chunks = part_of(static_cast<int>(shape_.chunks.size()), slot, batch_.slots);
  for (int chunk = chunks.begin; chunk < chunks.end; chunk++) use(chunk, chunk == chunks.begin, shape_.w_blocks[chunk]);
}

// A unit is a block of columns of W1, and with it its share of the panels of hidden units for the other parameters.
template <class T>
template <class ApplyDW1>
double SimdStep<T>::in_column_blocks(Application<T> how, const PackedNet<T>& net, ThreadTeam& team,
                                    const ApplyDW1& apply_dW1) {
  const int blocks = static_cast<int>(column_blocks_.size());
  Stopwatch waiting(profiled_);
  team.for_each(blocks, [&](int b, int member) {
    Stopwatch watch(timed(member));
    const Range panels = part_of(shape_.panels, b, blocks);
    for (int panel = panels.begin; panel < panels.end; panel++) kernels_.apply_others(shape_, batch_, panel, how, net);
    const ColumnBlock& block = column_blocks_[b];
    squares_W1_[b] = apply_dW1(block.chunk, block.column, ahead_of(block));
    watch.lap(&Profile::update, profile_);
    if (timed(member)) waiting = Stopwatch(true);
  });
  waiting.lap(&Profile::waiting, profile_);
  return std::accumulate(squares_W1_.begin(), squares_W1_.end(), 0.0);
}

}  // namespace two_layer_net
