// How good a trained net is over all rows.
#pragma once

#include <cmath>
#include <optional>

#include "../core/ranges.h"
#include "../core/rows.h"
#include "../core/thread_team.h"
#include "../step/step.h"

namespace two_layer_net {

// The shares of all rows that a net predicts right.
struct FinalAccuracies {
  double training;
  std::optional<double> validation;  // none without validation rows
};

// None if stop() returns true meanwhile.
template <class T, class Stop>
std::optional<double> accuracy_on(const Step<T>& step, const LabelledRows& data, ThreadTeam& team, const Stop& stop) {
  constexpr int kBlock = 10'000;
  double correct = 0;
  for (const Range block : cut(static_cast<int>(data.rows.count), kBlock)) {
    if (block.begin > 0 && stop()) return {};
    const Choice rows{nullptr, static_cast<size_t>(block.begin), block.size()};
    correct += std::round(step.evaluate(data, rows, team).accuracy * block.size());
  }
  return correct / static_cast<double>(data.rows.count);
}

// None if stop() returns true meanwhile. `validation` may be null.
template <class T, class Stop>
std::optional<FinalAccuracies> final_accuracies(const Step<T>& step, const LabelledRows& training,
                                                const LabelledRows* validation, ThreadTeam& team, const Stop& stop) {
  const std::optional<double> of_training = accuracy_on(step, training, team, stop);
  if (!of_training || !validation) return of_training ? std::optional(FinalAccuracies{*of_training, {}}) : std::nullopt;
  const std::optional<double> of_validation = accuracy_on(step, *validation, team, stop);
  return of_validation ? std::optional(FinalAccuracies{*of_training, of_validation}) : std::nullopt;
}

}  // namespace two_layer_net
