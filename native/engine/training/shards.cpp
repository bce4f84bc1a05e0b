#include "shards.h"

#include <algorithm>
#include <numeric>

#include "../core/array_math.h"

namespace two_layer_net {

template <class T>
Shards<T>::Shards(int shards, int batch_size, const Processes& processes)
    : shards_(shards),
      batch_size_(batch_size),
      processes_(processes),
      own_(part_of(shards, processes.rank(), processes.size())) {}

template <class T>
double Shards<T>::forward_backward(Step<T>& step, const LabelledRows& data, const Choice& rows,
                                   const Upcoming& upcoming, const Pass& pass, ThreadTeam& team) {
  if (shards_ == 1) return step.forward_backward(data, rows, upcoming, pass, team);
  const int first = this->rows().begin;
  const size_t size = step.gradient_size();
  std::vector<double> own(own_.size()), all(shards_);
  size_t count = 0;  // sums that are waiting for another one of as many shards
  const auto add_last = [&] {
    count--;
    add(sums_[count], sums_[count - 1], team);
  };
  for (int i = 0; i < own_.size(); i++) {
    const Range shard{bound(own_.begin + i) - first, bound(own_.begin + i + 1) - first};
    Pass of_shard = pass;
    of_shard.first_row += shard.begin;
    if (sums_.size() == count) sums_.emplace_back(size);
    own[i] = compute(step, data, rows.part(shard.begin, shard.end), of_shard, sums_[count++], team);
    for (int done = i + 1; done % 2 == 0; done /= 2) add_last();
  }
  while (count > 1) add_last();
  processes_.gather(own.data(), own.size(), all.data());
  return std::accumulate(all.begin(), all.end(), 0.0);
}

// The loss and the gradient of one shard, which may be empty if the minibatch has fewer rows than shards.
template <class T>
double Shards<T>::compute(Step<T>& step, const LabelledRows& data, const Choice& rows, const Pass& pass,
                          AlignedBuffer<T>& gradient, ThreadTeam& team) {
  if (rows.n == 0) {
    std::fill_n(gradient.data(), gradient.size(), T(0));
    return 0;
  }
  const double loss = step.forward_backward(data, rows, {}, pass, team);
  step.store_gradient(gradient.data(), team);
  return loss;
}

// to ← to + from
template <class T>
void Shards<T>::add(const AlignedBuffer<T>& from, AlignedBuffer<T>& to, ThreadTeam& team) const {
  constexpr size_t kPiece = 16384;
  team.for_each(static_cast<int>((to.size() + kPiece - 1) / kPiece), [&](int piece, int) {
    const size_t begin = piece * kPiece;
    add_multiple<T>(std::min(kPiece, to.size() - begin), T(1), from.data() + begin, to.data() + begin);
  });
}

template <class T>
void Shards<T>::update(Step<T>& step, const UpdateInputs& inputs, ThreadTeam& team) {
  if (shards_ == 1) return step.update(inputs, team);
  AlignedBuffer<T>& gradient = sums_[0];
  processes_.sum(gradient.data(), gradient.size(), team);
  step.update_by(gradient.data(), inputs, team);
}

template class Shards<float>;
template class Shards<double>;

}  // namespace two_layer_net
