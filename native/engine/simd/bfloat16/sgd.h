// The bfloat16 update of stochastic gradient descent (step/rules/sgd-inl.h).
#pragma once

#include "bfloat16.h"

namespace two_layer_net {

extern const Bfloat16Update kSgdBfloat16;

}  // namespace two_layer_net
