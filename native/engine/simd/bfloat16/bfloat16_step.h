// A float32 step whose two large products have bfloat16 factors.
#pragma once

#include "../simd_step.h"
#include "bfloat16_products.h"

namespace two_layer_net {

// Requires has_bfloat16().
using Bfloat16Step = SimdStep<float, Bfloat16Products>;

extern template class SimdStep<float, Bfloat16Products>;

}  // namespace two_layer_net
