// Everything that a training needs, unpacked on JavaScript's thread, and where its results go.
#pragma once

#include <napi.h>

#include <chrono>
#include <optional>
#include <vector>

#include "../engine/core/parameters.h"
#include "../engine/training/train.h"
#include "arguments.h"

namespace two_layer_net::addon {

// What a training changes: the parameters and the update rule's slots.
template <class T>
struct TrainedState {
  ParameterCopy<T> parameters;
  std::vector<ParameterCopy<T>> slots;
};

// Parameters, slots, labels, means and the generator are copied. The rows are not, because a data set is too large:
// references keep their arrays from being collected, and the contract forbids callers to transfer the buffers
// meanwhile. The stop flag and the arrays for the results are referenced too; the latter are checked again each time
// they are written.
template <class T>
class TrainingArguments {
 public:
  // Throws what binding.d.ts says.
  explicit TrainingArguments(const Argument& call);

  // Trains the copies, on any thread.
  TrainingOutcome run(const TrainingHooks& hooks);

  // Whether the caller has set the call's stop flag; from any thread.
  bool stop_requested() const { return __atomic_load_n(stop_, __ATOMIC_ACQUIRE) != 0; }

  std::chrono::steady_clock::duration report_interval() const { return report_interval_; }

  // The copies that are trained.
  const TrainedState<T>& state() const { return state_; }

  // On JavaScript's thread: writes `state` to the caller's arrays.
  void write(const TrainedState<T>& state) const;

  // The same with the final state and the generator; returns the outcome as JavaScript gets it.
  Napi::Object finish(Napi::Env env, const TrainingOutcome& outcome) const;

 private:
  struct PinnedRows {
    Rows rows{};
    std::vector<double> mean;
    std::vector<int32_t> labels;
    LabelledRows view() const { return {rows, labels.data()}; }
  };

  void pin(const Argument& data, PinnedRows& to);
  void copy_slots(const Argument& slots);

  NetArguments net_;
  TrainedState<T> state_;
  TrainingOptions options_;
  GeneratorState generator_;
  std::chrono::steady_clock::duration report_interval_;
  const int32_t* stop_;
  PinnedRows training_;
  std::optional<PinnedRows> validation_;
  std::vector<Napi::ObjectReference> pins_;
  Napi::ObjectReference parameter_arrays_, key_;
  std::vector<Napi::ObjectReference> slot_arrays_;
};

extern template class TrainingArguments<float>;
extern template class TrainingArguments<double>;

}  // namespace two_layer_net::addon
