// A copy of a net's four arrays that owns its memory.
#pragma once

#include <algorithm>
#include <vector>

#include "shape.h"

namespace two_layer_net {

template <class T>
class ParameterCopy {
 public:
  ParameterCopy() = default;
  ParameterCopy(const Shape& shape, const Parameters<const T>& from) { take(shape, from); }

  void take(const Shape& shape, const Parameters<const T>& from) {
    W1_.assign(from.W1, from.W1 + shape.w1_size());
    b1_.assign(from.b1, from.b1 + shape.H);
    W2_.assign(from.W2, from.W2 + shape.w2_size());
    b2_.assign(from.b2, from.b2 + shape.C);
  }

  void write(const Parameters<T>& to) const {
    std::copy(W1_.begin(), W1_.end(), to.W1);
    std::copy(b1_.begin(), b1_.end(), to.b1);
    std::copy(W2_.begin(), W2_.end(), to.W2);
    std::copy(b2_.begin(), b2_.end(), to.b2);
  }

  Parameters<T> view() { return {W1_.data(), b1_.data(), W2_.data(), b2_.data()}; }

 private:
  std::vector<T> W1_, b1_, W2_, b2_;
};

}  // namespace two_layer_net
