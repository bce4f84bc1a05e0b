#include "random_stream.h"

#include <bit>

namespace two_layer_net {

void RandomStream::twist() {
  constexpr int kShift = 397;
  constexpr uint32_t kMatrix = 0x9908b0df, kUpper = 0x80000000, kLower = 0x7fffffff;
  uint32_t* key = state_.key;
  for (int i = 0; i < GeneratorState::kWords; i++) {
    const uint32_t y = (key[i] & kUpper) | (key[(i + 1) % GeneratorState::kWords] & kLower);
    key[i] = key[(i + kShift) % GeneratorState::kWords] ^ (y >> 1) ^ ((y & 1) ? kMatrix : 0);
  }
  state_.position = 0;
}

uint32_t RandomStream::next() {
  if (state_.position >= GeneratorState::kWords) twist();
  uint32_t y = state_.key[state_.position++];
  y ^= y >> 11;
  y ^= (y << 7) & 0x9d2c5680;
  y ^= (y << 15) & 0xefc60000;
  return y ^ (y >> 18);
}

void RandomStream::choice(uint32_t n, int size, int32_t* indices) {
  const uint32_t highest = n - 1;
  // With only one value to choose, NumPy draws nothing.
  const uint32_t mask = highest == 0 ? 0 : UINT32_MAX >> std::countl_zero(highest);
  for (int i = 0; i < size; i++) {
    uint32_t value = 0;
    if (highest > 0) {
      do value = next() & mask;
      while (value > highest);
    }
    indices[i] = static_cast<int32_t>(value);
  }
}

}  // namespace two_layer_net
