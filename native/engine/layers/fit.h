// Collects how well a net predicts rows, from the scores of one block of rows after the other.
#pragma once

#include <atomic>
#include <vector>

#include "../core/fit.h"
#include "../core/ranges.h"
#include "../core/rows.h"

namespace two_layer_net {

template <class T>
class FitOfBlocks {
 public:
  // C classes; `rows` are those of `data` that the blocks are cut from.
  FitOfBlocks(int C, const LabelledRows& data, const Choice& rows)
      : C_(C), labels_(data.labels), rows_(rows), losses_(rows.n) {}

  // Adds rows `block` of the choice, whose scores are `stride` apart. Threads may add blocks at the same time.
  void add(Range block, const T* scores, int stride);

  // Of all rows, after each was added once, and of those before. The result depends neither on the blocks nor on where
  // rows were split.
  Fit of_all(const Fit& before) const;

 private:
  const int C_;
  const int32_t* labels_;
  const Choice rows_;
  std::vector<double> losses_;  // of each row, to be added up in order
  std::atomic<int> correct_{0};
};

extern template class FitOfBlocks<float>;
extern template class FitOfBlocks<double>;

}  // namespace two_layer_net
