// The SIMD targets that the kernels are compiled for. Every file that is compiled once for each target includes this
// before hwy/foreach_target.h.
#pragma once

// Vectors of a length that is known only when the program runs cannot be kept in arrays; and what newer AVX-512 and
// NEON add, these kernels have no use for.
#define HWY_DISABLED_TARGETS                                                                                  \
  (HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128 | HWY_RVV | HWY_NEON_BF16 | HWY_AVX3_DL | HWY_AVX3_ZEN4 | \
   HWY_AVX3_SPR | HWY_AVX10_2 | HWY_AVX10_2_512)
#include <hwy/detect_targets.h>
// Targets that not every version since 1.0.3 defines.
#ifndef HWY_NEON_BF16
#define HWY_NEON_BF16 0
#endif
#ifndef HWY_AVX3_ZEN4
#define HWY_AVX3_ZEN4 0
#endif
#ifndef HWY_AVX3_SPR
#define HWY_AVX3_SPR 0
#endif
#ifndef HWY_AVX10_2
#define HWY_AVX10_2 0
#endif
#ifndef HWY_AVX10_2_512
#define HWY_AVX10_2_512 0
#endif
