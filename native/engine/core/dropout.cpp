#include "dropout.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstddef>

namespace two_layer_net {
namespace {

constexpr int kOfBlock = 16;  // numbers of 16 bits in a block of four words
static_assert(std::endian::native == std::endian::little, "a word's lowest bits are its first number");

}  // namespace

Dropout::Dropout(double rate, const NoiseKey& key)
    : threshold_(static_cast<uint32_t>(std::clamp(std::round(rate * kLevels), 0.0, kLevels - 1))), key_(key) {}

// Each row starts a new block, so that threads share none.
template <class T>
void Dropout::apply(int begin, int end, int width, int stride, T* values) const {
  const T scale = static_cast<T>(this->scale());
  const uint64_t blocks = (static_cast<uint64_t>(width) + kOfBlock - 1) / kOfBlock;
  for (int row = begin; row < end; row++, values += stride) {
    for (uint64_t b = 0; b < blocks; b++) {
      const auto draws = std::bit_cast<std::array<uint16_t, kOfBlock>>(
          key_.block(static_cast<uint64_t>(row) * blocks + b));
      T* const at = values + b * kOfBlock;
      const int count = std::min(kOfBlock, width - static_cast<int>(b) * kOfBlock);
      // A number that is dropped becomes 0 even if it is not finite. The whole block is a loop of known length.
      const auto drop = [&](int i) { at[i] = draws[i] < threshold_ ? T(0) : at[i] * scale; };
      if (count == kOfBlock) {
        for (int i = 0; i < kOfBlock; i++) drop(i);
      } else {
        for (int i = 0; i < count; i++) drop(i);
      }
    }
  }
}

template void Dropout::apply<float>(int, int, int, int, float*) const;
template void Dropout::apply<double>(int, int, int, int, double*) const;

}  // namespace two_layer_net
