// How good a net in training is over many rows.
#pragma once

#include <algorithm>
#include <optional>

#include "../core/ranges.h"
#include "../core/rows.h"
#include "../core/shape.h"
#include "../core/thread_team.h"
#include "../step/step.h"

namespace two_layer_net {

// The shares of all rows that a net predicts right.
struct FinalAccuracies {
  double training;
  std::optional<double> validation;  // none without validation rows
};

// Rows that one core evaluates in about a tenth of a second, in whole blocks of any kind of product.
inline int rows_between_looks(const Shape& shape) {
  constexpr double kMultiplications = 3e9;
  constexpr int kBlock = 1280, kMost = kBlock * 1000;
  const double rows = kMultiplications / static_cast<double>(shape.w1_size() + shape.w2_size());
  return std::clamp(static_cast<int>(std::min<double>(rows, kMost)) / kBlock * kBlock, kBlock, kMost);
}

// Of all rows, `piece` at a time. None if stop() returns true in between. The result is the same for any piece.
template <class T, class Stop>
std::optional<Fit> evaluate_all(const Step<T>& step, const LabelledRows& data, int piece, ThreadTeam& team,
                                const Stop& stop) {
  Fit fit;
  for (const Range rows : cut(static_cast<int>(data.rows.count), piece)) {
    if (rows.begin > 0 && stop()) return {};
    fit = step.evaluate(data, {nullptr, static_cast<size_t>(rows.begin), rows.size()}, team, fit);
  }
  return fit;
}

// None if stop() returns true meanwhile. `validation` may be null.
template <class T, class Stop>
std::optional<FinalAccuracies> final_accuracies(const Step<T>& step, const LabelledRows& training,
                                                const LabelledRows* validation, int piece, ThreadTeam& team,
                                                const Stop& stop) {
  const std::optional<Fit> of_training = evaluate_all(step, training, piece, team, stop);
  if (!of_training) return {};
  if (!validation) return FinalAccuracies{of_training->accuracy(), {}};
  const std::optional<Fit> of_validation = evaluate_all(step, *validation, piece, team, stop);
  if (!of_validation) return {};
  return FinalAccuracies{of_training->accuracy(), of_validation->accuracy()};
}

}  // namespace two_layer_net
