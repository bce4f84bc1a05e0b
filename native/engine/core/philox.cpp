#include "philox.h"

namespace two_layer_net {
namespace {

struct Product {
  uint64_t high, low;
};

#ifdef __SIZEOF_INT128__

__extension__ using Wide = unsigned __int128;

Product multiply(uint64_t a, uint64_t b) {
  const Wide product = static_cast<Wide>(a) * b;
  return {static_cast<uint64_t>(product >> 64), static_cast<uint64_t>(product)};
}

#else

// By halves.
Product multiply(uint64_t a, uint64_t b) {
  constexpr uint64_t kLow = 0xffffffff;
  const uint64_t low = (a & kLow) * (b & kLow), right = (a & kLow) * (b >> 32), left = (a >> 32) * (b & kLow);
  const uint64_t middle = (low >> 32) + (right & kLow) + (left & kLow);
  return {(a >> 32) * (b >> 32) + (right >> 32) + (left >> 32) + (middle >> 32), middle << 32 | (low & kLow)};
}

#endif

}  // namespace

PhiloxBlock philox(const std::array<uint64_t, 2>& key, const PhiloxBlock& counter) {
  constexpr int kRounds = 10;
  auto [k0, k1] = key;
  auto [c0, c1, c2, c3] = counter;
  for (int round = 0; round < kRounds; round++) {
    const Product first = multiply(0xd2e7470ee14c6c93, c0), second = multiply(0xca5a826395121157, c2);
    c0 = second.high ^ c1 ^ k0;
    c1 = second.low;
    c2 = first.high ^ c3 ^ k1;
    c3 = first.low;
    k0 += 0x9e3779b97f4a7c15;
    k1 += 0xbb67ae8584caa73b;
  }
  return {c0, c1, c2, c3};
}

}  // namespace two_layer_net
