// The two large products of a float32 step with bfloat16 factors (bfloat16.h).
#pragma once

#include "../minibatch_buffers.h"
#include "bfloat16.h"

namespace two_layer_net {

// Requires has_bfloat16(). Has the same members as VectorProducts.
class Bfloat16Products {
 public:
  static constexpr int kMoreGroups = 1;  // the rows that add up to the mean
  static Forward forward_of(const Shape&, const Tiles&, int) { return Forward::kDot; }

  Bfloat16Products(MinibatchBuffers<float>& buffers, const StepOptions& options);

  void take_weights(const PackedNet<const float>& net, ThreadTeam& team);
  void forward(const LabelledRows& data, const Choice& rows, const PackedNet<const float>& net, ThreadTeam& team);
  PackedNet<const float> net_of_head(const PackedNet<const float>& net) const;
  void begin_update(ThreadTeam& team);
  double apply_dW1(const UpdateRule& rule, const UpdateUnit& unit, const UpdateInputs& inputs,
                   const PackedNet<float>* state, const UpdateScratch<float>& scratch);
  double apply_stored_dW1(const UpdateRule& rule, const PackedNet<const float>& gradient, float factor,
                          const UpdateUnit& unit, const UpdateInputs& inputs, const PackedNet<float>* state);

 private:
  // Calls use(pair of vectors of columns) for each of a unit. Returns the sum.
  template <class Use>
  double for_each_pair(const UpdateUnit& unit, const Use& use) const;

  void split_mean(int groups);
  void shift_biases(const PackedNet<const float>& net);

  MinibatchBuffers<float>& buffers_;
  AlignedBuffer<Bfloat16> W1_;     // rounded
  AlignedBuffer<Bfloat16> X_;      // one group more than the minibatch has: the mean's rows
  AlignedBuffer<Bfloat16> pairs_;  // of dhidden
  AlignedBuffer<float> sums_;      // of dhidden, for each hidden unit
  AlignedBuffer<float> biases_;    // b1 − mean · W1, laid out like b1_tiles; used if X is not centred
  bool centred_ = true;            // whether the gathered X has its mean subtracted
};

}  // namespace two_layer_net
