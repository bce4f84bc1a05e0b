// A minibatch in shards: parts of it whose gradients are computed one by one and added as a binary tree. Its bounds and
// the tree depend on the number of shards alone, so that any number of processes that shares them gives the same bits.
#pragma once

#include <vector>

#include "../core/aligned_buffer.h"
#include "../core/processes.h"
#include "../core/ranges.h"
#include "../core/rows.h"
#include "../core/thread_team.h"
#include "../step/step.h"

namespace two_layer_net {

template <class T>
class Shards {
 public:
  // With more than one process, both numbers of shards and processes are powers of two, and there are at least as many
  // shards. `processes` must exist as long as this.
  Shards(int shards, int batch_size, const Processes& processes);

  // Rows in a shard, at most.
  int capacity() const { return (batch_size_ + shards_ - 1) / shards_; }
  // The rows of the minibatch that this process computes.
  Range rows() const { return {bound(own_.begin), bound(own_.end)}; }

  // Step::forward_backward on a minibatch, and Step::update with its gradient. `rows` are this process's, with
  // pass.first_row; the result is the minibatch's. With one shard, they are those of the step itself.
  double forward_backward(Step<T>& step, const LabelledRows& data, const Choice& rows, const Upcoming& upcoming,
                          const Pass& pass, ThreadTeam& team);
  void update(Step<T>& step, const UpdateInputs& inputs, ThreadTeam& team);

  // Forgets all gradients: a NaN in their memory would outlast the step that has left it there.
  void clear() { sums_.clear(); }

 private:
  int bound(int shard) const { return part_of(batch_size_, shard, shards_).begin; }
  double compute(Step<T>& step, const LabelledRows& data, const Choice& rows, const Pass& pass,
                 AlignedBuffer<T>& gradient, ThreadTeam& team);
  void add(const AlignedBuffer<T>& from, AlignedBuffer<T>& to, ThreadTeam& team) const;

  const int shards_, batch_size_;
  const Processes& processes_;
  const Range own_;  // shards of this process
  std::vector<AlignedBuffer<T>> sums_;  // of subtrees, the largest first; at last, the first is that of all own shards
};

extern template class Shards<float>;
extern template class Shards<double>;

}  // namespace two_layer_net
