// The calls of binding.d.ts that return at once: firstNonFinite, peak, scores, predict, lossAndGradients.
#pragma once

#include <napi.h>

namespace two_layer_net::addon {

Napi::Value first_non_finite(const Napi::CallbackInfo& info);  // (values)
Napi::Value peak(const Napi::CallbackInfo& info);              // (dtype, threads, seconds)
Napi::Value scores(const Napi::CallbackInfo& info);            // (net, rows, scores)
Napi::Value predict(const Napi::CallbackInfo& info);           // (net, rows, classes)
Napi::Value loss_and_gradients(const Napi::CallbackInfo& info);  // (net, data, reg, gradients)

}  // namespace two_layer_net::addon
