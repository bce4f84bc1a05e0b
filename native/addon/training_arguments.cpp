#include "training_arguments.h"

#include <algorithm>
#include <string>
#include <type_traits>

#include "../engine/simd/bfloat16/bfloat16.h"
#include "outcome.h"

namespace two_layer_net::addon {

template <class T>
TrainingArguments<T>::TrainingArguments(const Argument& call)
    : net_(call["net"]),
      state_{{net_.shape, ParameterArrays<T>(call["net"]["parameters"], net_.shape).view()}, {}},
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
  copy_slots(call["slots"]);
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
void TrainingArguments<T>::copy_slots(const Argument& slots) {
  const uint32_t count = options_.rule->slots;
  const std::string expected = "an array of " + std::to_string(count) + " slots";
  if (!slots.value().IsArray()) slots.refuse_type(expected);
  const Napi::Array array = slots.value().As<Napi::Array>();
  if (array.Length() != count) slots.refuse_value(expected, "an array of " + std::to_string(array.Length()));
  for (uint32_t i = 0; i < count; i++) {
    const Argument slot(array.Get(i), slots.path() + "[" + std::to_string(i) + "]");
    state_.slots.emplace_back(net_.shape, ParameterArrays<T>(slot, net_.shape).view());
    slot_arrays_.push_back(Napi::Persistent(slot.object()));
  }
}

template <class T>
TrainingOutcome TrainingArguments<T>::run(const TrainingHooks& hooks) {
  const LabelledRows training = training_.view();
  const LabelledRows validation = validation_ ? validation_->view() : LabelledRows{};
  std::vector<Parameters<T>> slots;
  for (ParameterCopy<T>& slot : state_.slots) slots.push_back(slot.view());
  return train<T>(net_.shape, state_.parameters.view(), slots, training, validation_ ? &validation : nullptr, options_,
                  generator_, hooks);
}

template <class T>
void TrainingArguments<T>::write(const TrainedState<T>& state) const {
  const Argument arrays(parameter_arrays_.Value(), "call.net.parameters");
  state.parameters.write(ParameterArrays<T>(arrays, net_.shape).view());
  for (size_t i = 0; i < state.slots.size(); i++) {
    const Argument slot(slot_arrays_[i].Value(), "call.slots[" + std::to_string(i) + "]");
    state.slots[i].write(ParameterArrays<T>(slot, net_.shape).view());
  }
}

template <class T>
Napi::Object TrainingArguments<T>::finish(Napi::Env env, const TrainingOutcome& outcome) const {
  Napi::Uint32Array key =
      Argument(key_.Value(), "call.random.key").array<uint32_t>(GeneratorState::kWords);
  write(state_);
  std::copy_n(outcome.random.key, GeneratorState::kWords, key.Data());
  return object_from(env, outcome, options_.profiled);
}

template class TrainingArguments<float>;
template class TrainingArguments<double>;

}  // namespace two_layer_net::addon
