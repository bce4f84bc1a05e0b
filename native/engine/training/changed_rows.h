// The rows of a minibatch when training does not see them as they are: pictures that are flipped and moved, inputs that
// are dropped. They are made before the step, which then takes them as any other rows.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "../core/dropout.h"
#include "../core/rows.h"
#include "../core/thread_team.h"
#include "../step/settings.h"

namespace two_layer_net {

// How a row of D = height · width · channels numbers is a picture, in this order.
struct PictureShape {
  int height = 0, width = 0, channels = 0;
};

template <class T>
class ChangedRows {
 public:
  // `picture` is only used if the settings change pictures.
  ChangedRows(const TrainingSettings& settings, int D, Element element, const PictureShape& picture);

  // Whether the settings change any rows.
  bool changes() const { return moves_ || drops_; }
  // The type of the numbers that take() returns.
  Element element() const;

  // The chosen rows as iteration `iteration` sees them, with their labels and weights. They are valid until the next
  // call. They are those of a minibatch from its row `first` on.
  LabelledRows take(const LabelledRows& data, const Choice& rows, int first, uint64_t seed, uint64_t iteration,
                    ThreadTeam& team);

 private:
  void change(const LabelledRows& data, const Choice& rows, int first, int row, const NoiseKey& pictures,
              const Dropout& dropout, uint8_t* moved);

  const TrainingSettings& settings_;
  const size_t D_;
  const Element element_;  // of the data
  const PictureShape picture_;
  const bool moves_, drops_;
  std::vector<uint8_t> moved_;  // rows of the data's type, or one for each thread if inputs are dropped, too
  std::vector<T> numbers_;      // minus the mean, if inputs are dropped
  std::vector<T> mean_;
  std::vector<int32_t> labels_;
  std::vector<double> weights_;
};

extern template class ChangedRows<float>;
extern template class ChangedRows<double>;

}  // namespace two_layer_net
