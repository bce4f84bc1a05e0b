// The SIMD targets that the kernels are compiled for. Every file that is compiled for each target includes this before
// hwy/foreach_target.h.
#pragma once

// Targets whose vector length is only known at run time are disabled, because such vectors cannot be stored in arrays.
// So are extensions of AVX-512 and NEON that these kernels would not benefit from, and what the build leaves out.
#ifndef TWO_LAYER_NET_WITHOUT_SIMD_TARGETS
#define TWO_LAYER_NET_WITHOUT_SIMD_TARGETS 0
#endif
#define HWY_DISABLED_TARGETS                                                                                  \
  (HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128 | HWY_RVV | HWY_NEON_BF16 | HWY_AVX3_DL | HWY_AVX3_ZEN4 | \
   HWY_AVX3_SPR | HWY_AVX10_2 | HWY_AVX10_2_512 | TWO_LAYER_NET_WITHOUT_SIMD_TARGETS)
#include <hwy/detect_targets.h>
// Highway 1.0.3 is the oldest supported version; it does not define these targets.
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
