// NumPy's legacy normal random numbers: those of np.random.RandomState(…).randn, bit for bit.
#pragma once

#include <cstddef>

#include "random_stream.h"

namespace two_layer_net {

// A generator with what is left of its last pair of normal draws: pairs are drawn, and the second waits for its turn.
struct NormalState {
  GeneratorState generator;
  bool has_waiting;
  double waiting;  // 0 if there is none
};

class NormalStream {
 public:
  explicit NormalStream(const NormalState& state)
      : random_(state.generator), has_waiting_(state.has_waiting), waiting_(state.waiting) {}

  // scale · np.random.randn(size), in double and rounded to T only at the end. The generator's key must have a bit set
  // that enters new words, or this never returns.
  template <class T>
  void fill(size_t size, double scale, T* draws);

  NormalState state() const { return {random_.state(), has_waiting_, waiting_}; }

 private:
  RandomStream random_;
  bool has_waiting_;
  double waiting_;
};

extern template void NormalStream::fill<float>(size_t, double, float*);
extern template void NormalStream::fill<double>(size_t, double, double*);

}  // namespace two_layer_net
