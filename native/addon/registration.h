// What Node calls when it loads the addon.
#pragma once

#include <napi.h>

namespace two_layer_net::addon {

// Fills `exports` with one function for each call of binding.d.ts.
Napi::Object initialize(Napi::Env env, Napi::Object exports);

}  // namespace two_layer_net::addon
