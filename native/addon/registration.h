// Node calls this when it loads the addon.
#pragma once

#include <napi.h>

namespace two_layer_net::addon {

// Fills `exports` with the binding's version and one function for each call of binding.d.ts.
Napi::Object initialize(Napi::Env env, Napi::Object exports);

}  // namespace two_layer_net::addon
