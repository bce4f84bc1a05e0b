// How well a net predicts labelled rows.
#pragma once

namespace two_layer_net {

struct Fit {
  double accuracy;  // the share of rows whose class is their label; a row with a NaN score is never correct
  double loss;      // mean −log p(label); NaN if a score is
};

}  // namespace two_layer_net
