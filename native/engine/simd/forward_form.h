// Decides how the forward product of the first layer is computed.
#pragma once

#include "packed_shape.h"

namespace two_layer_net {

// The faster form for n rows at a time.
Forward forward_form(const Shape& shape, const Tiles& tiles, int n);

}  // namespace two_layer_net
