// The calls of binding.d.ts that train: train on threads of its own, trainSync on the calling one.
#pragma once

#include <napi.h>

namespace two_layer_net::addon {

Napi::Value train(const Napi::CallbackInfo& info);       // (call, report) → Promise
Napi::Value train_sync(const Napi::CallbackInfo& info);  // (call, report) → outcome

}  // namespace two_layer_net::addon
