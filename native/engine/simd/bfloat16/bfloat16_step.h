// A float32 step whose two large products have bfloat16 factors (bfloat16.h).
#pragma once

#include <vector>

#include "bfloat16.h"
#include "../simd_step.h"

namespace two_layer_net {

// Only where has_bfloat16().
class Bfloat16Step : public SimdStep<float> {
 public:
  Bfloat16Step(const Shape& shape, const StepOptions& options);

  void read(const Parameters<const float>& net) override;
  void add_gradients(const Parameters<float>& gradients, ThreadTeam& team) override;
  void restore(const std::vector<float>& from) override;

 protected:
  void forward(const LabelledRows& data, const Choice& rows, ThreadTeam& team) override;
  PackedNet<const float> net_of_head() const override;
  double apply(Application<float> how, const PackedNet<float>& net, ThreadTeam& team) override;

 private:
  void round_weights();
  void forward_unit(const LabelledRows& data, const Choice& rows, int slot, Range x_groups, int member);
  void shift_biases();
  void pair_dhidden(ThreadTeam& team);

  AlignedBuffer<Bfloat16> W1_;     // rounded
  AlignedBuffer<Bfloat16> X_;      // one group more than the minibatch has: the mean's rows
  AlignedBuffer<Bfloat16> pairs_;  // of dhidden
  AlignedBuffer<float> sums_;      // of dhidden, for each hidden unit
  AlignedBuffer<float> biases_;    // b1 − mean · W1, as b1_tiles; where rows are bytes
  bool centred_ = true;            // X is, as gathered
};

}  // namespace two_layer_net
