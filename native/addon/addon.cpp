// The addon's exports: its version and settings, and one function for each call of binding.d.ts under the same name.
#include <napi.h>

#include <cstdlib>
#include <string>

#include "../engine/simd/kernels/kernels.h"
#include "../engine/step/settings.h"
#include "calls.h"
#include "contract.h"
#include "failure.h"
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

template <Napi::Value (*call)(const Napi::CallbackInfo&)>
void set_call(Napi::Object exports, const char* name) {
  exports.Set(name, Napi::Function::New(
                        exports.Env(),
                        [name](const Napi::CallbackInfo& info) {
                          return with_codes(info.Env(), name, [&] { return call(info); });
                        },
                        name));
}

}  // namespace

Napi::Object initialize(Napi::Env env, Napi::Object exports) {
  choose_target(env);
  exports.Set("version", kBindingVersion);
  exports.Set("settings", setting_names(env));
  set_call<info>(exports, "info");
  set_call<peak>(exports, "peak");
  set_call<first_non_finite>(exports, "firstNonFinite");
  set_call<softmax>(exports, "softmax");
  set_call<map_file>(exports, "mapFile");
  set_call<unmap_file>(exports, "unmapFile");
  set_call<randn>(exports, "randn");
  set_call<randn_sync>(exports, "randnSync");
  set_call<scores>(exports, "scores");
  set_call<predict>(exports, "predict");
  set_call<prepare>(exports, "prepare");
  set_call<loss_and_gradients>(exports, "lossAndGradients");
  set_call<train>(exports, "train");
  set_call<train_sync>(exports, "trainSync");
  return exports;
}

}  // namespace two_layer_net::addon
