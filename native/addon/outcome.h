// Converts a training's reports and outcome to the objects of binding.d.ts.
#pragma once

#include <napi.h>

#include "../engine/training/train.h"

namespace two_layer_net::addon {

Napi::Object object_from(Napi::Env env, const TrainingReport& report);

// `profiled`: whether the call requested a profile. If not, `profile` is null.
Napi::Object object_from(Napi::Env env, const TrainingOutcome& outcome, bool profiled);

}  // namespace two_layer_net::addon
