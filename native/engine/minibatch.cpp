#include "minibatch.h"

#include <algorithm>
#include <numeric>
#include <type_traits>

#include "blas.h"
#include "layers.h"

namespace two_layer_net {
namespace {

// Rows and columns per piece. Enough pieces for a few threads to share the article's N 200 and D 3072 evenly; each
// still large enough that packing W1 again for each row piece costs little.
constexpr int kRowPiece = 50;
constexpr int kColumnPiece = 256;

// total ← Σ parts in order; parts is (count, size).
template <class T>
void add_up(size_t count, const std::vector<T>& parts, std::vector<T>& total) {
  const size_t size = total.size();
  std::copy_n(parts.begin(), size, total.begin());
  for (size_t part = 1; part < count; part++) {
    const T* from = parts.data() + part * size;
    for (size_t i = 0; i < size; i++) total[i] += from[i];
  }
}

}  // namespace

template <class T>
Minibatch<T>::Minibatch(const Shape& shape, int capacity) : shape_(shape), column_pieces_(cut(shape.D, kColumnPiece)) {
  const size_t n = capacity, D = shape.D, H = shape.H, C = shape.C;
  const size_t parts = row_pieces(capacity);
  labels_.resize(n);
  X_.resize(n * D);
  hidden_.resize(n * H);
  dhidden_.resize(n * H);
  dscores_.resize(n * C);
  dW2_.resize(H * C);
  db1_.resize(H);
  db2_.resize(C);
  dW2_parts_.resize(parts * H * C);
  db1_parts_.resize(parts * H);
  db2_parts_.resize(parts * C);
  loss_parts_.resize(parts);
  square_parts_.resize(column_pieces_.size());
}

template <class T>
size_t Minibatch<T>::row_pieces(int n) {
  return cut(n, kRowPiece).size();
}

template <class T>
size_t Minibatch<T>::column_pieces(int D) {
  return cut(D, kColumnPiece).size();
}

template <class T>
void Minibatch<T>::gather(const Rows& rows, const T* mean, const int32_t* labels, const int32_t* indices, size_t first,
                          int n, ThreadTeam& team) {
  n_ = n;
  row_pieces_ = cut(n, kRowPiece);
  for (int i = 0; i < n; i++) labels_[i] = labels[indices ? static_cast<size_t>(indices[i]) : first + i];
  team.for_each(static_cast<int>(row_pieces_.size()), [&](int piece, int) {
    const auto [begin, end] = row_pieces_[piece];
    T* X = X_.data() + static_cast<size_t>(begin) * shape_.D;
    two_layer_net::gather(rows, indices ? indices + begin : nullptr, first + begin, end - begin, shape_.D, mean, X);
  });
}

template <class T>
double Minibatch<T>::backward(const Parameters<const T>& net, T scale, ThreadTeam& team) {
  const size_t pieces = row_pieces_.size();
  team.for_each(static_cast<int>(pieces),
                [&](int piece, int) { loss_parts_[piece] = backward_piece(net, scale, piece); });
  add_up(pieces, dW2_parts_, dW2_);
  add_up(pieces, db1_parts_, db1_);
  add_up(pieces, db2_parts_, db2_);
  return std::accumulate(loss_parts_.begin(), loss_parts_.begin() + pieces, 0.0);
}

// One piece of rows, in the article's order.
template <class T>
double Minibatch<T>::backward_piece(const Parameters<const T>& net, T scale, int piece) {
  const auto [D, H, C] = shape_;
  const auto [begin, end] = row_pieces_[piece];
  const int n = end - begin;
  const T* X = X_.data() + static_cast<size_t>(begin) * D;
  T* hidden = hidden_.data() + static_cast<size_t>(begin) * H;
  T* dhidden = dhidden_.data() + static_cast<size_t>(begin) * H;
  T* scores = dscores_.data() + static_cast<size_t>(begin) * C;
  T* dW2 = dW2_parts_.data() + static_cast<size_t>(piece) * H * C;
  T* db1 = db1_parts_.data() + static_cast<size_t>(piece) * H;
  T* db2 = db2_parts_.data() + static_cast<size_t>(piece) * C;

  gemm(Transpose::kNo, Transpose::kNo, n, H, D, T(1), X, D, net.W1, H, T(0), hidden, H);
  bias_relu(n, H, net.b1, hidden);
  gemm(Transpose::kNo, Transpose::kNo, n, C, H, T(1), hidden, H, net.W2, C, T(0), scores, C);
  const double loss = softmax_loss(n, C, net.b2, labels_.data() + begin, scale, scores, db2);
  gemm(Transpose::kYes, Transpose::kNo, H, C, n, T(1), hidden, H, scores, C, T(0), dW2, C);
  gemm(Transpose::kNo, Transpose::kYes, n, H, C, T(1), scores, C, net.W2, C, T(0), dhidden, H);
  relu_backward(n, H, hidden, dhidden, db1);
  return loss;
}

template <class T>
double Minibatch<T>::add_dW1(T alpha, T beta, T* out, ThreadTeam& team) {
  const auto [D, H, C] = shape_;
  team.for_each(static_cast<int>(column_pieces_.size()), [&, D = D, H = H](int piece, int) {
    const auto [begin, end] = column_pieces_[piece];
    T* part = out + static_cast<size_t>(begin) * H;
    gemm(Transpose::kYes, Transpose::kNo, end - begin, H, n_, alpha, X_.data() + begin, D, dhidden_.data(), H, beta,
         part, H);
    square_parts_[piece] = sum_of_squares(static_cast<size_t>(end - begin) * H, part);
  });
  return std::accumulate(square_parts_.begin(), square_parts_.end(), 0.0);
}

template <class T>
Rows Minibatch<T>::rows() const {
  const Element element = std::is_same_v<T, float> ? Element::kFloat32 : Element::kFloat64;
  return {X_.data(), element, static_cast<size_t>(n_), nullptr};
}

template class Minibatch<float>;
template class Minibatch<double>;

}  // namespace two_layer_net
