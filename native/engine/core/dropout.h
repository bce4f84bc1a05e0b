// Dropout: numbers become 0 at random, and the others are scaled so that their mean stays.
#pragma once

#include "philox.h"

namespace two_layer_net {

// The masks of one iteration. A number is dropped if its 16 random bits, as a number, are below the threshold.
class Dropout {
 public:
  // Drops nothing.
  Dropout() = default;
  Dropout(double rate, const NoiseKey& key);

  bool on() const { return threshold_ > 0; }
  // The factor of what is kept.
  double scale() const { return kLevels / (kLevels - threshold_); }

  // Applies the masks of rows begin … end − 1 of the minibatch. values is (end − begin, width), `stride` apart.
  template <class T>
  void apply(int begin, int end, int width, int stride, T* values) const;

 private:
  static constexpr double kLevels = 65536;  // of 16 bits

  uint32_t threshold_ = 0;
  NoiseKey key_{};
};

extern template void Dropout::apply<float>(int, int, int, int, float*) const;
extern template void Dropout::apply<double>(int, int, int, int, double*) const;

}  // namespace two_layer_net
