#include "blas_step.h"

#include <algorithm>
#include <numeric>

#include "blas.h"
#include "../inference/inference.h"
#include "../layers/layers.h"
#include "../core/stopwatch.h"

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
BlasStep<T>::BlasStep(const Shape& shape, const StepOptions& options)
    : shape_(shape), column_pieces_(cut(shape.D, kColumnPiece)), profiled_(options.profiled) {
  const size_t n = options.capacity, D = shape.D, H = shape.H, C = shape.C;
  const size_t parts = cut(options.capacity, kRowPiece).size();
  numbers_.resize(D * H + H + H * C + C);
  T* at = numbers_.data();
  net_ = {at, at + D * H, at + D * H + H, at + D * H + H + H * C};
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
void BlasStep<T>::read(const Parameters<const T>& net) {
  copy_parameters<T>(shape_, net, net_);
  sum_squares();
}

template <class T>
void BlasStep<T>::write(const Parameters<T>& net) const {
  copy_parameters<T>(shape_, net_, net);
}

template <class T>
double BlasStep<T>::forward_backward(const LabelledRows& data, const Choice& rows, const int32_t*, T scale,
                                     ThreadTeam& team) {
  n_ = rows.n;
  row_pieces_ = cut(n_, kRowPiece);
  const size_t pieces = row_pieces_.size();
  if (data.rows.mean) mean_.assign(data.rows.mean, data.rows.mean + shape_.D);
  for (int i = 0; i < n_; i++) labels_[i] = data.labels[rows[i]];
  Stopwatch waiting(profiled_);
  team.for_each(static_cast<int>(pieces), [&](int piece, int member) {
    const auto [begin, end] = row_pieces_[piece];
    const bool timed = profiled_ && member == 0;
    Stopwatch watch(timed);
    gather(data.rows, rows.part(begin, end), shape_.D, data.rows.mean ? mean_.data() : nullptr,
           X_.data() + static_cast<size_t>(begin) * shape_.D);
    watch.lap(&Profile::gather, profile_);
    loss_parts_[piece] = backward_piece(scale, piece, timed);
    if (timed) waiting = Stopwatch(true);
  });
  waiting.lap(&Profile::waiting, profile_);
  add_up(pieces, dW2_parts_, dW2_);
  add_up(pieces, db1_parts_, db1_);
  add_up(pieces, db2_parts_, db2_);
  return std::accumulate(loss_parts_.begin(), loss_parts_.begin() + pieces, 0.0);
}

// One piece of rows, in the article's order.
template <class T>
double BlasStep<T>::backward_piece(T scale, int piece, bool timed) {
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

  Stopwatch watch(timed);
  gemm(Transpose::kNo, Transpose::kNo, n, H, D, T(1), X, D, net_.W1, H, T(0), hidden, H);
  watch.lap(&Profile::forward, profile_);
  bias_relu(n, H, net_.b1, hidden);
  gemm(Transpose::kNo, Transpose::kNo, n, C, H, T(1), hidden, H, net_.W2, C, T(0), scores, C);
  const double loss = softmax_loss(n, C, net_.b2, labels_.data() + begin, scale, scores, db2);
  gemm(Transpose::kYes, Transpose::kNo, H, C, n, T(1), hidden, H, scores, C, T(0), dW2, C);
  gemm(Transpose::kNo, Transpose::kYes, n, H, C, T(1), scores, C, net_.W2, C, T(0), dhidden, H);
  relu_backward(n, H, hidden, dhidden, db1);
  watch.lap(&Profile::head, profile_);
  return loss;
}

// out (D, H) ← alpha · dW1 + beta · out, where dW1 = Xᵀ · dhidden; the gradient itself is never stored. As an update
// this is W1 ← (1 − lr·reg) · W1 − lr · dW1. Returns Σ out² afterwards.
template <class T>
double BlasStep<T>::add_dW1(T alpha, T beta, T* out, ThreadTeam& team) {
  const auto [D, H, C] = shape_;
  Stopwatch waiting(profiled_);
  team.for_each(static_cast<int>(column_pieces_.size()), [&, D = D, H = H](int piece, int member) {
    Stopwatch watch(profiled_ && member == 0);
    const auto [begin, end] = column_pieces_[piece];
    T* part = out + static_cast<size_t>(begin) * H;
    gemm(Transpose::kYes, Transpose::kNo, end - begin, H, n_, alpha, X_.data() + begin, D, dhidden_.data(), H, beta,
         part, H);
    square_parts_[piece] = two_layer_net::sum_of_squares(static_cast<size_t>(end - begin) * H, part);
    watch.lap(&Profile::update, profile_);
    if (member == 0) waiting = Stopwatch(profiled_);
  });
  waiting.lap(&Profile::waiting, profile_);
  return std::accumulate(square_parts_.begin(), square_parts_.end(), 0.0);
}

template <class T>
void BlasStep<T>::update(T keep, T rate, ThreadTeam& team) {
  squares_W1_ = add_dW1(-rate, keep, net_.W1, team);
  Stopwatch watch(profiled_);
  for (size_t i = 0; i < shape_.w2_size(); i++) net_.W2[i] = keep * net_.W2[i] - rate * dW2_[i];
  add_multiple<T>(shape_.H, -rate, db1_.data(), net_.b1);
  add_multiple<T>(shape_.C, -rate, db2_.data(), net_.b2);
  squares_W2_ = two_layer_net::sum_of_squares<T>(shape_.w2_size(), net_.W2);
  watch.lap(&Profile::update, profile_);
}

template <class T>
void BlasStep<T>::add_gradients(const Parameters<T>& gradients, ThreadTeam& team) {
  add_dW1(T(1), T(1), gradients.W1, team);
  add_multiple<T>(shape_.H, T(1), db1_.data(), gradients.b1);
  add_multiple<T>(shape_.w2_size(), T(1), dW2_.data(), gradients.W2);
  add_multiple<T>(shape_.C, T(1), db2_.data(), gradients.b2);
}

template <class T>
bool BlasStep<T>::finite() const {
  return first_non_finite(numbers_.size(), numbers_.data()) == numbers_.size();
}

template <class T>
double BlasStep<T>::accuracy(const LabelledRows& data, const Choice& rows, ThreadTeam& team) const {
  return two_layer_net::accuracy<T>(shape_, net_, data, rows, team, Products::kBlas);
}

template <class T>
void BlasStep<T>::restore(const std::vector<T>& from) {
  std::copy(from.begin(), from.end(), numbers_.begin());
  sum_squares();
}

template <class T>
void BlasStep<T>::sum_squares() {
  // By pieces, as an update does.
  squares_W1_ = 0;
  for (const Range piece : column_pieces_) {
    squares_W1_ += two_layer_net::sum_of_squares<T>(static_cast<size_t>(piece.size()) * shape_.H,
                                                    net_.W1 + static_cast<size_t>(piece.begin) * shape_.H);
  }
  squares_W2_ = two_layer_net::sum_of_squares<T>(shape_.w2_size(), net_.W2);
}

template class BlasStep<float>;
template class BlasStep<double>;

}  // namespace two_layer_net
