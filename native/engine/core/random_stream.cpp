#include "random_stream.h"

#include <algorithm>
#include <bit>
#include <numeric>
#include <utility>

namespace two_layer_net {
namespace {

constexpr int kWords = GeneratorState::kWords;

uint32_t twisted(uint32_t word, uint32_t next, uint32_t distant) {
  constexpr uint32_t kMatrix = 0x9908b0df, kUpper = 0x80000000, kLower = 0x7fffffff;
  const uint32_t y = (word & kUpper) | (next & kLower);
  return distant ^ (y >> 1) ^ ((y & 1) ? kMatrix : 0);
}

uint32_t tempered(uint32_t y) {
  y ^= y >> 11;
  y ^= (y << 7) & 0x9d2c5680;
  y ^= (y << 15) & 0xefc60000;
  return y ^ (y >> 18);
}

// A double in [0, 1) of two words.
double joined(uint32_t first, uint32_t second) {
  return (static_cast<double>(first >> 5) * 0x1p26 + static_cast<double>(second >> 6)) * 0x1p-53;
}

}  // namespace

void RandomStream::twist() {
  constexpr int kShift = 397, kMiddle = kWords - kShift;
  uint32_t* key = state_.key;
  for (int i = 0; i < kMiddle; i++) key[i] = twisted(key[i], key[i + 1], key[i + kShift]);
  for (int i = kMiddle; i < kWords - 1; i++) key[i] = twisted(key[i], key[i + 1], key[i - kMiddle]);
  key[kWords - 1] = twisted(key[kWords - 1], key[0], key[kShift - 1]);
  state_.position = 0;
}

uint32_t RandomStream::next() {
  if (state_.position >= kWords) twist();
  return tempered(state_.key[state_.position++]);
}

// An integer from 0 to `highest`. If that is 0, NumPy draws nothing.
uint32_t RandomStream::up_to(uint32_t highest) {
  if (highest == 0) return 0;
  const uint32_t mask = UINT32_MAX >> std::countl_zero(highest);
  uint32_t value;
  do value = next() & mask;
  while (value > highest);
  return value;
}

void RandomStream::choice(uint32_t n, int size, int32_t* indices) {
  for (int i = 0; i < size; i++) indices[i] = static_cast<int32_t>(up_to(n - 1));
}

// Fisher–Yates from the end.
void RandomStream::permutation(uint32_t n, int32_t* order) {
  std::iota(order, order + n, 0);
  for (uint32_t i = n; i-- > 1;) std::swap(order[i], order[up_to(i)]);
}

void RandomStream::doubles(size_t size, double* draws) {
  for (size_t done = 0; done < size;) {
    // As many as there are words for, in a loop that compilers can vectorize.
    const uint32_t* words = state_.key + state_.position;
    const size_t count = std::min<size_t>(size - done, (kWords - state_.position) / 2);
    for (size_t i = 0; i < count; i++) draws[done + i] = joined(tempered(words[2 * i]), tempered(words[2 * i + 1]));
    state_.position += static_cast<int>(2 * count);
    done += count;
    if (done == size) return;
    // Then one of the last word and the first new one, or of the first two new ones.
    const uint32_t first = next();
    draws[done++] = joined(first, next());
  }
}

}  // namespace two_layer_net
