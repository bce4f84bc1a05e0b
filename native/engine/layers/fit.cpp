#include "fit.h"

#include <numeric>

#include "scores.h"

namespace two_layer_net {

template <class T>
void FitOfBlocks<T>::add(Range block, const T* scores, int stride) {
  const Choice rows = rows_.part(block.begin, block.end);
  correct_ += count_correct(rows, C_, scores, stride, labels_);
  cross_entropies(rows, C_, scores, stride, labels_, losses_.data() + block.begin);
}

template <class T>
Fit FitOfBlocks<T>::of_all(const Fit& before) const {
  return {before.rows + rows_.n, before.correct + correct_,
          std::accumulate(losses_.begin(), losses_.end(), before.losses)};
}

template class FitOfBlocks<float>;
template class FitOfBlocks<double>;

}  // namespace two_layer_net
