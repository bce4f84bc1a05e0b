// The forward and backward pass over some rows, down to everything that the gradients are made of.
#pragma once

#include <cstdint>
#include <vector>

#include "rows.h"
#include "shape.h"
#include "thread_team.h"

namespace two_layer_net {

// Buffers for up to `capacity` rows, used again for every batch. The work is cut by rows for the passes through the
// layers and by columns of D for W1's gradient; partial sums are added in the order of the pieces.
template <class T>
class Minibatch {
 public:
  Minibatch(const Shape& shape, int capacity);

  // Into how many pieces work on n rows, and on D columns, is cut: more threads than that have nothing to do.
  static size_t row_pieces(int n);
  static size_t column_pieces(int D);

  // Takes n rows, at indices[i] or, where indices is null, at first + i, and their labels. `mean` (D) or null.
  void gather(const Rows& rows, const T* mean, const int32_t* labels, const int32_t* indices, size_t first, int n,
              ThreadTeam& team);

  // Forward and backward through both layers for the gathered rows. `scale` is 1 / N of the whole batch that the loss
  // is a mean over. Returns Σ_n −log p(label). Afterwards dW2(), db1() and db2() hold this batch's gradients of the
  // data loss, and add_dW1 can be called.
  double backward(const Parameters<const T>& net, T scale, ThreadTeam& team);

  // out (D, H) ← alpha · dW1 + beta · out, where dW1 = Xᵀ · dhidden; the gradient itself is never stored. As an update
  // this is W1 ← (1 − lr·reg) · W1 − lr · dW1. Returns Σ out² afterwards.
  double add_dW1(T alpha, T beta, T* out, ThreadTeam& team);

  const T* dW2() const { return dW2_.data(); }  // (H, C)
  const T* db1() const { return db1_.data(); }  // (H)
  const T* db2() const { return db2_.data(); }  // (C)

  // The gathered rows, mean subtracted, as rows of their own; and their labels.
  Rows rows() const;
  const int32_t* labels() const { return labels_.data(); }

 private:
  double backward_piece(const Parameters<const T>& net, T scale, int piece);

  Shape shape_;
  int n_ = 0;
  std::vector<Range> row_pieces_;     // of the gathered rows
  std::vector<Range> column_pieces_;  // of D
  std::vector<int32_t> labels_;
  std::vector<T> X_;        // (n, D)
  std::vector<T> hidden_;   // (n, H) after ReLU
  std::vector<T> dhidden_;  // (n, H)
  std::vector<T> dscores_;  // (n, C)
  std::vector<T> dW2_, db1_, db2_;
  // One slot per row piece, added up in order.
  std::vector<T> dW2_parts_, db1_parts_, db2_parts_;
  std::vector<double> loss_parts_;
  std::vector<double> square_parts_;  // one per column piece
};

extern template class Minibatch<float>;
extern template class Minibatch<double>;

}  // namespace two_layer_net
