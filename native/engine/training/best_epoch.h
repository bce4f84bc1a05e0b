// The epoch at which the validation rows were predicted best.
#pragma once

#include <cmath>

#include "../core/fit.h"
#include "../core/parameters.h"
#include "../step/settings.h"

namespace two_layer_net {

template <class T>
struct BestEpoch {
  Parameters<T> net;         // its parameters; of no meaning before there is one
  int iterations = 0;        // that made them; 0 before there is one
  double monitored = 0;      // their validation loss or accuracy
  int epochs_since = 0;      // without a gain

  // Takes what a further epoch reached after so many iterations, and calls write(net) if it is better than the best.
  // Returns whether training should wait for a further gain. A NaN is never a gain.
  template <class Write>
  bool note(const Fit& fit, int iterations_now, const TrainingSettings& settings, const Write& write) {
    const bool of_loss = settings.monitor == Monitor::kLoss;
    const double now = of_loss ? fit.loss() : fit.accuracy();
    const double gain = of_loss ? monitored - now : now - monitored;
    const bool first = iterations == 0 && !std::isnan(now);
    if (!first && !(iterations > 0 && gain > settings.min_gain)) return ++epochs_since < settings.patience;
    write(net);
    iterations = iterations_now;
    monitored = now;
    epochs_since = 0;
    return true;
  }
};

}  // namespace two_layer_net
