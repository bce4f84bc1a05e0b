// How well a net predicts labelled rows.
#pragma once

#include <cstdint>

namespace two_layer_net {

// Sums over rows.
struct Fit {
  int64_t rows = 0;
  int64_t correct = 0;  // whose class is their label; a row with a NaN score is never correct
  double losses = 0;    // −log p(label); NaN if a score is

  double accuracy() const { return static_cast<double>(correct) / static_cast<double>(rows); }
  double loss() const { return losses / static_cast<double>(rows); }
};

}  // namespace two_layer_net
