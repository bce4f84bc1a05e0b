// A net in the layout of the SIMD kernels (packed_shape.h).
#pragma once

#include <cstddef>

#include "../core/aligned_buffer.h"
#include "../core/parameters.h"
#include "../core/thread_team.h"
#include "kernels/kernels.h"

namespace two_layer_net {

// A packed net is one array of so many numbers.
size_t packed_size(const PackedShape& shape);

// The packed net in that array, which starts on a cache line.
template <class T>
PackedNet<T> packed_net_in(const PackedShape& shape, T* numbers);

// A packed net that owns its memory.
template <class T>
class PackedNetCopy {
 public:
  explicit PackedNetCopy(const PackedShape& shape);

  // `shape` is that of the constructor, and `kernels` those with its tiles.
  void read(const PackedShape& shape, const Kernels<T>& kernels, const Parameters<const T>& net, ThreadTeam& team);
  // Replaces the numbers of `net`, or adds to them.
  void write(const PackedShape& shape, const Kernels<T>& kernels, const Parameters<T>& net, ThreadTeam& team) const;
  void add_to(const PackedShape& shape, const Kernels<T>& kernels, const Parameters<T>& net, ThreadTeam& team) const;

  PackedNet<T> view() { return view_; }
  PackedNet<const T> view() const { return view_; }

 private:
  template <class Put>
  void unpack_others(const PackedShape& shape, const Parameters<T>& net, ThreadTeam& team, const Put& put) const;

  AlignedBuffer<T> numbers_;
  PackedNet<T> view_;  // into numbers_
};

extern template PackedNet<float> packed_net_in<float>(const PackedShape&, float*);
extern template PackedNet<double> packed_net_in<double>(const PackedShape&, double*);
extern template class PackedNetCopy<float>;
extern template class PackedNetCopy<double>;

}  // namespace two_layer_net
