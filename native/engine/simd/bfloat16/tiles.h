// Shared by the bfloat16 kernels: their tile sizes, and whether this build has them.
#pragma once

#include "../packed_shape.h"

// No Mac has a processor with these products, and Apple's clang has different version numbers.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__APPLE__)
#define TWO_LAYER_NET_BFLOAT16 1
#include <immintrin.h>
#else
#define TWO_LAYER_NET_BFLOAT16 0
#endif

namespace two_layer_net::bfloat16 {

// The float32 kernels' tiles with 16 lanes.
constexpr int kLanes = 16, kPair = 32, kXRows = 5, kWRows = 5, kPanelGroups = 2, kUnits = kPanelGroups * kWRows;
constexpr int kTile = 32;

}  // namespace two_layer_net::bfloat16
