#include "loss.h"

#include <algorithm>
#include <memory>

#include "../core/array_math.h"
#include "../core/float_environment.h"
#include "../core/ranges.h"
#include "../step/step.h"

namespace two_layer_net {
namespace {

// Rows per block, so that the gradient on a whole data set does not need a floating-point copy of it.
constexpr int kBlock = 1000;

}  // namespace

template <class T>
double loss_and_gradients(const Shape& shape, const Parameters<const T>& net, const Rows& rows, const int32_t* labels,
                          double reg, ThreadTeam& team, const Parameters<T>& gradients, Products products) {
  const DefaultFloatEnvironment environment;
  const int N = static_cast<int>(rows.count);
  const LabelledRows data{rows, labels};
  const std::unique_ptr<Step<T>> step =
      make_step<T>(shape, {.capacity = std::min(N, kBlock),
                           .element = rows.element,
                           .threads = team.size(),
                           .products = products});
  step->read(net, {}, team);
  fill_parameters(shape, gradients, T(0));
  double data_loss = 0;
  for (const Range block : cut(N, kBlock)) {
    const Choice choice{nullptr, static_cast<size_t>(block.begin), block.size()};
    data_loss += step->forward_backward(data, choice, {}, {.weights = static_cast<double>(N)}, team);
    step->add_gradients(gradients, team);
  }
  // d ½ · reg · Σw² / dw
  add_multiple(shape.w1_size(), static_cast<T>(reg), net.W1, gradients.W1);
  add_multiple(shape.w2_size(), static_cast<T>(reg), net.W2, gradients.W2);
  const auto [W1, W2] = step->squares();
  return data_loss / N + 0.5 * reg * (W1 + W2);
}

template double loss_and_gradients<float>(const Shape&, const Parameters<const float>&, const Rows&, const int32_t*,
                                          double, ThreadTeam&, const Parameters<float>&,
                                           Products);
template double loss_and_gradients<double>(const Shape&, const Parameters<const double>&, const Rows&, const int32_t*,
                                           double, ThreadTeam&, const Parameters<double>&,
                                           Products);

}  // namespace two_layer_net
