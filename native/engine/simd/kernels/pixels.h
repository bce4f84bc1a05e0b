// Kernels on pixels of bytes.
#pragma once

#include <cstdint>

namespace two_layer_net {

// to ← the `count` pixels of three bytes at `from`, the last one first.
void reverse_rgb(const uint8_t* from, int count, uint8_t* to);

}  // namespace two_layer_net
