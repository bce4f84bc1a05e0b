// NumPy's legacy random numbers: those of np.random.RandomState, bit for bit.
#pragma once

#include <cstddef>
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

  // np.random.permutation(n): 0 … n − 1 in random order.
  void permutation(uint32_t n, int32_t* order);

  // np.random.random_sample(size): doubles in [0, 1) with 53 random bits.
  void doubles(size_t size, double* draws);

  const GeneratorState& state() const { return state_; }

 private:
  uint32_t next();
  uint32_t up_to(uint32_t highest);
  void twist();

  GeneratorState state_;
};

}  // namespace two_layer_net
