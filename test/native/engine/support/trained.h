// A whole training on test nets and data, and its results.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

#include "../../../../native/engine/core/random_stream.h"
#include "../../../../native/engine/training/train.h"
#include "sample.h"

namespace two_layer_net {

// The results of a training, with its reports combined.
template <class T>
struct Trained {
  Net<T> net;
  std::vector<Net<T>> slots;  // of the update rule
  TrainingStatus status;
  int iterations;
  std::vector<double> losses, train_accuracies, validation_accuracies, validation_losses;
  double learning_rate;
  GeneratorState random;
  int reports = 0;

  void add(const TrainingReport& report) {
    iterations = report.iterations;
    learning_rate = report.learning_rate;
    losses.insert(losses.end(), report.losses.begin(), report.losses.end());
    train_accuracies.insert(train_accuracies.end(), report.train_accuracies.begin(), report.train_accuracies.end());
    validation_accuracies.insert(validation_accuracies.end(), report.validation_accuracies.begin(),
                                 report.validation_accuracies.end());
    validation_losses.insert(validation_losses.end(), report.validation_losses.begin(),
                             report.validation_losses.end());
  }
};

struct Following {
  int stop_after = -1;    // iterations
  int report_every = -1;  // iterations
  bool abandoned = false;
};

template <class T, class Source>
Trained<T> trained(const Net<T>& start, const Data<Source>& training, const TrainingOptions& options,
                   const GeneratorState& random = random_state(0), const Data<Source>* validation = nullptr,
                   Following following = {}, std::vector<Net<T>> slots = {}, BestEpoch<T>* best = nullptr) {
  slots.resize(rule_of(options.settings).slots, Net<T>(start.shape));
  Trained<T> result{start, std::move(slots), {}, 0, {}, {}, {}, {}, 0, {}};
  std::vector<Parameters<T>> slot_views;
  for (Net<T>& slot : result.slots) slot_views.push_back(slot.view());
  int stop_asked = 0, report_asked = 0;
  TrainingHooks hooks;
  hooks.stop = [&] { return ++stop_asked == following.stop_after; };
  hooks.abandoned = [&] { return following.abandoned; };
  hooks.report_due = [&] { return ++report_asked % following.report_every == 0 && following.report_every > 0; };
  hooks.report = [&](TrainingReport&& report) {
    result.add(report);
    result.reports++;
  };
  const std::optional<LabelledRows> validation_rows =
      validation ? std::optional(validation->labelled()) : std::optional<LabelledRows>();
  const TrainingOutcome outcome =
      train<T>(start.shape, result.net.view(), slot_views, training.labelled(),
               validation_rows ? &*validation_rows : nullptr, options, random, hooks, best);
  result.status = outcome.status;
  result.add(outcome.last);
  result.random = outcome.random;
  return result;
}

// The same training, stopped after k iterations and then continued.
template <class T, class Source>
Trained<T> trained_in_two(const Net<T>& start, const Data<Source>& training, TrainingOptions options, int k,
                          const Data<Source>* validation = nullptr) {
  Trained<T> first = trained(start, training, options, random_state(0), validation, {.stop_after = k});
  options.first_iteration = k;
  options.settings.learning_rate = first.learning_rate;
  Trained<T> second = trained(first.net, training, options, first.random, validation, {}, first.slots);
  const auto prepend = [](const std::vector<double>& before, std::vector<double>& to) {
    to.insert(to.begin(), before.begin(), before.end());
  };
  prepend(first.losses, second.losses);
  prepend(first.train_accuracies, second.train_accuracies);
  prepend(first.validation_accuracies, second.validation_accuracies);
  prepend(first.validation_losses, second.validation_losses);
  return second;
}

inline bool same_state(const GeneratorState& a, const GeneratorState& b) {
  return a.position == b.position && std::equal(std::begin(a.key), std::end(a.key), std::begin(b.key));
}

template <class T>
::testing::AssertionResult same_training(const Trained<T>& a, const Trained<T>& b) {
  if (a.status != b.status) return ::testing::AssertionFailure() << "status";
  if (a.iterations != b.iterations) return ::testing::AssertionFailure() << "iterations";
  if (a.learning_rate != b.learning_rate) return ::testing::AssertionFailure() << "learning rate";
  if (!same_state(a.random, b.random)) return ::testing::AssertionFailure() << "random state";
  for (const auto& same : {same_bits(a.losses, b.losses), same_bits(a.train_accuracies, b.train_accuracies),
                           same_bits(a.validation_accuracies, b.validation_accuracies),
                           same_bits(a.validation_losses, b.validation_losses), same_bits(a.net, b.net)}) {
    if (!same) return same;
  }
  if (a.slots.size() != b.slots.size()) return ::testing::AssertionFailure() << "number of slots";
  for (size_t i = 0; i < a.slots.size(); i++) {
    const ::testing::AssertionResult same = same_bits(a.slots[i], b.slots[i]);
    if (!same) return ::testing::AssertionFailure() << "slot " << i << " " << same.message();
  }
  return ::testing::AssertionSuccess();
}

// A training whose parameters first become infinite or NaN in iteration k. That iteration is the first to draw a row so
// large that its gradient overflows, although its loss does not. The other rows are so small that W1 hardly changes
// before.
template <class T>
struct PoisonedTraining {
  static constexpr int kRows = 3000, kBatch = 10;
  static constexpr Shape kShape{7, 3, 10};
  Net<T> start{kShape, 1, 100};
  Data<T> training{kRows, kShape, 2};

  explicit PoisonedTraining(int k) {
    // All units are active, and class 0 is the least likely in each row.
    std::fill(start.W1.begin(), start.W1.end(), T(1e-6));
    std::fill(start.b1.begin(), start.b1.end(), T(1));
    for (size_t i = 0; i < start.W2.size(); i++) start.W2[i] = i % kShape.C == 0 ? -100 : std::abs(start.W2[i]);
    for (T& x : training.X) x *= T(1e-10);
    const int32_t poison = first_drawn_in(k);
    training.labels[poison] = 0;
    // W1's gradient is this times at least 100 (from W2), divided by kBatch.
    std::fill_n(&training.X[poison * kShape.D], kShape.D, std::numeric_limits<T>::max() / 2);
  }

  static int32_t first_drawn_in(int k) {
    RandomStream random(random_state(0));
    std::vector<int32_t> indices((k + 1) * kBatch);
    random.choice(kRows, static_cast<int>(indices.size()), indices.data());
    const auto batch = indices.end() - kBatch;
    const auto found =
        std::find_if(batch, indices.end(), [&](int32_t i) { return std::find(indices.begin(), batch, i) == batch; });
    return *found;
  }
};

}  // namespace two_layer_net
