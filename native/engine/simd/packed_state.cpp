#include "packed_state.h"

#include <algorithm>

#include "../core/array_math.h"

namespace two_layer_net {

template <class T>
PackedState<T>::PackedState(const PackedShape& shape, int slots) : shape_(shape) {
  for (int i = 0; i <= slots; i++) nets_.emplace_back(shape);
  for (PackedNetCopy<T>& net : nets_) views_.push_back(net.view());
}

template <class T>
void PackedState<T>::read(const Parameters<const T>& net, std::span<const Parameters<T>> slots) {
  nets_[0].read(shape_, net);
  for (size_t i = 0; i < slots.size(); i++) nets_[1 + i].read(shape_, slots[i]);
}

template <class T>
void PackedState<T>::write(const Parameters<T>& net, std::span<const Parameters<T>> slots) const {
  nets_[0].write(shape_, net);
  for (size_t i = 0; i < slots.size(); i++) nets_[1 + i].write(shape_, slots[i]);
}

template <class T>
void PackedState<T>::save(std::vector<T>& to) const {
  to.clear();
  for (const PackedNetCopy<T>& net : nets_) {
    to.insert(to.end(), net.numbers().data(), net.numbers().data() + net.numbers().size());
  }
}

template <class T>
void PackedState<T>::restore(const std::vector<T>& from) {
  const T* at = from.data();
  for (PackedNetCopy<T>& net : nets_) {
    std::copy_n(at, net.numbers().size(), net.numbers().data());
    at += net.numbers().size();
  }
}

template <class T>
bool PackedState<T>::net_is_finite() const {
  const AlignedBuffer<T>& numbers = nets_[0].numbers();
  return first_non_finite(numbers.size(), numbers.data()) == numbers.size();
}

template class PackedState<float>;
template class PackedState<double>;

}  // namespace two_layer_net
