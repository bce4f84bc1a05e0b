// A training without a pause.
#include <algorithm>

#include "../blas/blas.h"
#include "train.h"

namespace two_layer_net {

template <class T>
TrainingOutcome train(const Shape& shape, const Parameters<T>& net, std::span<const Parameters<T>> slots,
                      const LabelledRows& training, const LabelledRows* validation, const TrainingOptions& options,
                      const GeneratorState& random, const TrainingHooks& hooks, BestEpoch<T>* best) {
  const SingleThreadedBlas hold;
  return *prepare_training<T>(shape, net, slots, training, validation, options, random, best)->go_on(hooks);
}

int useful_threads(const Shape& shape, const TrainingOptions& options) {
  // Each pass, forward and backward, is shared among the threads in pieces of a few rows or columns.
  const double multiplications =
      static_cast<double>(options.settings.batch_size) * static_cast<double>(shape.w1_size() + shape.w2_size());
  const size_t pieces = static_cast<size_t>(std::max(options.settings.batch_size, shape.D)) / 8 + 1;
  return useful_threads(multiplications, pieces, options.threads);
}

#define TWO_LAYER_NET_TRAIN(T)                                                                            \
  template TrainingOutcome train<T>(const Shape&, const Parameters<T>&, std::span<const Parameters<T>>,  \
                                    const LabelledRows&, const LabelledRows*, const TrainingOptions&,    \
                                    const GeneratorState&, const TrainingHooks&, BestEpoch<T>*);
TWO_LAYER_NET_TRAIN(float)
TWO_LAYER_NET_TRAIN(double)

}  // namespace two_layer_net
