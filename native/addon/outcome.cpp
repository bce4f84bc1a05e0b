#include "outcome.h"

#include <algorithm>
#include <vector>

#include "failure.h"

namespace two_layer_net::addon {
namespace {

Napi::Float64Array array_from(Napi::Env env, const std::vector<double>& values) {
  Napi::Float64Array array = new_array<double>(env, values.size());
  std::copy(values.begin(), values.end(), array.Data());
  return array;
}

Napi::Value object_from(Napi::Env env, const Profile& profile, double seconds) {
  const auto& [gather, forward, head, update, waiting] = profile;
  Napi::Object object = Napi::Object::New(env);
  object.Set("gather", gather);
  object.Set("forward", forward);
  object.Set("head", head);
  object.Set("update", update);
  object.Set("waiting", waiting);
  object.Set("other", seconds - gather - forward - head - update - waiting);
  return object;
}

Napi::Value object_from(Napi::Env env, const FinalAccuracies& accuracies) {
  const auto& [training, validation] = accuracies;
  Napi::Object object = Napi::Object::New(env);
  object.Set("training", training);
  object.Set("validation", validation ? Napi::Number::New(env, *validation) : env.Null());
  return object;
}

}  // namespace

Napi::Object object_from(Napi::Env env, const TrainingReport& report) {
  Napi::Object object = Napi::Object::New(env);
  object.Set("iterations", report.iterations);
  object.Set("losses", array_from(env, report.losses));
  object.Set("trainAccuracies", array_from(env, report.train_accuracies));
  object.Set("validationAccuracies", array_from(env, report.validation_accuracies));
  object.Set("validationLosses", array_from(env, report.validation_losses));
  object.Set("learningRate", report.learning_rate);
  return object;
}

Napi::Object object_from(Napi::Env env, const TrainingOutcome& outcome, bool profiled) {
  static constexpr const char* kStatus[] = {"done", "early", "stopped", "diverged"};
  Napi::Object object = object_from(env, outcome.last);
  object.Set("status", kStatus[static_cast<int>(outcome.status)]);
  object.Set("position", outcome.random.position);
  object.Set("accuracies", outcome.accuracies ? object_from(env, *outcome.accuracies) : env.Null());
  object.Set("seconds", outcome.seconds);
  object.Set("profile", profiled ? object_from(env, outcome.profile, outcome.seconds) : env.Null());
  return object;
}

}  // namespace two_layer_net::addon
