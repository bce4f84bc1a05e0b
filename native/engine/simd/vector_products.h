// The two large products of a step, X · W1 and Xᵀ · dhidden, in the step's own arithmetic.
#pragma once

#include <vector>

#include "forward_form.h"
#include "minibatch_buffers.h"

namespace two_layer_net {

// What SimdStep asks of its products; Bfloat16Products has the same members.
template <class T>
class VectorProducts {
 public:
  static constexpr int kMoreGroups = 0;  // groups of rows with tiles, in addition to the minibatch's
  static Forward forward_of(const Shape& shape, const Tiles& tiles, int n) { return forward_form(shape, tiles, n); }

  VectorProducts(MinibatchBuffers<T>& buffers, const StepOptions& options);

  // To be called after the weights were replaced by anything but apply_dW1.
  void take_weights(const PackedNet<const T>&, ThreadTeam&) {}

  // Gathers the rows and computes all tiles of X · W1.
  void forward(const LabelledRows& data, const Choice& rows, const PackedNet<const T>& net, ThreadTeam& team);

  // The net with which those tiles become scores.
  PackedNet<const T> net_of_head(const PackedNet<const T>& net) const { return net; }

  // Prepares dhidden for apply_dW1.
  void begin_update(ThreadTeam&) {}

  // One unit's columns of W1 (SimdUpdate::apply_dW1). Returns Σ W1² of them.
  double apply_dW1(const UpdateRule& rule, const UpdateUnit& unit, const UpdateInputs& inputs,
                   const PackedNet<T>* state, const UpdateScratch<T>& scratch);
  // The same with a gradient that is stored (SimdUpdate::apply_stored_dW1).
  double apply_stored_dW1(const UpdateRule& rule, const PackedNet<const T>& gradient, T factor,
                          const UpdateUnit& unit, const UpdateInputs& inputs, const PackedNet<T>* state) {
    return rule.simd<T>().apply_stored_dW1(buffers_.shape, gradient, factor, unit, inputs, state);
  }

 private:
  void forward_dot(const LabelledRows& data, const Choice& rows, const PackedNet<const T>& net, ThreadTeam& team);
  void forward_outer(const LabelledRows& data, const Choice& rows, const PackedNet<const T>& net, ThreadTeam& team);

  MinibatchBuffers<T>& buffers_;
  AlignedBuffer<T> X_;                          // the minibatch, as it is kept for the update:
  AlignedBuffer<uint8_t> bytes_;                // one of the two
  std::vector<AlignedBuffer<T>> blocks_of_X_;  // of each thread, going forward
};

extern template class VectorProducts<float>;
extern template class VectorProducts<double>;

}  // namespace two_layer_net
