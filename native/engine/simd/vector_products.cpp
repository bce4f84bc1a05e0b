#include "vector_products.h"

#include <algorithm>

#include "forward_panels.h"

namespace two_layer_net {

template <class T>
VectorProducts<T>::VectorProducts(MinibatchBuffers<T>& buffers, const StepOptions& options) : buffers_(buffers) {
  const PackedShape& shape = buffers.shape;
  const size_t kept = static_cast<size_t>(shape.D_padded()) * options.capacity;
  if (options.element == Element::kUint8) bytes_ = AlignedBuffer<uint8_t>(kept);
  else X_ = AlignedBuffer<T>(kept);
  buffers.batch.X = X_.data();
  buffers.batch.bytes = bytes_.data();
  const size_t block = static_cast<size_t>(shape.block_rows) * shape.widest_chunk();
  for (int i = 0; i < options.threads; i++) blocks_of_X_.emplace_back(block);
}

template <class T>
void VectorProducts<T>::forward(const LabelledRows& data, const Choice& rows, const PackedNet<const T>& net,
                                ThreadTeam& team) {
  if (buffers_.shape.forward == Forward::kDot) forward_dot(data, rows, net, team);
  else forward_outer(data, rows, net, team);
}

template <class T>
void VectorProducts<T>::forward_dot(const LabelledRows& data, const Choice& rows, const PackedNet<const T>& net,
                                    ThreadTeam& team) {
  const PackedShape& shape = buffers_.shape;
  const int all_groups = shape.x_groups(rows.n), x_rows = shape.tiles.x_rows;
  // One group of rows and one block of hidden units, in one chunk of columns.
  const auto multiply = [&](int part, int chunk, bool first_of_part, Range w_groups, int group, T* X, const auto& lap) {
    const int columns = shape.chunks[chunk].size();
    if (w_groups.begin == 0) {
      buffers_.kernels.gather(shape, buffers_.batch, data.rows, rows, chunk, group, X);
      lap(&Profile::gather);
    }
    buffers_.kernels.forward(X, net.W1 + shape.w1_offset(chunk, w_groups.begin), columns / shape.tiles.lanes,
                             w_groups.size(), std::min(x_rows, rows.n - group * x_rows), !first_of_part,
                             buffers_.tiles_of(part, group, w_groups.begin));
    lap(&Profile::forward);
  };
  buffers_.for_each_forward_unit(all_groups, team, [&](int part, Range x_groups, int member, const auto& lap) {
    buffers_.for_each_chunk_of(part, [&](int chunk, bool first_of_part) {
      for (const Range w_groups : shape.w_blocks) {
        for (int group = x_groups.begin; group < x_groups.end; group++) {
          const size_t in_block = static_cast<size_t>(group - x_groups.begin) * x_rows * shape.chunks[chunk].size();
          multiply(part, chunk, first_of_part, w_groups, group, blocks_of_X_[member].data() + in_block, lap);
        }
      }
    });
  });
}

// A unit of work is a block of panels of rows in one part's chunks of columns, for all hidden units; or for a share of
// them, if there are fewer such blocks than threads. The results do not depend on the units.
template <class T>
void VectorProducts<T>::forward_outer(const LabelledRows& data, const Choice& rows, const PackedNet<const T>& net,
                                      ThreadTeam& team) {
  const PackedShape& shape = buffers_.shape;
  const int panels = shape.x_panels(rows.n), parts = buffers_.batch.parts;
  const int of_each_thread = (panels * parts + team.size() - 1) / team.size();
  const std::vector<Range> blocks = cut(panels, std::min(shape.block_rows / shape.panel_rows(), of_each_thread));
  const int of_rows = parts * static_cast<int>(blocks.size()), w_blocks = static_cast<int>(shape.w_blocks.size());
  const int shares = std::clamp((team.size() + of_rows - 1) / of_rows, 1, w_blocks);
  buffers_.batch.tile_groups = panels;
  buffers_.profiler.for_each(team, of_rows * shares, [&](int i, int member, const auto& lap) {
    const int share = i % shares;
    PackedBatch<T> batch = buffers_.batch;
    if (share > 0) {  // the first share keeps the rows
      batch.X = nullptr;
      batch.bytes = nullptr;
    }
    const PanelUnit unit{.part = i / (of_rows / parts * shares),
                         .panels = blocks[i / shares % blocks.size()],
                         .w_groups = part_of(shape.w_groups, share, shares)};
    forward_panels(shape, buffers_.kernels, net, data.rows, rows, batch, unit, blocks_of_X_[member].data(), lap);
  });
}

template <class T>
double VectorProducts<T>::apply_dW1(const UpdateRule& rule, const UpdateUnit& unit, const UpdateInputs& inputs,
                                    const PackedNet<T>* state, const UpdateScratch<T>& scratch) {
  return rule.simd<T>().apply_dW1(buffers_.shape, buffers_.batch, unit, buffers_.ahead_of(unit), inputs, state,
                                  scratch);
}

template class VectorProducts<float>;
template class VectorProducts<double>;

}  // namespace two_layer_net
