// NumPy's legacy random integers: MT19937 with masked rejection, identical to those of np.random.RandomState.
#pragma once

#include <cstdint>

namespace two_layer_net {

// MT19937 (Matsumoto & Nishimura, "Mersenne Twister", ACM TOMACS 8 (1998) 3–30) in the middle of its stream.
struct GeneratorState {
  static constexpr int kWords = 624;
  uint32_t key[kWords];
  int position;  // of the next word: 0 … kWords
};

class RandomStream {
 public:
  explicit RandomStream(const GeneratorState& state) : state_(state) {}

  // np.random.choice(np.arange(n), size): indices in 0 … n − 1 with replacement. n is at least 1.
  void choice(uint32_t n, int size, int32_t* indices);

  const GeneratorState& state() const { return state_; }

 private:
  uint32_t next();
  void twist();

  GeneratorState state_;
};

}  // namespace two_layer_net
