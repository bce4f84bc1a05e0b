#include "minibatch_draws.h"

#include <algorithm>

namespace two_layer_net {

int iterations_per_epoch(size_t rows, int batch_size) {
  return std::max(static_cast<int>(rows / static_cast<size_t>(batch_size)), 1);
}

MinibatchDraws::MinibatchDraws(const TrainingSettings& settings, size_t rows, int iteration,
                               const GeneratorState& random)
    : sampling_(settings.sampling),
      batch_size_(settings.batch_size),
      epoch_(iterations_per_epoch(rows, settings.batch_size)),
      rows_(static_cast<uint32_t>(rows)),
      iteration_(iteration),
      random_(random),
      before_epoch_(random) {
  if (sampling_ == Sampling::kPermutation && iteration_ % epoch_ != 0) permute();
}

void MinibatchDraws::permute() {
  before_epoch_ = random_.state();
  order_.resize(rows_);
  random_.permutation(rows_, order_.data());
}

void MinibatchDraws::next(int32_t* indices) {
  const int place = iteration_++ % epoch_;
  if (sampling_ == Sampling::kReplacement) return random_.choice(rows_, batch_size_, indices);
  if (place == 0) permute();
  std::copy_n(order_.begin() + static_cast<size_t>(place) * batch_size_, batch_size_, indices);
}

const GeneratorState& MinibatchDraws::state() const {
  const bool within = sampling_ == Sampling::kPermutation && iteration_ % epoch_ != 0;
  return within ? before_epoch_ : random_.state();
}

}  // namespace two_layer_net
