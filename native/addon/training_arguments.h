// The arguments of a training, unpacked on JavaScript's thread, and the destination of its results.
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

// Parameters, slots, labels, means and the generator are copied. The rows are not, because a data set is too large.
// References keep their arrays from being garbage collected, and the contract forbids transferring the buffers during
// the training. The stop flag and the arrays for the results are also referenced; the latter are checked again each
// time they are written.
template <class T>
class TrainingArguments {
 public:
  // Throws the errors that binding.d.ts specifies.
  explicit TrainingArguments(const Argument& call);

  // Trains the copies. May be called on any thread.
  TrainingOutcome run(const TrainingHooks& hooks);

  // Whether the caller has set the stop flag. May be called on any thread.
  bool stop_requested() const { return __atomic_load_n(stop_, __ATOMIC_ACQUIRE) != 0; }

  std::chrono::steady_clock::duration report_interval() const { return report_interval_; }

  // The copies in training.
  const TrainedState<T>& state() const { return state_; }

  // Writes `state` to the caller's arrays. Must be called on JavaScript's thread.
  void write(const TrainedState<T>& state) const;

  // The same for the final state and the generator. Returns the outcome for JavaScript.
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
