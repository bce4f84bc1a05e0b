// The calls of binding.d.ts, in the same order and with the same names.
#pragma once

#include <napi.h>

namespace two_layer_net::addon {

Napi::Value info(const Napi::CallbackInfo& call);
Napi::Value peak(const Napi::CallbackInfo& call);
Napi::Value first_non_finite(const Napi::CallbackInfo& call);
Napi::Value softmax(const Napi::CallbackInfo& call);
Napi::Value map_file(const Napi::CallbackInfo& call);
Napi::Value unmap_file(const Napi::CallbackInfo& call);
Napi::Value randn(const Napi::CallbackInfo& call);
Napi::Value randn_sync(const Napi::CallbackInfo& call);
Napi::Value scores(const Napi::CallbackInfo& call);
Napi::Value predict(const Napi::CallbackInfo& call);
Napi::Value prepare(const Napi::CallbackInfo& call);
Napi::Value loss_and_gradients(const Napi::CallbackInfo& call);
Napi::Value train(const Napi::CallbackInfo& call);
Napi::Value train_sync(const Napi::CallbackInfo& call);

}  // namespace two_layer_net::addon
