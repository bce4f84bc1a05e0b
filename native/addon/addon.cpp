// The addon's exports: one function for each call of binding.d.ts, under the same name.
#include <napi.h>

#include <cstdlib>
#include <string>

#include "../engine/blas/blas.h"
#include "../engine/simd/bfloat16/bfloat16.h"
#include "../engine/simd/kernels/kernels.h"
#include "evaluate_calls.h"
#include "registration.h"
#include "train_calls.h"

namespace two_layer_net::addon {
namespace {

Napi::Value info(const Napi::CallbackInfo& call) {
  const BlasInfo blas = blas_info();
  Napi::Object object = Napi::Object::New(call.Env());
  object.Set("blas", blas.name);
  object.Set("blasCore", blas.core);
  object.Set("blasCoreReason", blas.core_reason);
  object.Set("blasCoreOlder", blas.core_older);
  object.Set("bfloat16", has_bfloat16());
  object.Set("simdTarget", simd_kernels<float>() ? simd_kernels<float>()->target : "none");
  return object;
}

// TWO_LAYER_NET_SIMD names the target whose kernels to use, for tests and measurements of the others. Once for all
// threads that load the addon: another may be using kernels by then.
void choose_target(Napi::Env env) {
  static const char* const wanted = std::getenv("TWO_LAYER_NET_SIMD");
  static const bool there = !wanted || !*wanted || force_simd_target(wanted);
  if (there) return;
  std::string all;
  for (const std::string& target : simd_targets()) all += (all.empty() ? "" : ", ") + target;
  throw Napi::Error::New(env, std::string("TWO_LAYER_NET_SIMD is ") + wanted + ", but this build and processor have " +
                                  (all.empty() ? "no kernels to choose from" : all));
}

}  // namespace

Napi::Object initialize(Napi::Env env, Napi::Object exports) {
  choose_target(env);
  exports.Set("info", Napi::Function::New(env, info));
  exports.Set("firstNonFinite", Napi::Function::New(env, first_non_finite));
  exports.Set("peak", Napi::Function::New(env, peak));
  exports.Set("scores", Napi::Function::New(env, scores));
  exports.Set("predict", Napi::Function::New(env, predict));
  exports.Set("lossAndGradients", Napi::Function::New(env, loss_and_gradients));
  exports.Set("train", Napi::Function::New(env, train));
  exports.Set("trainSync", Napi::Function::New(env, train_sync));
  return exports;
}

}  // namespace two_layer_net::addon
