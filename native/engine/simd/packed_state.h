// What a training changes, in the layout of the SIMD kernels: a net and the slots of its update rule.
#pragma once

#include <span>
#include <vector>

#include "packed_net.h"

namespace two_layer_net {

template <class T>
class PackedState {
 public:
  PackedState(const PackedShape& shape, const Kernels<T>& kernels, int slots);

  // See Step::read and Step::write.
  void read(const Parameters<const T>& net, std::span<const Parameters<T>> slots, ThreadTeam& team);
  void write(const Parameters<T>& net, std::span<const Parameters<T>> slots, ThreadTeam& team) const;

  bool weights_are_finite() const;
  bool biases_are_finite() const;

  PackedNet<const T> net() const { return views_[0]; }
  // The net, then each slot.
  const PackedNet<T>* views() { return views_.data(); }

 private:
  const PackedShape& shape_;
  const Kernels<T>& kernels_;
  std::vector<PackedNetCopy<T>> nets_;
  std::vector<PackedNet<T>> views_;
};

extern template class PackedState<float>;
extern template class PackedState<double>;

}  // namespace two_layer_net
