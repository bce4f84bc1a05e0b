// Training on minibatches: the whole loop.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "../core/process_group.h"
#include "../core/random_stream.h"
#include "../core/rows.h"
#include "../core/shape.h"
#include "../step/settings.h"
#include "../step/step.h"
#include "best_epoch.h"
#include "changed_rows.h"
#include "final_accuracies.h"

namespace two_layer_net {

struct TrainingOptions {
  TrainingSettings settings;
  int threads = 1;  // at most; the result does not depend on this
  Products products = Products::kAuto;
  bool profiled = false;    // record a profile; makes a small step a few percent slower
  bool bfloat16 = false;    // round the factors of the large products; requires T = float and has_bfloat16()
  int first_iteration = 0;  // iterations already done by the training that this one continues
  // Of each iteration, from first_iteration on; empty for that of the settings, with its decay.
  std::span<const double> rates = {};
  uint64_t noise_seed = 0;           // of dropout and changed pictures
  PictureShape picture = {};         // used if the settings change pictures
  bool final_accuracies = false;     // measure TrainingOutcome::accuracies
  // The processes that train this net together; null for this one alone. All of them pass the same arguments, and each
  // computes its part of the settings' shards (shards.h).
  const ProcessGroup* group = nullptr;
};

// Early: without a gain for as many epochs as settings.patience says.
enum class TrainingStatus { kDone, kEarly, kStopped, kDiverged };

// What happened since the last report, in order.
struct TrainingReport {
  int iterations = 0;  // done so far, including those before first_iteration
  std::vector<double> losses;
  std::vector<double> train_accuracies;
  std::vector<double> validation_accuracies;
  std::vector<double> validation_losses;
  double learning_rate = 0;  // of the next iteration
};

struct TrainingOutcome {
  TrainingStatus status;
  TrainingReport last;    // since the last report
  GeneratorState random;  // after the last draw
  double seconds;
  Profile profile;        // of all steps; all 0 unless `profiled`
  // Of the best epoch's net if it was kept, or of the last one. None if they were not asked for, or if the training was
  // stopped or diverged.
  std::optional<FinalAccuracies> accuracies;
};

// Called on the training thread.
struct TrainingHooks {
  std::function<bool()> stop;        // called after each iteration; true if it is abandoned; ends it in all processes
  std::function<bool()> report_due;  // called after each iteration; must be fast
  // Whether nobody will use the outcome: training then ends as soon as it can, with any result. Called more often.
  std::function<bool()> abandoned = [] { return false; };
  // Called when a report is due, after `net` was brought up to date. Skipped if a parameter is NaN or infinite: the
  // training will end as diverged.
  std::function<void(TrainingReport&&)> report;
  // Called after each iteration that does not end the training: whether to pause it. May be empty. Only of
  // Training::go_on.
  std::function<bool()> pause = {};
};

// Trains `net` in place. Each iteration draws batch_size indices, computes the loss and its gradients on those rows,
// and applies one update, by the rule that the settings ask for. The loss is Σ weight · loss / Σ weight of the rows,
// plus the penalty. An epoch is E = max(⌊N / batch_size⌋, 1) iterations. After the step of iterations 0, E, 2E …, the
// accuracy on the minibatch, and the accuracy and the loss on the validation rows, are recorded and the learning rate
// decays, as in the article's course. `validation` may be null.
//
// If `best` is not null, which requires validation rows, the parameters of the best epoch are kept in it. Training ends
// after settings.patience epochs in a row without a gain of more than settings.min_gain on the best epoch.
//
// Training ends as diverged if a loss is NaN or infinite, or if the parameters are after the last step. `net` then
// holds the last finite parameters. Between reports, it holds those of some earlier iteration, which training goes back
// to if it must: nothing else may write to it before the end.
//
// `slots` are those of the update rule: rule_of(settings).slots of them, all 0 for a new training. They are read and
// written with the parameters. To continue a training, pass the parameters, slots, learning rate, generator and
// iteration that it ended with; the result is the same, to the last bit, as if it had not stopped.
template <class T>
TrainingOutcome train(const Shape& shape, const Parameters<T>& net, std::span<const Parameters<T>> slots,
                      const LabelledRows& training, const LabelledRows* validation, const TrainingOptions& options,
                      const GeneratorState& random, const TrainingHooks& hooks, BestEpoch<T>* best = nullptr);

// A training that can be paused.
class Training {
 public:
  virtual ~Training() = default;
  // Begins, or continues after a pause. Returns none when it was paused. Must not be called again after an outcome.
  virtual std::optional<TrainingOutcome> go_on(const TrainingHooks& hooks) = 0;
};

// Prepares a training, as train() does. All that the arguments refer to must exist until its outcome, `validation` and
// `best` themselves as well.
template <class T>
std::unique_ptr<Training> prepare_training(const Shape& shape, const Parameters<T>& net,
                                           std::span<const Parameters<T>> slots, const LabelledRows& training,
                                           const LabelledRows* validation, const TrainingOptions& options,
                                           const GeneratorState& random, BestEpoch<T>* best = nullptr);

// How many of options.threads are worth starting for steps of this size.
int useful_threads(const Shape& shape, const TrainingOptions& options);

#define TWO_LAYER_NET_TRAIN(T)                                                                                        \
  extern template TrainingOutcome train<T>(const Shape&, const Parameters<T>&, std::span<const Parameters<T>>,        \
                                           const LabelledRows&, const LabelledRows*, const TrainingOptions&,          \
                                           const GeneratorState&, const TrainingHooks&, BestEpoch<T>*);               \
  extern template std::unique_ptr<Training> prepare_training<T>(                                                      \
      const Shape&, const Parameters<T>&, std::span<const Parameters<T>>, const LabelledRows&, const LabelledRows*,   \
      const TrainingOptions&, const GeneratorState&, BestEpoch<T>*);
TWO_LAYER_NET_TRAIN(float)
TWO_LAYER_NET_TRAIN(double)
#undef TWO_LAYER_NET_TRAIN

}  // namespace two_layer_net
