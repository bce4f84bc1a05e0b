#include "bfloat16_step.h"

#include <algorithm>
#include <numeric>

#include "../../core/stopwatch.h"

namespace two_layer_net {

Bfloat16Step::Bfloat16Step(const Shape& shape, const StepOptions& options)
    : SimdStep<float>(shape, *simd_kernels<float>(), options, Room{.for_X = false, .more_groups = 1}) {
  const size_t groups = shape_.x_groups(options.capacity), rows = groups * shape_.tiles.x_rows;
  const size_t units = static_cast<size_t>(shape_.w_groups) * shape_.tiles.w_rows;
  W1_ = AlignedBuffer<Bfloat16>(shape_.w1_size());
  X_ = AlignedBuffer<Bfloat16>(static_cast<size_t>(shape_.D_padded()) * (groups + 1) * shape_.tiles.x_rows);
  pairs_ = AlignedBuffer<Bfloat16>((rows + 1) * units);
  sums_ = AlignedBuffer<float>(static_cast<size_t>(shape_.panels) * shape_.tiles.panel_units());
  biases_ = AlignedBuffer<float>(static_cast<size_t>(shape_.w_groups) * shape_.tiles.tile_size());
}

void Bfloat16Step::read(const Parameters<const float>& net) {
  SimdStep<float>::read(net);
  round_weights();
}

void Bfloat16Step::restore(const std::vector<float>& from) {
  SimdStep<float>::restore(from);
  round_weights();
}

void Bfloat16Step::add_gradients(const Parameters<float>& gradients, ThreadTeam& team) {
  SimdStep<float>::add_gradients(gradients, team);
  round_weights();  // what apply has rounded is no net's
}

void Bfloat16Step::round_weights() {
  for (int chunk = 0; chunk < static_cast<int>(shape_.chunks.size()); chunk++) {
    for (int group = 0; group < shape_.w_groups; group++) {
      const size_t at = shape_.w1_offset(chunk, group);
      round_bfloat16(shape_, chunk, net_.view().W1 + at, W1_.data() + at);
    }
  }
}

// The mean is a group of its own, after the minibatch's.
void Bfloat16Step::forward(const LabelledRows& data, const Choice& rows, ThreadTeam& team) {
  const int groups = shape_.x_groups(rows.n);
  centred_ = data.rows.element != Element::kUint8 || !data.rows.mean;
  const int with_mean = groups + (centred_ ? 0 : 1);
  if (!centred_) {
    for (int chunk = 0; chunk < static_cast<int>(shape_.chunks.size()); chunk++) {
      split_mean_bfloat16(shape_, chunk, mean_.data(), X_.data() + shape_.x_offset(chunk, groups, groups + 1));
    }
  }
  in_forward_units(with_mean, team, [&](int slot, Range x_groups, int member) {
    forward_unit(data, rows, slot, x_groups, member);
  });
  if (!centred_) shift_biases();
}

void Bfloat16Step::forward_unit(const LabelledRows& data, const Choice& rows, int slot, Range x_groups, int member) {
  const int groups = shape_.x_groups(rows.n), x_rows = shape_.tiles.x_rows;
  Stopwatch watch(timed(member));
  for_each_chunk_of(slot, [&](int chunk, bool first_of_slot, const std::vector<Range>& w_blocks) {
    for (const Range w_groups : w_blocks) {
      for (int group = x_groups.begin; group < x_groups.end; group++) {
        Bfloat16* X = X_.data() + shape_.x_offset(chunk, group, groups + 1);
        if (w_groups.begin == 0 && group < groups) {
          gather_bfloat16(shape_, data.rows, rows, chunk, group, mean_.data(), X);
          watch.lap(&Profile::gather, profile_);
        }
        const int own_rows = group < groups ? std::min(x_rows, rows.n - group * x_rows) : kMeanRows;
        forward_bfloat16(X, W1_.data() + shape_.w1_offset(chunk, w_groups.begin), shape_.chunks[chunk].size(),
                         w_groups.size(), own_rows, !first_of_slot, tiles_of(slot, group, w_groups.begin));
        watch.lap(&Profile::forward, profile_);
      }
    }
  });
}

// b1 − mean · W1 for the head: x · w − mean · w is what (x − mean) · w would be.
void Bfloat16Step::shift_biases() {
  const int group = shape_.x_groups(batch_.n), tile_size = shape_.tiles.tile_size(), w_rows = shape_.tiles.w_rows;
  const float* b1_tiles = net_.view().b1_tiles;
  for (int w_group = 0; w_group < shape_.w_groups; w_group++) {
    for (int q = 0; q < w_rows; q++) {
      float of_mean = 0;
      for (int slot = 0; slot < batch_.slots; slot++) {
        const float* tile = tiles_of(slot, group, w_group);
        for (int r = 0; r < kMeanRows; r++) of_mean += tile[r * w_rows + q];
      }
      const size_t at = static_cast<size_t>(w_group) * tile_size + q;
      for (int r = 0; r < shape_.tiles.x_rows; r++) biases_.data()[at + r * w_rows] = b1_tiles[at] - of_mean;
    }
  }
}

PackedNet<const float> Bfloat16Step::net_of_head() const {
  PackedNet<const float> net = net_.view();
  if (!centred_) net.b1_tiles = biases_.data();
  return net;
}

double Bfloat16Step::apply(Application<float> how, const PackedNet<float>& net, ThreadTeam& team) {
  pair_dhidden(team);
  const Bfloat16Batch batch{batch_.n, X_.data(), pairs_.data(), sums_.data(), centred_ ? nullptr : mean_.data()};
  return in_column_blocks(how, net, team, [&](int chunk, int column, const Ahead& ahead) {
    return apply_dW1_bfloat16(shape_, batch, chunk, column, ahead, how, net.W1, W1_.data());
  });
}

void Bfloat16Step::pair_dhidden(ThreadTeam& team) {
  const size_t panel_size = static_cast<size_t>(shape_.tiles.panel_units()) * ((batch_.n + 1) / 2) * 2;
  Stopwatch waiting(profiled_);
  team.for_each(shape_.panels, [&](int panel, int member) {
    Stopwatch watch(timed(member));
    pair_dhidden_bfloat16(shape_, batch_, panel, pairs_.data() + panel * panel_size,
                          sums_.data() + panel * shape_.tiles.panel_units());
    watch.lap(&Profile::head, profile_);
    if (timed(member)) waiting = Stopwatch(true);
  });
  waiting.lap(&Profile::waiting, profile_);
}

}  // namespace two_layer_net
