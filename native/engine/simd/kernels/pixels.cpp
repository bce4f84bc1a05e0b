// Compiles the kernels on pixels for each SIMD target.
#include "pixels.h"

#include <cstring>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "native/engine/simd/kernels/pixels.cpp"
#include "targets.h"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace two_layer_net {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

// Five pixels in one shuffle, which writes a sixteenth byte: the next pixel replaces it.
void ReverseRgb(const uint8_t* HWY_RESTRICT from, int count, uint8_t* HWY_RESTRICT to) {
  int x = 0;
#if HWY_TARGET != HWY_SCALAR
  const hn::FixedTag<uint8_t, 16> d;
  // Of the bytes from one before the first pixel on.
  HWY_ALIGN static constexpr uint8_t kOrder[16] = {13, 14, 15, 10, 11, 12, 7, 8, 9, 4, 5, 6, 1, 2, 3, 0};
  const auto order = hn::Load(d, kOrder);
  for (; x + 6 <= count; x += 5) {
    const auto pixels = hn::LoadU(d, from + 3 * (count - x - 5) - 1);
    hn::StoreU(hn::TableLookupBytes(pixels, order), d, to + 3 * x);
  }
#endif
  for (; x < count; x++) std::memcpy(to + 3 * x, from + 3 * (count - 1 - x), 3);
}

}  // namespace HWY_NAMESPACE
}  // namespace two_layer_net
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace two_layer_net {

HWY_EXPORT(ReverseRgb);

void reverse_rgb(const uint8_t* from, int count, uint8_t* to) { HWY_DYNAMIC_DISPATCH(ReverseRgb)(from, count, to); }

}  // namespace two_layer_net
#endif  // HWY_ONCE
