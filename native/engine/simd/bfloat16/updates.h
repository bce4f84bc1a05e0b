// The bfloat16 updates of the update rules (step/rules/).
#pragma once

#include "bfloat16.h"

namespace two_layer_net {

extern const Bfloat16Update kSgdBfloat16;
extern const Bfloat16Update kMomentumBfloat16;
extern const Bfloat16Update kAdamBfloat16;

}  // namespace two_layer_net
