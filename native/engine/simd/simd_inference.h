// Runs a packed net on any number of rows with the SIMD kernels, a block of rows at a time.
#pragma once

#include <functional>
#include <vector>

#include "kernels/kernels.h"
#include "../core/aligned_buffer.h"
#include "../core/thread_team.h"

namespace two_layer_net {

// mean (D) as the kernels expect it: in T, padded with zeros; all zeros if `mean` is null.
template <class T>
void pack_mean(const PackedShape& shape, const double* mean, T* out);

// The memory of passes, which may be kept from one to the next of the same shape.
template <class T>
class InferenceBuffers {
 public:
  // Makes it large enough for a pass over n rows on `threads` threads.
  void reserve(const PackedShape& shape, int n, int threads);

  // One thread's, for a block of rows.
  struct Block {
    AlignedBuffer<T> X, tiles, hidden, scores;
  };
  AlignedBuffer<T> mean;
  std::vector<Block> blocks;
  AlignedBuffer<T> shared_X;  // all columns of a panel of rows whose hidden units the members share

 private:
  int rows_ = 0;  // of a block
};

// What a pass calls for each block of rows, on the thread that computes it.
template <class T>
struct BlockCalls {
  // look(rows of the choice), before they are read otherwise: they are in the caches then. May be empty.
  std::function<void(Range)> look;
  // use(rows of the choice, their scores, numbers from one row of scores to the next)
  std::function<void(Range, const T* scores, int stride)> use;
};

// Calls these for each block of shape.block_rows rows, on the team. The results do not depend on the blocks.
template <class T>
void for_each_scored_block(const PackedShape& shape, const Kernels<T>& kernels, const PackedNet<const T>& net,
                           const Rows& rows, const Choice& choice, ThreadTeam& team, InferenceBuffers<T>& buffers,
                           const BlockCalls<T>& calls);

}  // namespace two_layer_net
