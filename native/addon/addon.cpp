// The addon's exports: its version and settings, and one function for each call of binding.d.ts under the same name.
#include <napi.h>

#include <cstdlib>
#include <string>

#include "../engine/simd/kernels/kernels.h"
#include "../engine/step/settings.h"
#include "calls.h"
#include "contract.h"
#include "registration.h"

namespace two_layer_net::addon {
namespace {

// TWO_LAYER_NET_SIMD names the SIMD target to use, so that tests and benchmarks can try each one. It is read only once,
// because another thread that loaded the addon may already be using kernels.
void choose_target(Napi::Env env) {
  static const char* const wanted = std::getenv("TWO_LAYER_NET_SIMD");
  static const bool chosen = !wanted || !*wanted || force_simd_target(wanted);
  if (chosen) return;
  std::string all;
  for (const std::string& target : simd_targets()) all += (all.empty() ? "" : ", ") + target;
  const std::string available = all.empty() ? "no SIMD kernels" : all;
  throw Napi::Error::New(
      env, std::string("TWO_LAYER_NET_SIMD is ") + wanted + ", but this build and processor have " + available);
}

// The names of the settings that a training reads.
Napi::Array setting_names(Napi::Env env) {
  const Napi::Array names = Napi::Array::New(env);
#define TWO_LAYER_NET_NAME(type, member, name, neutral) names.Set(names.Length(), name);
  TWO_LAYER_NET_TRAINING_SETTINGS(TWO_LAYER_NET_NAME)
#undef TWO_LAYER_NET_NAME
  return names;
}

}  // namespace

Napi::Object initialize(Napi::Env env, Napi::Object exports) {
  choose_target(env);
  exports.Set("version", kBindingVersion);
  exports.Set("settings", setting_names(env));
  exports.Set("info", Napi::Function::New(env, info));
  exports.Set("peak", Napi::Function::New(env, peak));
  exports.Set("firstNonFinite", Napi::Function::New(env, first_non_finite));
  exports.Set("softmax", Napi::Function::New(env, softmax));
  exports.Set("mapFile", Napi::Function::New(env, map_file));
  exports.Set("unmapFile", Napi::Function::New(env, unmap_file));
  exports.Set("randn", Napi::Function::New(env, randn));
  exports.Set("randnSync", Napi::Function::New(env, randn_sync));
  exports.Set("scores", Napi::Function::New(env, scores));
  exports.Set("predict", Napi::Function::New(env, predict));
  exports.Set("prepare", Napi::Function::New(env, prepare));
  exports.Set("lossAndGradients", Napi::Function::New(env, loss_and_gradients));
  exports.Set("train", Napi::Function::New(env, train));
  exports.Set("trainSync", Napi::Function::New(env, train_sync));
  return exports;
}

}  // namespace two_layer_net::addon
