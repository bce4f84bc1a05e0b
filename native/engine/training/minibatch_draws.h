// The indices of the minibatches' rows.
#pragma once

#include <cstdint>
#include <vector>

#include "../core/random_stream.h"
#include "../step/settings.h"

namespace two_layer_net {

// The iterations of an epoch of N rows.
int iterations_per_epoch(size_t rows, int batch_size);

class MinibatchDraws {
 public:
  // Begins with the minibatch of `iteration`. In the middle of an epoch of permutations, `random` is the state before
  // the epoch.
  MinibatchDraws(const TrainingSettings& settings, size_t rows, int iteration, const GeneratorState& random);

  // Draws the next minibatch, of settings.batch_size rows.
  void next(int32_t* indices);

  // From which to begin with the minibatch that comes next.
  const GeneratorState& state() const;

 private:
  void permute();

  const Sampling sampling_;
  const int batch_size_, epoch_;
  const uint32_t rows_;
  int iteration_;
  RandomStream random_;
  GeneratorState before_epoch_;  // of permutations
  std::vector<int32_t> order_;
};

}  // namespace two_layer_net
