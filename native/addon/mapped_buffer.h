// Files in memory as JavaScript's ArrayBuffers.
#pragma once

#include <napi.h>

#include "argument.h"

namespace two_layer_net::addon {

// The first bytes of a file that the call describes, or null where a buffer cannot have memory of its own.
Napi::Value map_file(const Argument& call);

// Takes the memory away from a buffer.
void unmap_file(const Argument& buffer);

}  // namespace two_layer_net::addon
