#include "vector_products.h"

#include <algorithm>

namespace two_layer_net {

template <class T>
VectorProducts<T>::VectorProducts(MinibatchBuffers<T>& buffers, const StepOptions& options)
    : buffers_(buffers), keeps_bytes_(options.element == Element::kUint8) {
  const PackedShape& shape = buffers.shape;
  if (keeps_bytes_) {
    bytes_ = AlignedBuffer<uint8_t>(shape.x_size(options.capacity));
    const size_t block = static_cast<size_t>(PackedShape::kBlockGroups) * shape.tiles.x_rows * shape.widest_chunk();
    for (int i = 0; i < options.threads; i++) blocks_of_X_.emplace_back(block);
  } else {
    X_ = AlignedBuffer<T>(shape.x_size(options.capacity));
  }
  buffers.batch.X = X_.data();
  buffers.batch.bytes = bytes_.data();
}

template <class T>
void VectorProducts<T>::forward(const LabelledRows& data, const Choice& rows, const PackedNet<const T>& net,
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
    buffers_.for_each_chunk_of(part, [&](int chunk, bool first_of_part, const std::vector<Range>& w_blocks) {
      for (const Range w_groups : w_blocks) {
        for (int group = x_groups.begin; group < x_groups.end; group++) {
          const size_t in_block = static_cast<size_t>(group - x_groups.begin) * x_rows * shape.chunks[chunk].size();
          T* X = keeps_bytes_ ? blocks_of_X_[member].data() + in_block
                              : X_.data() + shape.x_offset(chunk, group, all_groups);
          multiply(part, chunk, first_of_part, w_groups, group, X, lap);
        }
      }
    });
  });
}

template <class T>
double VectorProducts<T>::apply_dW1(const UpdateRule& rule, const ColumnBlock& block, const UpdateInputs& inputs,
                                    const PackedNet<T>* state, T* partial) {
  return rule.simd<T>().apply_dW1(buffers_.shape, buffers_.batch, block.chunk, block.column, buffers_.ahead_of(block),
                                  inputs, state, partial);
}

template class VectorProducts<float>;
template class VectorProducts<double>;

}  // namespace two_layer_net
