// Training: stochastic gradient descent on minibatches, the whole loop.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "../core/random_stream.h"
#include "../core/rows.h"
#include "../core/shape.h"
#include "../step/settings.h"
#include "../step/step.h"

namespace two_layer_net {

struct TrainingOptions {
  TrainingSettings settings;
  int threads = 1;  // at most; the result does not depend on it
  Products products = Products::kAuto;
  bool profiled = false;  // keep a profile; costs some percent of a small step
  bool bfloat16 = false;    // factors of the large products; with float, and only where has_bfloat16()
  int first_iteration = 0;  // iterations that the training which this one continues has made
  const UpdateRule* rule = &kSgd;
};

enum class TrainingStatus { kDone, kStopped, kDiverged };

// What happened since the last report, in order.
struct TrainingReport {
  int iterations = 0;  // done so far, those before the first included
  std::vector<double> losses;
  std::vector<double> train_accuracies;
  std::vector<double> validation_accuracies;
  double learning_rate = 0;  // of the next iteration
};

struct TrainingOutcome {
  TrainingStatus status;
  TrainingReport last;    // since the last report
  GeneratorState random;  // after the last draw
  double seconds;
  Profile profile;        // of all steps, all 0 unless asked for
};

// Called on the thread that trains.
struct TrainingHooks {
  std::function<bool()> stop;        // asked after each iteration
  std::function<bool()> report_due;  // asked after each iteration; must be quick
  std::function<void(TrainingReport&&)> report;
};

// Trains `net` in place. Each iteration draws batch_size indices with replacement, computes the loss and its gradients
// on those rows and applies one update. At iterations 0, E, 2E … (E = max(⌊N / batch_size⌋, 1), an epoch), after the
// step, the accuracies on the minibatch and the validation rows are noted and the learning rate decays, as in the
// article's course. A loss that is NaN or infinite ends training, and so does a last step to parameters that are; `net`
// then holds the last parameters that were finite. A training that begins at a later iteration, with the parameters,
// the slots, the learning rate and the generator that another one ended with, goes on as that one would have, to the
// last bit. `slots` are the update rule's: options.rule->slots of them, all 0 for a new training. They are read and
// written with the parameters. `validation` may be null.
template <class T>
TrainingOutcome train(const Shape& shape, const Parameters<T>& net, std::span<const Parameters<T>> slots,
                      const LabelledRows& training, const LabelledRows* validation, const TrainingOptions& options,
                      const GeneratorState& random, const TrainingHooks& hooks);

// How many of `threads` are worth having for steps of this size.
int useful_threads(const Shape& shape, const TrainingOptions& options);

#define TWO_LAYER_NET_TRAIN(T)                                                                                        \
  extern template TrainingOutcome train<T>(const Shape&, const Parameters<T>&, std::span<const Parameters<T>>,        \
                                           const LabelledRows&, const LabelledRows*, const TrainingOptions&,          \
                                           const GeneratorState&, const TrainingHooks&);
TWO_LAYER_NET_TRAIN(float)
TWO_LAYER_NET_TRAIN(double)
#undef TWO_LAYER_NET_TRAIN

}  // namespace two_layer_net
