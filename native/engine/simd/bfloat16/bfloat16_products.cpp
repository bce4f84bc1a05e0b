#include "bfloat16_products.h"

#include <algorithm>

namespace two_layer_net {

Bfloat16Products::Bfloat16Products(MinibatchBuffers<float>& buffers, const StepOptions& options) : buffers_(buffers) {
  const PackedShape& shape = buffers.shape;
  const size_t groups = shape.x_groups(options.capacity), rows = groups * shape.tiles.x_rows;
  const size_t units = static_cast<size_t>(shape.w_groups) * shape.tiles.w_rows;
  W1_ = AlignedBuffer<Bfloat16>(shape.w1_size());
  X_ = AlignedBuffer<Bfloat16>(static_cast<size_t>(shape.D_padded()) * (groups + 1) * shape.tiles.x_rows);
  pairs_ = AlignedBuffer<Bfloat16>((rows + 1) * units);
  sums_ = AlignedBuffer<float>(static_cast<size_t>(shape.panels) * shape.tiles.panel_units());
  biases_ = AlignedBuffer<float>(static_cast<size_t>(shape.w_groups) * shape.tiles.tile_size());
}

void Bfloat16Products::take_weights(const PackedNet<const float>& net, ThreadTeam& team) {
  const PackedShape& shape = buffers_.shape;
  const int chunks = static_cast<int>(shape.chunks.size());
  team.for_each(chunks * shape.w_groups, [&](int i, int) {
    const int chunk = i / shape.w_groups;
    const size_t at = shape.w1_offset(chunk, i % shape.w_groups);
    round_bfloat16(shape, chunk, net.W1 + at, W1_.data() + at);
  });
}

// The mean is a separate group, after the minibatch's.
void Bfloat16Products::forward(const LabelledRows& data, const Choice& rows, const PackedNet<const float>& net,
                               ThreadTeam& team) {
  const PackedShape& shape = buffers_.shape;
  const int groups = shape.x_groups(rows.n), x_rows = shape.tiles.x_rows;
  centred_ = data.rows.element != Element::kUint8 || !data.rows.mean;
  if (!centred_) split_mean(groups);
  // One group of rows and one block of hidden units, in one chunk of columns.
  const auto multiply = [&](int part, int chunk, bool first_of_part, Range w_groups, int group, const auto& lap) {
    Bfloat16* X = X_.data() + shape.x_offset(chunk, group, groups + 1);
    if (w_groups.begin == 0 && group < groups) {
      gather_bfloat16(shape, data.rows, rows, chunk, group, buffers_.batch.mean, X);
      lap(&Profile::gather);
    }
    const int own_rows = group < groups ? std::min(x_rows, rows.n - group * x_rows) : kMeanRows;
    forward_bfloat16(X, W1_.data() + shape.w1_offset(chunk, w_groups.begin), shape.chunks[chunk].size(),
                     w_groups.size(), own_rows, !first_of_part, buffers_.tiles_of(part, group, w_groups.begin));
    lap(&Profile::forward);
  };
  const int with_mean = groups + (centred_ ? 0 : 1);
  buffers_.for_each_forward_unit(with_mean, team, [&](int part, Range x_groups, int, const auto& lap) {
    buffers_.for_each_chunk_of(part, [&](int chunk, bool first_of_part) {
      for (const Range w_groups : shape.w_blocks) {
        for (int group = x_groups.begin; group < x_groups.end; group++) {
          multiply(part, chunk, first_of_part, w_groups, group, lap);
        }
      }
    });
  });
  if (!centred_) shift_biases(net);
}

void Bfloat16Products::split_mean(int groups) {
  const PackedShape& shape = buffers_.shape;
  for (int chunk = 0; chunk < static_cast<int>(shape.chunks.size()); chunk++) {
    split_mean_bfloat16(shape, chunk, buffers_.batch.mean, X_.data() + shape.x_offset(chunk, groups, groups + 1));
  }
}

// b1 − mean · W1 for the head: x · w − mean · w equals (x − mean) · w.
void Bfloat16Products::shift_biases(const PackedNet<const float>& net) {
  const PackedShape& shape = buffers_.shape;
  const int group = shape.x_groups(buffers_.batch.n), tile_size = shape.tiles.tile_size(), w_rows = shape.tiles.w_rows;
  for (int w_group = 0; w_group < shape.w_groups; w_group++) {
    for (int q = 0; q < w_rows; q++) {
      float of_mean = 0;
      for (int part = 0; part < buffers_.batch.parts; part++) {
        const float* tile = buffers_.tiles_of(part, group, w_group);
        for (int r = 0; r < kMeanRows; r++) of_mean += tile[r * w_rows + q];
      }
      const size_t at = static_cast<size_t>(w_group) * tile_size + q;
      for (int r = 0; r < shape.tiles.x_rows; r++) biases_.data()[at + r * w_rows] = net.b1_tiles[at] - of_mean;
    }
  }
}

PackedNet<const float> Bfloat16Products::net_of_head(const PackedNet<const float>& net) const {
  PackedNet<const float> shifted = net;
  if (!centred_) shifted.b1_tiles = biases_.data();
  return shifted;
}

void Bfloat16Products::begin_update(ThreadTeam& team) {
  const PackedShape& shape = buffers_.shape;
  const size_t panel_size = static_cast<size_t>(shape.tiles.panel_units()) * ((buffers_.batch.n + 1) / 2) * 2;
  buffers_.profiler.for_each(team, shape.panels, [&](int panel, int, const auto& lap) {
    pair_dhidden_bfloat16(shape, buffers_.batch, panel, pairs_.data() + panel * panel_size,
                          sums_.data() + panel * shape.tiles.panel_units());
    lap(&Profile::head);
  });
}

double Bfloat16Products::apply_dW1(const UpdateRule& rule, const UpdateUnit& unit, const UpdateInputs& inputs,
                                   const PackedNet<float>* state, const UpdateScratch<float>& scratch) {
  const Bfloat16Batch batch{.n = buffers_.batch.n,
                            .X = X_.data(),
                            .pairs = pairs_.data(),
                            .sums = sums_.data(),
                            .mean = centred_ ? nullptr : buffers_.batch.mean};
  return for_each_pair(unit, [&](const UpdateUnit& part) {
    return rule.bfloat16->apply_dW1(buffers_.shape, batch, part, buffers_.ahead_of(part), inputs, state,
                                    scratch.partial, W1_.data());
  });
}

double Bfloat16Products::apply_stored_dW1(const UpdateRule& rule, const PackedNet<const float>& gradient,
                                          float factor, const UpdateUnit& unit, const UpdateInputs& inputs,
                                          const PackedNet<float>* state) {
  return for_each_pair(unit, [&](const UpdateUnit& part) {
    return rule.bfloat16->apply_stored_dW1(buffers_.shape, gradient.W1, factor, part, inputs, state, W1_.data());
  });
}

template <class Use>
double Bfloat16Products::for_each_pair(const UpdateUnit& unit, const Use& use) const {
  const int pair = 2 * buffers_.shape.tiles.lanes;
  double squares = 0;
  for (int column = unit.columns.begin; column < unit.columns.end; column += pair) {
    squares += use(UpdateUnit{unit.chunk, {column, column + pair}});
  }
  return squares;
}

}  // namespace two_layer_net
