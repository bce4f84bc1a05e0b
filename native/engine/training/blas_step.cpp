#include "blas_step.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "../core/array_math.h"
#include "../inference/inference.h"
#include "../layers/relu.h"
#include "../layers/softmax.h"
#include "../blas/blas.h"

namespace two_layer_net {
namespace {

// Rows and columns per piece. Small enough that a few threads can share the article's N 200 and D 3072 evenly, and
// large enough that packing W1 again for each row piece costs little.
constexpr int kRowPiece = 50;
constexpr int kColumnPiece = 256;

// total (size) ← Σ parts, added in order; parts is (count, size).
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
    : shape_(shape),
      rule_(*options.rule),
      numbers_((1 + rule_.slots) * shape.size()),
      column_pieces_(cut(shape.D, kColumnPiece)),
      profiler_(options.profiled) {
  const size_t n = options.capacity, D = shape.D, H = shape.H, C = shape.C;
  const size_t parts = cut(options.capacity, kRowPiece).size();
  for (int i = 0; i <= rule_.slots; i++) state_.push_back(parameters_in(shape, &numbers_[i * shape.size()]));
  if (!rule_.linear()) {
    dW1_.assign(options.threads, std::vector<T>(std::min<size_t>(D, kColumnPiece) * H));
  }
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
void BlasStep<T>::read(const Parameters<const T>& net, std::span<const Parameters<T>> slots, ThreadTeam& team) {
  copy_parameters<T>(shape_, net, state_[0], team);
  for (size_t i = 0; i < slots.size(); i++) copy_parameters<T>(shape_, slots[i], state_[1 + i], team);
  // In the order of the pieces, as an update does.
  team.for_each(static_cast<int>(column_pieces_.size()), [&](int piece, int) {
    square_parts_[piece] = squares_of_W1(column_pieces_[piece]);
  });
  add_up_squares();
}

template <class T>
void BlasStep<T>::write(const Parameters<T>& net, std::span<const Parameters<T>> slots, ThreadTeam& team) const {
  copy_parameters<T>(shape_, state_[0], net, team);
  for (size_t i = 0; i < slots.size(); i++) copy_parameters<T>(shape_, state_[1 + i], slots[i], team);
}

template <class T>
double BlasStep<T>::forward_backward(const LabelledRows& data, const Choice& rows, const Upcoming&, const Pass& pass,
                                     ThreadTeam& team) {
  n_ = rows.n;
  row_pieces_ = cut(n_, kRowPiece);
  const size_t pieces = row_pieces_.size();
  if (data.rows.mean) mean_.assign(data.rows.mean, data.rows.mean + shape_.D);
  for (int i = 0; i < n_; i++) labels_[i] = data.labels[rows[i]];
  weights_.resize(data.weights ? n_ : 0);
  for (size_t i = 0; i < weights_.size(); i++) weights_[i] = data.weights[rows[static_cast<int>(i)]];
  profiler_.for_each(team, static_cast<int>(pieces), [&](int piece, int, const auto& lap) {
    const auto [begin, end] = row_pieces_[piece];
    gather(data.rows, rows.part(begin, end), shape_.D, data.rows.mean ? mean_.data() : nullptr,
           X_.data() + static_cast<size_t>(begin) * shape_.D);
    lap(&Profile::gather);
    loss_parts_[piece] = backward_piece(pass, piece, lap);
  });
  add_up(pieces, dW2_parts_, dW2_);
  add_up(pieces, db1_parts_, db1_);
  add_up(pieces, db2_parts_, db2_);
  return std::accumulate(loss_parts_.begin(), loss_parts_.begin() + pieces, 0.0);
}

// One piece of rows, in the article's order.
template <class T>
template <class Lap>
double BlasStep<T>::backward_piece(const Pass& pass, int piece, const Lap& lap) {
  const Parameters<T>& net = state_[0];
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
  lap(&Profile::forward);
  bias_relu(n, H, net.b1, hidden);
  // The backward pass needs no masks: a unit that was dropped is 0, like one that ReLU stopped.
  if (pass.dropout.on()) pass.dropout.apply(pass.first_row + begin, pass.first_row + end, H, H, hidden);
  gemm(Transpose::kNo, Transpose::kNo, n, C, H, T(1), hidden, H, net.W2, C, T(0), scores, C);
  const Targets<T> targets{.labels = labels_.data() + begin,
                           .weights = weights_.empty() ? nullptr : weights_.data() + begin,
                           .scale = pass.scale<T>(),
                           .label_smoothing = static_cast<T>(pass.label_smoothing)};
  const double loss = softmax_loss(n, C, net.b2, targets, scores, db2);
  gemm(Transpose::kYes, Transpose::kNo, H, C, n, T(1), hidden, H, scores, C, T(0), dW2, C);
  gemm(Transpose::kNo, Transpose::kYes, n, H, C, static_cast<T>(pass.dropout.scale()), scores, C, net.W2, C, T(0),
       dhidden, H);
  relu_backward(n, H, hidden, dhidden, db1);
  lap(&Profile::head);
  return loss;
}

// out (columns, H) ← alpha · dW1 + beta · out for those columns of D, where dW1 = Xᵀ · dhidden.
template <class T>
void BlasStep<T>::multiply_dW1(Range columns, T alpha, T beta, T* out) const {
  gemm(Transpose::kYes, Transpose::kNo, columns.size(), shape_.H, n_, alpha, X_.data() + columns.begin, shape_.D,
       dhidden_.data(), shape_.H, beta, out, shape_.H);
}

// The product itself applies a linear rule: W1 ← keep · W1 − rate · dW1, so the gradient is never stored. Other rules
// get the complete gradient of the piece, in the thread's buffer.
template <class T>
void BlasStep<T>::update_columns(const UpdateInputs& inputs, Range columns, T* gradient) {
  if (rule_.linear()) {
    const auto [keep, rate] = rule_.plain<T>().linear(inputs);
    return multiply_dW1(columns, -rate, keep, state_[0].W1 + static_cast<size_t>(columns.begin) * shape_.H);
  }
  multiply_dW1(columns, T(1), T(0), gradient);
  apply_to_columns(inputs, columns, gradient);
}

template <class T>
void BlasStep<T>::apply_to_columns(const UpdateInputs& inputs, Range columns, const T* gradient) {
  const size_t offset = static_cast<size_t>(columns.begin) * shape_.H;
  std::array<T*, 1 + kMostSlots> at{};  // no memory is allocated here, since threads of a team must not throw
  std::transform(state_.begin(), state_.end(), at.begin(), [&](const Parameters<T>& net) { return net.W1 + offset; });
  rule_.plain<T>().weights(inputs, static_cast<size_t>(columns.size()) * shape_.H, gradient, at.data());
}

// All parameters except W1.
template <class T>
void BlasStep<T>::update_small(const UpdateInputs& inputs, const Parameters<T>& gradient) {
  std::vector<T*> b1, W2, b2;
  for (const Parameters<T>& arrays : state_) {
    b1.push_back(arrays.b1);
    W2.push_back(arrays.W2);
    b2.push_back(arrays.b2);
  }
  const PlainUpdate<T>& update = rule_.plain<T>();
  update.weights(inputs, shape_.w2_size(), gradient.W2, W2.data());
  update.biases(inputs, shape_.H, gradient.b1, b1.data());
  update.biases(inputs, shape_.C, gradient.b2, b2.data());
}

template <class T>
void BlasStep<T>::update(const UpdateInputs& inputs, ThreadTeam& team) {
  if (inputs.settings.clip_norm > 0) {
    gradient_.resize(shape_.size());
    store_gradient(gradient_.data(), team);
    return update_by(gradient_.data(), inputs, team);
  }
  update_pieces(team, [this, inputs_of_W1 = inputs.of_W1()](Range columns, int member) {
    update_columns(inputs_of_W1, columns, dW1_.empty() ? nullptr : dW1_[member].data());
  });
  profiler_.time(&Profile::update, [&] { update_small(inputs, {nullptr, db1_.data(), dW2_.data(), db2_.data()}); });
  add_up_squares();
}

template <class T>
void BlasStep<T>::store_gradient(T* numbers, ThreadTeam& team) {
  const Parameters<T> gradient = parameters_in(shape_, numbers);
  team.for_each(static_cast<int>(column_pieces_.size()), [&](int piece, int) {
    const Range columns = column_pieces_[piece];
    multiply_dW1(columns, T(1), T(0), gradient.W1 + static_cast<size_t>(columns.begin) * shape_.H);
  });
  std::copy(db1_.begin(), db1_.end(), gradient.b1);
  std::copy(dW2_.begin(), dW2_.end(), gradient.W2);
  std::copy(db2_.begin(), db2_.end(), gradient.b2);
}

template <class T>
void BlasStep<T>::update_by(T* numbers, const UpdateInputs& inputs, ThreadTeam& team) {
  const Parameters<T> gradient = parameters_in(shape_, numbers);
  UpdateInputs used = inputs;
  // The penalty's gradient is shortened, too.
  if (inputs.settings.clip_norm > 0) used.settings.reg *= shorten(gradient, inputs, team);
  update_pieces(team, [&, inputs_of_W1 = used.of_W1()](Range columns, int) {
    apply_to_columns(inputs_of_W1, columns, gradient.W1 + static_cast<size_t>(columns.begin) * shape_.H);
  });
  profiler_.time(&Profile::update, [&] { update_small(used, gradient); });
  add_up_squares();
}

// Calls update(columns, member) for each piece of W1, and sums the squares of the new weights.
template <class T>
template <class Update>
void BlasStep<T>::update_pieces(ThreadTeam& team, const Update& update) {
  profiler_.for_each(team, static_cast<int>(column_pieces_.size()), [&](int piece, int member, const auto& lap) {
    const Range columns = column_pieces_[piece];
    update(columns, member);
    square_parts_[piece] = squares_of_W1(columns);
    lap(&Profile::update);
  });
}

// Shortens a gradient to the norm that the settings allow. Returns the factor.
template <class T>
double BlasStep<T>::shorten(const Parameters<T>& gradient, const UpdateInputs& inputs, ThreadTeam& team) {
  const auto [all_dW1, db1, dW2, db2] = gradient.arrays(shape_);
  const UpdateInputs of_W1 = inputs.of_W1();
  const auto dW1_of = [dW1 = all_dW1, H = static_cast<size_t>(shape_.H)](Range columns) {
    return dW1.subspan(static_cast<size_t>(columns.begin) * H, static_cast<size_t>(columns.size()) * H);
  };
  team.for_each(static_cast<int>(column_pieces_.size()), [&](int piece, int) {
    const Range columns = column_pieces_[piece];
    const std::span<T> dW1 = dW1_of(columns);
    square_parts_[piece] = sum_of_squared_sums<T>(dW1.size(), dW1.data(), of_W1.reg(),
                                                  state_[0].W1 + static_cast<size_t>(columns.begin) * shape_.H);
  });
  // Of the net that is trained (UpdateInputs::scale).
  double squares = of_W1.scale * of_W1.scale * std::accumulate(square_parts_.begin(), square_parts_.end(), 0.0);
  squares += sum_of_squared_sums<T>(dW2.size(), dW2.data(), inputs.reg(), state_[0].W2);
  squares += two_layer_net::sum_of_squares<T>(db1.size(), db1.data());
  squares += two_layer_net::sum_of_squares<T>(db2.size(), db2.data());
  const double factor = clip_factor(squares, inputs.settings.clip_norm);
  const auto multiply = [by = static_cast<T>(factor)](std::span<T> numbers) { for (T& number : numbers) number *= by; };
  team.for_each(static_cast<int>(column_pieces_.size()), [&](int piece, int) {
    multiply(dW1_of(column_pieces_[piece]));
  });
  for (const std::span<T> others : {dW2, db1, db2}) multiply(others);
  return factor;
}

template <class T>
void BlasStep<T>::add_gradients(const Parameters<T>& gradients, ThreadTeam& team) {
  team.for_each(static_cast<int>(column_pieces_.size()), [&](int piece, int) {
    const Range columns = column_pieces_[piece];
    multiply_dW1(columns, T(1), T(1), gradients.W1 + static_cast<size_t>(columns.begin) * shape_.H);
  });
  add_multiple<T>(shape_.H, T(1), db1_.data(), gradients.b1);
  add_multiple<T>(shape_.w2_size(), T(1), dW2_.data(), gradients.W2);
  add_multiple<T>(shape_.C, T(1), db2_.data(), gradients.b2);
}

template <class T>
bool BlasStep<T>::finite() const {
  const auto [W1, b1, W2, b2] = state_[0].arrays(shape_);
  const auto all = [](std::span<const T> array) { return all_finite(array.size(), array.data()); };
  // No weight is NaN or infinite if the sum of their squares is not.
  return (std::isfinite(squares_.W1 + squares_.W2) || (all(W1) && all(W2))) && all(b1) && all(b2);
}

template <class T>
Fit BlasStep<T>::evaluate(const LabelledRows& data, const Choice& rows, ThreadTeam& team,
                          const Fit& before) const {
  return two_layer_net::evaluate<T>(shape_, state_[0], data, rows, team, Products::kBlas, before);
}

template <class T>
double BlasStep<T>::squares_of_W1(Range columns) const {
  return two_layer_net::sum_of_squares<T>(static_cast<size_t>(columns.size()) * shape_.H,
                                          state_[0].W1 + static_cast<size_t>(columns.begin) * shape_.H);
}

template <class T>
void BlasStep<T>::add_up_squares() {
  squares_.W1 = std::accumulate(square_parts_.begin(), square_parts_.end(), 0.0);
  squares_.W2 = two_layer_net::sum_of_squares<T>(shape_.w2_size(), state_[0].W2);
}

template class BlasStep<float>;
template class BlasStep<double>;

}  // namespace two_layer_net
