// The addon's entry: one function for each call of binding.d.ts, under the same name.
#include <napi.h>

#include "../engine/blas.h"
#include "evaluate_calls.h"
#include "train_calls.h"

namespace two_layer_net::addon {
namespace {

Napi::Value info(const Napi::CallbackInfo& call) {
  const BlasInfo blas = blas_info();
  Napi::Object object = Napi::Object::New(call.Env());
  object.Set("blas", blas.name);
  object.Set("kernels", blas.kernels);
  object.Set("kernelsReason", blas.kernels_reason);
  return object;
}

Napi::Object initialize(Napi::Env env, Napi::Object exports) {
  exports.Set("info", Napi::Function::New(env, info));
  exports.Set("firstNonFinite", Napi::Function::New(env, first_non_finite));
  exports.Set("scores", Napi::Function::New(env, scores));
  exports.Set("predict", Napi::Function::New(env, predict));
  exports.Set("lossAndGradients", Napi::Function::New(env, loss_and_gradients));
  exports.Set("train", Napi::Function::New(env, train));
  exports.Set("trainSync", Napi::Function::New(env, train_sync));
  return exports;
}

}  // namespace

NODE_API_MODULE(two_layer_net, initialize)

}  // namespace two_layer_net::addon
