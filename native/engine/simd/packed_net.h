// A net in the layout of the SIMD kernels (packed_shape.h).
#pragma once

#include "../core/aligned_buffer.h"
#include "../core/parameters.h"
#include "kernels/kernels.h"

namespace two_layer_net {

// A packed net that owns its memory.
template <class T>
class PackedNetCopy {
 public:
  explicit PackedNetCopy(const PackedShape& shape);

  void read(const PackedShape& shape, const Parameters<const T>& net);
  void write(const PackedShape& shape, const Parameters<T>& net) const;

  void add_to(const PackedShape& shape, const Parameters<T>& net) const;

  PackedNet<T> view() { return view_; }
  PackedNet<const T> view() const { return view_; }

  // All of it, for copies.
  AlignedBuffer<T>& numbers() { return numbers_; }
  const AlignedBuffer<T>& numbers() const { return numbers_; }

 private:
  template <class Put>
  void unpack(const PackedShape& shape, const Parameters<T>& net, const Put& put) const;

  AlignedBuffer<T> numbers_;
  PackedNet<T> view_;  // into numbers_
};

extern template class PackedNetCopy<float>;
extern template class PackedNetCopy<double>;

}  // namespace two_layer_net
