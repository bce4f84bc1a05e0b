// The loss of a net on some rows, and its gradients as arrays, for gradient checks. Training does not use this, because
// it never stores W1's gradient (train.h).
#pragma once

#include <cstdint>

#include "../inference/products.h"
#include "../core/parameters.h"
#include "../core/rows.h"
#include "../core/shape.h"
#include "../core/thread_team.h"

namespace two_layer_net {

// Returns mean cross-entropy + ½ · reg · (ΣW1² + ΣW2²) and writes its gradients.
template <class T>
double loss_and_gradients(const Shape& shape, const Parameters<const T>& net, const Rows& rows, const int32_t* labels,
                          double reg, ThreadTeam& team, const Parameters<T>& gradients,
                          Products products = Products::kAuto);

extern template double loss_and_gradients<float>(const Shape&, const Parameters<const float>&, const Rows&,
                                                 const int32_t*, double, ThreadTeam&, const Parameters<float>&,
                                                 Products);
extern template double loss_and_gradients<double>(const Shape&, const Parameters<const double>&, const Rows&,
                                                  const int32_t*, double, ThreadTeam&, const Parameters<double>&,
                                                  Products);

}  // namespace two_layer_net
