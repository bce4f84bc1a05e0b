#include "packed_state.h"

#include <algorithm>

#include "../core/array_math.h"

namespace two_layer_net {

template <class T>
PackedState<T>::PackedState(const PackedShape& shape, const Kernels<T>& kernels, int slots)
    : shape_(shape), kernels_(kernels) {
  for (int i = 0; i <= slots; i++) nets_.emplace_back(shape);
  for (PackedNetCopy<T>& net : nets_) views_.push_back(net.view());
}

template <class T>
void PackedState<T>::read(const Parameters<const T>& net, std::span<const Parameters<T>> slots, ThreadTeam& team) {
  nets_[0].read(shape_, kernels_, net, team);
  for (size_t i = 0; i < slots.size(); i++) nets_[1 + i].read(shape_, kernels_, slots[i], team);
}

template <class T>
void PackedState<T>::write(const Parameters<T>& net, std::span<const Parameters<T>> slots, ThreadTeam& team) const {
  nets_[0].write(shape_, kernels_, net, team);
  for (size_t i = 0; i < slots.size(); i++) nets_[1 + i].write(shape_, kernels_, slots[i], team);
}

template <class T>
bool PackedState<T>::weights_are_finite() const {
  const size_t W2_size = static_cast<size_t>(shape_.shape.H) * shape_.score_stride;
  return all_finite<T>(shape_.w1_size(), net().W1) && all_finite<T>(W2_size, net().W2);
}

template <class T>
bool PackedState<T>::biases_are_finite() const {
  const size_t b1_size = static_cast<size_t>(shape_.w_groups) * shape_.tiles.tile_size();
  return all_finite<T>(b1_size, net().b1_tiles) && all_finite<T>(shape_.score_stride, net().b2);
}

template class PackedState<float>;
template class PackedState<double>;

}  // namespace two_layer_net
