// The two large products of a step, X · W1 and Xᵀ · dhidden, in the step's own arithmetic.
#pragma once

#include <vector>

#include "minibatch_buffers.h"

namespace two_layer_net {

// What SimdStep asks of its products; Bfloat16Products has the same members.
template <class T>
class VectorProducts {
 public:
  static constexpr int kMoreGroups = 0;  // groups of rows with tiles, in addition to the minibatch's

  VectorProducts(MinibatchBuffers<T>& buffers, const StepOptions& options);

  // To be called after the weights were replaced by anything but apply_dW1.
  void take_weights(const PackedNet<const T>&) {}

  // Gathers the rows and computes all tiles of X · W1.
  void forward(const LabelledRows& data, const Choice& rows, const PackedNet<const T>& net, ThreadTeam& team);

  // The net with which those tiles become scores.
  PackedNet<const T> net_of_head(const PackedNet<const T>& net) const { return net; }

  // Prepares dhidden for apply_dW1.
  void begin_update(ThreadTeam&) {}

  // One block of columns of W1 (SimdUpdate::apply_dW1). Returns Σ W1² of it.
  double apply_dW1(const UpdateRule& rule, const ColumnBlock& block, const UpdateInputs& inputs,
                   const PackedNet<T>* state, T* partial);

 private:
  MinibatchBuffers<T>& buffers_;
  const bool keeps_bytes_;  // the minibatch is kept as bytes, not as numbers
  AlignedBuffer<T> X_;
  AlignedBuffer<uint8_t> bytes_;
  std::vector<AlignedBuffer<T>> blocks_of_X_;  // one for each thread if X_ is not kept
};

extern template class VectorProducts<float>;
extern template class VectorProducts<double>;

}  // namespace two_layer_net
