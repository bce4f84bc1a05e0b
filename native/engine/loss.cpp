#include "loss.h"

#include <algorithm>
#include <vector>

#include "layers.h"
#include "minibatch.h"

namespace two_layer_net {
namespace {

// Rows at a time, so that the gradient on a whole data set needs no copy of it in reals.
constexpr int kBlock = 1000;

template <class T>
void add(size_t size, const T* values, T* to) {
  for (size_t i = 0; i < size; i++) to[i] += values[i];
}

// d ½ · reg · Σw² / dw
template <class T>
void regularize(size_t size, T reg, const T* weights, T* gradient) {
  for (size_t i = 0; i < size; i++) gradient[i] += reg * weights[i];
}

}  // namespace

template <class T>
double loss_and_gradients(const Shape& shape, const Parameters<const T>& net, const Rows& rows, const int32_t* labels,
                          double reg, ThreadTeam& team, const Parameters<T>& gradients) {
  const auto [D, H, C] = shape;
  const int N = static_cast<int>(rows.count);
  const std::vector<T> mean = rows.mean ? std::vector<T>(rows.mean, rows.mean + D) : std::vector<T>();
  Minibatch<T> batch(shape, std::min(N, kBlock));
  std::fill_n(gradients.W1, shape.w1_size(), T(0));
  std::fill_n(gradients.b1, H, T(0));
  std::fill_n(gradients.W2, shape.w2_size(), T(0));
  std::fill_n(gradients.b2, C, T(0));
  double data_loss = 0;
  for (const Range block : cut(N, kBlock)) {
    batch.gather(rows, mean.empty() ? nullptr : mean.data(), labels, nullptr, block.begin, block.size(), team);
    data_loss += batch.backward(net, T(1) / static_cast<T>(N), team);
    batch.add_dW1(T(1), T(1), gradients.W1, team);
    add(H, batch.db1(), gradients.b1);
    add(shape.w2_size(), batch.dW2(), gradients.W2);
    add(C, batch.db2(), gradients.b2);
  }
  regularize(shape.w1_size(), static_cast<T>(reg), net.W1, gradients.W1);
  regularize(shape.w2_size(), static_cast<T>(reg), net.W2, gradients.W2);
  const double squares = sum_of_squares(shape.w1_size(), net.W1) + sum_of_squares(shape.w2_size(), net.W2);
  return data_loss / N + 0.5 * reg * squares;
}

template double loss_and_gradients<float>(const Shape&, const Parameters<const float>&, const Rows&, const int32_t*,
                                          double, ThreadTeam&, const Parameters<float>&);
template double loss_and_gradients<double>(const Shape&, const Parameters<const double>&, const Rows&, const int32_t*,
                                           double, ThreadTeam&, const Parameters<double>&);

}  // namespace two_layer_net
