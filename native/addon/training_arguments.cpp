#include "training_arguments.h"

#include <algorithm>
#include <bit>
#include <span>
#include <string>
#include <type_traits>
#include <utility>

#include "../engine/simd/bfloat16/bfloat16.h"
#include "outcome.h"
#include "process_group_tag.h"

namespace two_layer_net::addon {

template <class T>
TrainingArguments<T>::TrainingArguments(const Argument& call, Trained trained)
    : net_(call["net"]),
      trained_(trained),
      options_{
          .settings = settings_of(call["settings"]),
          .threads = net_.threads,
          .products = net_.products,
          .profiled = call["profile"].boolean(),
          .bfloat16 = net_.bfloat16,
          .final_accuracies = call["finalAccuracies"].boolean(),
      },
      generator_(generator_of(call["random"])),
      report_interval_(std::chrono::milliseconds(call["reportInterval"].integer(0))),
      stop_(call["stop"].array<int32_t>(1).Data()) {
  take_arrays(call["net"]["parameters"]);
  options_.noise_seed = static_cast<uint64_t>(call["noiseSeed"].integer(0));
  const bool has_products = std::is_same_v<T, float> && has_bfloat16() && net_.products != Products::kBlas;
  if (net_.bfloat16 && !has_products) call["net"]["bfloat16"].refuse_value("false");
  options_.first_iteration = call["firstIteration"].integer(0, options_.settings.num_iters - 1);
  options_.threads = useful_threads(net_.shape, options_);
  take_slots(call["slots"]);
  if (!call["best"].is_null()) take_best(call["best"]);
  pin(call["training"], training_);
  if (!call["validation"].is_null()) pin(call["validation"], validation_.emplace());
  const TrainingSettings& settings = options_.settings;
  if (settings.sampling == Sampling::kPermutation) {
    const size_t rows = std::min<size_t>(training_.rows.count, INT_MAX);
    call["settings"]["batchSize"].integer(1, static_cast<int>(rows));
  }
  if (!call["weights"].is_null()) training_.weights = nonnegative_numbers(call["weights"], training_.rows.count);
  take_rates(call);
  options_.picture = picture_of(call, settings, net_.shape.D);
  take_group(call);
  stop_array_ = Napi::Persistent(call["stop"].object());
  key_ = Napi::Persistent(call["random"]["key"].object());
}

template <class T>
void TrainingArguments<T>::pin(const Argument& data, PinnedRows& to) {
  to.rows = rows_of(data["rows"], net_.shape.D);
  to.file = MappedFile::at(to.rows.data);
  const int32_t* labels = labels_of(data, to.rows.count, net_.shape.C);
  to.labels.assign(labels, labels + to.rows.count);
  if (to.rows.mean) {
    to.mean.assign(to.rows.mean, to.rows.mean + net_.shape.D);
    to.rows.mean = to.mean.data();
  }
  const Argument array = data["rows"]["data"];
  to.length = to.rows.count * net_.shape.D;
  to.path = array.path();
  to.array = Napi::Persistent(array.object());
}

template <class T>
void TrainingArguments<T>::check_memory() const {
  check_memory(training_);
  if (validation_) check_memory(*validation_);
}

template <class T>
void TrainingArguments<T>::check_memory(const PinnedRows& pinned) {
  if (pinned.file) return;  // its memory lasts
  const Argument array(pinned.array.Value(), pinned.path);
  const auto data = [&]() -> const void* {
    switch (pinned.rows.element) {
      case Element::kUint8: return array.array<uint8_t>(pinned.length).Data();
      case Element::kFloat32: return array.array<float>(pinned.length).Data();
      default: return array.array<double>(pinned.length).Data();
    }
  };
  if (data() != pinned.rows.data) array.refuse_value("the same memory as before", "other memory");
}

template <class T>
void TrainingArguments<T>::take_slots(const Argument& slots) {
  const uint32_t count = rule_of(options_.settings).slots;
  const std::string expected = "an array of " + std::to_string(count) + " slots";
  if (!slots.value().IsArray()) slots.refuse_type(expected);
  const Napi::Array array = slots.value().As<Napi::Array>();
  if (array.Length() != count) slots.refuse_value(expected, "an array of " + std::to_string(array.Length()));
  for (uint32_t i = 0; i < count; i++) {
    take_arrays({array.Get(i), slots.path() + "[" + std::to_string(i) + "]"});
  }
}

template <class T>
void TrainingArguments<T>::take_best(const Argument& best) {
  best_copy_.emplace(net_.shape, ParameterArrays<T>(best["parameters"], net_.shape).view());
  best_ = {.net = best_copy_->view(),
           .iterations = best["iterations"].integer(0),
           .monitored = best["monitored"].number(),
           .epochs_since = best["epochsSince"].integer(0)};
  best_object_ = Napi::Persistent(best.object());
}

template <class T>
void TrainingArguments<T>::take_rates(const Argument& call) {
  if (call["rates"].is_null()) return;
  rates_ = nonnegative_numbers(call["rates"], options_.settings.num_iters - options_.first_iteration);
  options_.rates = rates_;
}

// A group's processes take equal parts of the binary tree over the shards.
template <class T>
void TrainingArguments<T>::take_group(const Argument& call) {
  const Argument group = call["group"];
  if (group.is_null()) return;
  const Napi::Env env = call.env();
  bool is_group = false;
  if (group.value().IsExternal()) {
    napi_check_object_type_tag(env, group.value(), &kProcessGroupTag, &is_group);
  }
  if (!is_group) group.refuse_type("null or a process group");
  void* pointer = nullptr;
  napi_get_value_external(env, group.value(), &pointer);
  options_.group = static_cast<const ProcessGroup*>(pointer);
  const auto [size, shards] = std::pair(options_.group->size, options_.settings.shards);
  const auto is_power = [](int number) { return std::has_single_bit(static_cast<unsigned>(number)); };
  if (is_power(size) && is_power(shards) && size <= shards) return;
  call["settings"]["shards"].refuse_value("a power of two, and at most as large a one of processes",
                                          std::to_string(shards) + " and " + std::to_string(size) + " processes");
}

// The parameters, or a slot.
template <class T>
void TrainingArguments<T>::take_arrays(const Argument& arrays) {
  const Parameters<T> view = ParameterArrays<T>(arrays, net_.shape).view();
  arrays_.push_back(Napi::Persistent(arrays.object()));
  if (trained_ == Trained::kCopies) copies_.emplace_back(net_.shape, view);
  views_.push_back(trained_ == Trained::kCopies ? copies_.back().view() : view);
}

template <class T>
TrainingOutcome TrainingArguments<T>::run(const TrainingHooks& hooks) {
  const LabelledRows training = training_.view();
  const LabelledRows validation = validation_ ? validation_->view() : LabelledRows{};
  return train<T>(net_.shape, views_[0], std::span(views_).subspan(1), training, validation_ ? &validation : nullptr,
                  options_, generator_, hooks, best_ ? &*best_ : nullptr);
}

template <class T>
void TrainingArguments<T>::write(const State& state) const {
  for (size_t i = 0; i < state.size(); i++) {
    const std::string path = i == 0 ? "call.net.parameters" : "call.slots[" + std::to_string(i - 1) + "]";
    state[i].write(ParameterArrays<T>({arrays_[i].Value(), path}, net_.shape).view());
  }
}

template <class T>
Napi::Value TrainingArguments<T>::write_best(Napi::Env env) const {
  const Argument best(best_object_.Value(), "call.best");
  best_copy_->write(ParameterArrays<T>(best["parameters"], net_.shape).view());
  Napi::Object object = Napi::Object::New(env);
  object.Set("iterations", best_->iterations);
  object.Set("monitored", best_->monitored);
  object.Set("epochsSince", best_->epochs_since);
  return object;
}

template <class T>
Napi::Object TrainingArguments<T>::finish(Napi::Env env, const TrainingOutcome& outcome) const {
  Napi::Uint32Array key =
      Argument(key_.Value(), "call.random.key").array<uint32_t>(GeneratorState::kWords);
  check_memory();
  write(copies_);
  std::copy_n(outcome.random.key, GeneratorState::kWords, key.Data());
  Napi::Object object = object_from(env, outcome, options_.profiled);
  object.Set("best", best_ ? write_best(env) : env.Null());
  return object;
}

template class TrainingArguments<float>;
template class TrainingArguments<double>;

}  // namespace two_layer_net::addon
