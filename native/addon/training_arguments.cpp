#include "training_arguments.h"

#include <algorithm>
#include <type_traits>

#include "../engine/simd/bfloat16/bfloat16.h"
#include "outcome.h"

namespace two_layer_net::addon {

template <class T>
TrainingArguments<T>::TrainingArguments(const Argument& call)
    : net_(call["net"]),
      parameters_(net_.shape, ParameterArrays<T>(call["net"]["parameters"], net_.shape).view()),
      options_{
          .settings = settings_of(call["settings"]),
          .threads = net_.threads,
          .products = net_.products,
          .profiled = call["profile"].boolean(),
          .bfloat16 = net_.bfloat16,
      },
      generator_(generator_of(call["random"])),
      report_interval_(std::chrono::milliseconds(call["reportInterval"].integer(0))),
      stop_(call["stop"].array<int32_t>(1).Data()) {
  const bool has_products = std::is_same_v<T, float> && has_bfloat16() && net_.products != Products::kBlas;
  if (net_.bfloat16 && !has_products) call["net"]["bfloat16"].refuse_value("false");
  options_.first_iteration = call["firstIteration"].integer(0, options_.settings.num_iters - 1);
  options_.threads = useful_threads(net_.shape, options_);
  pin(call["training"], training_);
  if (!call["validation"].is_null()) pin(call["validation"], validation_.emplace());
  pins_.push_back(Napi::Persistent(call["stop"].object()));
  parameter_arrays_ = Napi::Persistent(call["net"]["parameters"].object());
  key_ = Napi::Persistent(call["random"]["key"].object());
}

template <class T>
void TrainingArguments<T>::pin(const Argument& data, PinnedRows& to) {
  to.rows = rows_of(data["rows"], net_.shape.D);
  const int32_t* labels = labels_of(data, to.rows.count, net_.shape.C);
  to.labels.assign(labels, labels + to.rows.count);
  if (to.rows.mean) {
    to.mean.assign(to.rows.mean, to.rows.mean + net_.shape.D);
    to.rows.mean = to.mean.data();
  }
  pins_.push_back(Napi::Persistent(data["rows"]["data"].object()));
}

template <class T>
TrainingOutcome TrainingArguments<T>::run(const TrainingHooks& hooks) {
  const LabelledRows training = training_.view();
  const LabelledRows validation = validation_ ? validation_->view() : LabelledRows{};
  return train<T>(net_.shape, parameters_.view(), training, validation_ ? &validation : nullptr, options_, generator_,
                  hooks);
}

template <class T>
void TrainingArguments<T>::write(const ParameterCopy<T>& parameters) const {
  const Argument arrays(parameter_arrays_.Value(), "call.net.parameters");
  parameters.write(ParameterArrays<T>(arrays, net_.shape).view());
}

template <class T>
Napi::Object TrainingArguments<T>::finish(Napi::Env env, const TrainingOutcome& outcome) const {
  Napi::Uint32Array key =
      Argument(key_.Value(), "call.random.key").array<uint32_t>(GeneratorState::kWords);
  write(parameters_);
  std::copy_n(outcome.random.key, GeneratorState::kWords, key.Data());
  return object_from(env, outcome, options_.profiled);
}

template class TrainingArguments<float>;
template class TrainingArguments<double>;

}  // namespace two_layer_net::addon
