// What a training tells JavaScript, as objects of binding.d.ts.
#pragma once

#include <napi.h>

#include "../engine/training/train.h"

namespace two_layer_net::addon {

Napi::Object object_from(Napi::Env env, const TrainingReport& report);

// `profiled`: whether the call asked for a profile; without one it is null.
Napi::Object object_from(Napi::Env env, const TrainingOutcome& outcome, bool profiled);

}  // namespace two_layer_net::addon
