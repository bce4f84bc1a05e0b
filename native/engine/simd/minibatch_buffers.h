// The buffers of a step's minibatch in the layout of the SIMD kernels, and how the two large products are cut into
// units of work. Shared by the step (simd_step.h) and its products (vector_products.h, bfloat16/bfloat16_products.h).
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "../core/aligned_buffer.h"
#include "../core/rows.h"
#include "../core/thread_team.h"
#include "../step/profile.h"
#include "../step/step.h"
#include "kernels/kernels.h"

namespace two_layer_net {

template <class T>
class MinibatchBuffers {
 public:
  // `more_groups`: groups of rows with tiles, in addition to the minibatch's.
  MinibatchBuffers(const Shape& shape, const Kernels<T>& kernels, const StepOptions& options, Forward forward,
                   int more_groups);

  // Begins a minibatch: its labels and weights, its mean, and the rows that will be gathered for the next one.
  void begin(const LabelledRows& data, const Choice& rows, const Upcoming& upcoming);

  // Calls unit(part, groups of rows, member, lap) for each unit of the forward product over `x_groups` groups of
  // rows. A unit is a block of groups of rows in one part's chunks of columns: one group if a chunk's share of W1 stays
  // in the second-level cache, otherwise several, so that they all use what was brought there.
  template <class Unit>
  void for_each_forward_unit(int x_groups, ThreadTeam& team, const Unit& unit) {
    const int block = shape.w_blocks.size() == 1 ? 1 : PackedShape::kBlockGroups;
    const int blocks = (x_groups + block - 1) / block;
    batch.tile_groups = x_groups;
    profiler.for_each(team, batch.parts * blocks, [&](int i, int member, const auto& lap) {
      const int first = i % blocks * block;
      unit(i / blocks, Range{first, std::min(first + block, x_groups)}, member, lap);
    });
  }

  // Calls use(chunk, whether it is the first of the part) for each of a part.
  template <class Use>
  void for_each_chunk_of(int part, const Use& use) const {
    const Range chunks = shape.chunks_of(part, batch.parts);
    for (int chunk = chunks.begin; chunk < chunks.end; chunk++) {
      use(chunk, chunk == chunks.begin);
    }
  }

  T* tiles_of(int part, int x_group, int w_group) {
    return tiles_.data() +
           ((static_cast<size_t>(part) * batch.tile_groups + x_group) * shape.w_groups + w_group) *
               shape.tiles.tile_size();
  }

  const std::vector<UpdateUnit>& update_units() const { return update_units_; }

  // This unit's share of the rows ahead, in its own chunk of columns: the same thread will probably gather them.
  Ahead ahead_of(const UpdateUnit& unit) const;

  // One thread's memory for the update. Linear rules need no `partial`.
  UpdateScratch<T> scratch_of(int member) { return {unpacked_[member].data(), partial_[member].data()}; }

  // All gradients become 0.
  void clear_gradients();

  const Kernels<T>& kernels;
  const PackedShape shape;
  PackedBatch<T> batch{};
  Profiler profiler;

 private:
  std::vector<UpdateUnit> update_units_;
  std::vector<AlignedBuffer<T>> unpacked_, partial_;  // of each thread
  AlignedBuffer<T> mean_, tiles_, hidden_, scores_, dhidden_;
  std::vector<int32_t> labels_;
  std::vector<T> weights_;
  std::vector<const char*> rows_ahead_;  // of the next minibatch
  size_t row_bytes_per_column_ = 0;
  const double* mean_of_ = nullptr;  // what mean_ was made from
};

extern template class MinibatchBuffers<float>;
extern template class MinibatchBuffers<double>;

}  // namespace two_layer_net
