// Philox4x64-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC11), a generator whose draws are a
// function of a counter, so that any thread can make its part. NumPy has it as np.random.Philox.
#pragma once

#include <array>
#include <cstdint>

namespace two_layer_net {

using PhiloxBlock = std::array<uint64_t, 4>;

// The words of one counter. np.random.Philox(key=key, counter=[0, iteration, 0, 0]).random_raw(n) returns those of the
// counters [1, iteration, 0, 0], [2, iteration, 0, 0] and so on: NumPy counts before it draws.
PhiloxBlock philox(const std::array<uint64_t, 2>& key, const PhiloxBlock& counter);

// What a step draws in one iteration, of one kind.
struct NoiseKey {
  enum Kind : uint64_t { kHidden = 0, kInputs = 1, kPictures = 2 };

  uint64_t seed;
  Kind kind;
  uint64_t iteration;

  // Number `index` of the blocks of four words.
  PhiloxBlock block(uint64_t index) const { return philox({seed, kind}, {index + 1, iteration, 0, 0}); }
};

}  // namespace two_layer_net
