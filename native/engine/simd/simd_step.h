// A step with the SIMD kernels (kernels/kernels.h). The two large products come from `LargeProducts`: VectorProducts,
// or Bfloat16Products (bfloat16/bfloat16_step.h); everything else is the same.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "../core/aligned_buffer.h"
#include "../step/step.h"
#include "minibatch_buffers.h"
#include "packed_state.h"
#include "vector_products.h"

namespace two_layer_net {

template <class T, class LargeProducts = VectorProducts<T>>
class SimdStep : public Step<T> {
 public:
  SimdStep(const Shape& shape, const Kernels<T>& kernels, const StepOptions& options);

  void read(const Parameters<const T>& net, std::span<const Parameters<T>> slots, ThreadTeam& team) override;
  void write(const Parameters<T>& net, std::span<const Parameters<T>> slots, ThreadTeam& team) const override;
  double forward_backward(const LabelledRows& data, const Choice& rows, const Upcoming& upcoming, const Pass& pass,
                          ThreadTeam& team) override;
  void update(const UpdateInputs& inputs, ThreadTeam& team) override;
  size_t gradient_size() const override { return packed_size(buffers_.shape); }
  void store_gradient(T* gradient, ThreadTeam& team) override;
  void update_by(T* gradient, const UpdateInputs& inputs, ThreadTeam& team) override;
  void add_gradients(const Parameters<T>& gradients, ThreadTeam& team) override;
  SquareSums squares() const override { return squares_; }
  bool finite() const override;
  Fit evaluate(const LabelledRows& data, const Choice& rows, ThreadTeam& team, const Fit& before) const override;
  Profile profile() const override { return buffers_.profiler.profile(); }

 private:
  double head(const Pass& pass, ThreadTeam& team);
  void drop_hidden(const Pass& pass, int group);
  double apply(const UpdateRule& rule, const UpdateInputs& inputs, const PackedNet<T>* state, ThreadTeam& team);
  double squares_of_gradient(const PackedNet<const T>& gradient, const UpdateInputs& inputs, ThreadTeam& team);
  double squares_W2() const;

  const UpdateRule& rule_;
  MinibatchBuffers<T> buffers_;
  LargeProducts products_;
  PackedState<T> state_;  // the net and the rule's slots
  SquareSums squares_;
  std::vector<double> losses_;      // one for each group of rows
  std::vector<double> squares_W1_;  // one for each unit of the update
  AlignedBuffer<T> gradient_;       // if it was ever clipped
  bool weights_replaced_ = false;   // in the products, by a gradient
};

extern template class SimdStep<float>;
extern template class SimdStep<double>;

}  // namespace two_layer_net
