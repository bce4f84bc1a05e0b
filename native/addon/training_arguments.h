// The arguments of a training, unpacked on JavaScript's thread, and the destination of its results.
#pragma once

#include <napi.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "../engine/core/mapped_file.h"
#include "../engine/core/parameters.h"
#include "../engine/training/train.h"
#include "arguments.h"

namespace two_layer_net::addon {

// What is trained: copies of the caller's parameters and slots, or these arrays themselves, which saves the memory and
// time for the copies. JavaScript must not run meanwhile, because it could detach the arrays.
enum class Trained { kCopies, kArrays };

// Labels, means and the generator are copied. The rows are not, because a data set is too large. References keep their
// arrays from being garbage collected, but not from losing their memory: check_memory() looks for that after JavaScript
// ran. The stop flag and the arrays for the results are also referenced; copies that were trained are only written to
// them after the arrays were checked again.
template <class T>
class TrainingArguments {
 public:
  // Copies of the parameters, then of each slot of the update rule.
  using State = std::vector<ParameterCopy<T>>;

  // Throws the errors that binding.d.ts specifies.
  TrainingArguments(const Argument& call, Trained trained);

  // May be called on any thread.
  TrainingOutcome run(const TrainingHooks& hooks);

  // Whether the caller has set the stop flag. May be called on any thread.
  bool stop_requested() const { return __atomic_load_n(stop_, __ATOMIC_ACQUIRE) != 0; }

  std::chrono::steady_clock::duration report_interval() const { return report_interval_; }

  // Throws if JavaScript took memory away from the rows: the training must not read them any more. Must be called on
  // JavaScript's thread.
  void check_memory() const;

  // The copies in training; empty if there are none.
  const State& copies() const { return copies_; }

  // Writes `state` to the caller's arrays. Must be called on JavaScript's thread.
  void write(const State& state) const;

  // The same for the copies and the generator. Returns the outcome for JavaScript.
  Napi::Object finish(Napi::Env env, const TrainingOutcome& outcome) const;

 private:
  struct PinnedRows {
    Rows rows{};
    size_t length = 0;  // of the rows' array, which is at `path`
    std::string path;
    Napi::ObjectReference array;
    std::shared_ptr<const MappedFile> file;  // of the rows, if they are in one: JavaScript may unmap it meanwhile
    std::vector<double> mean;
    std::vector<int32_t> labels;
    std::vector<double> weights;  // empty for 1 each
    LabelledRows view() const { return {rows, labels.data(), weights.empty() ? nullptr : weights.data()}; }
  };

  void pin(const Argument& data, PinnedRows& to);
  static void check_memory(const PinnedRows& pinned);
  void take_slots(const Argument& slots);
  void take_best(const Argument& best);
  void take_arrays(const Argument& arrays);
  void take_rates(const Argument& call);
  void take_group(const Argument& call);
  Napi::Value write_best(Napi::Env env) const;

  NetArguments net_;
  const Trained trained_;
  std::vector<Napi::ObjectReference> arrays_;  // the caller's parameters, then each slot
  State copies_;
  std::vector<Parameters<T>> views_;  // of what is trained: the parameters, then each slot
  TrainingOptions options_;
  std::vector<double> rates_;
  std::optional<ParameterCopy<T>> best_copy_;
  std::optional<BestEpoch<T>> best_;
  Napi::ObjectReference best_object_;
  GeneratorState generator_;
  std::chrono::steady_clock::duration report_interval_;
  const int32_t* stop_;
  PinnedRows training_;
  std::optional<PinnedRows> validation_;
  Napi::ObjectReference stop_array_, key_;
};

extern template class TrainingArguments<float>;
extern template class TrainingArguments<double>;

}  // namespace two_layer_net::addon
