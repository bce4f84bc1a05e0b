#include "inference.h"

#include "../core/float_environment.h"
#include "../layers/fit.h"
#include "blas_inference.h"
#include "prepared_net.h"

namespace two_layer_net {

template <class T>
void compute_scores(const Shape& shape, const Parameters<const T>& net, const Rows& rows, ThreadTeam& team, T* scores,
                    Products products) {
  typename PreparedNet<T>::Memory memory;
  PreparedNet<T>(shape, net, products, rows.count, team).scores({rows, rows.count, team, memory}, scores);
}

template <class T>
int64_t predict(const Shape& shape, const Parameters<const T>& net, const Rows& rows, ThreadTeam& team,
                int32_t* classes, Products products) {
  typename PreparedNet<T>::Memory memory;
  return PreparedNet<T>(shape, net, products, rows.count, team).predict({rows, rows.count, team, memory}, classes);
}

template <class T>
Fit evaluate(const Shape& shape, const Parameters<const T>& net, const LabelledRows& data, const Choice& rows,
             ThreadTeam& team, Products products, const Fit& before) {
  const DefaultFloatEnvironment environment;
  FitOfBlocks<T> fit(shape.C, data, rows);
  typename PreparedNet<T>::Memory memory;
  const size_t n = rows.n;
  PreparedNet<T>(shape, net, products, n, team)
      .for_each_block({data.rows, n, team, memory}, rows,
                      [&](Range block, const T* scores, int stride) { fit.add(block, scores, stride); });
  return fit.of_all(before);
}

int useful_threads(const Shape& shape, size_t N, int threads) {
  const double multiplications = static_cast<double>(N) * static_cast<double>(shape.w1_size() + shape.w2_size());
  return useful_threads(multiplications, (N + kBlasBlockRows - 1) / kBlasBlockRows, threads);
}

#define TWO_LAYER_NET_INFERENCE(T)                                                                                 \
  template void compute_scores<T>(const Shape&, const Parameters<const T>&, const Rows&, ThreadTeam&, T*,         \
                                  Products);                                                                  \
  template int64_t predict<T>(const Shape&, const Parameters<const T>&, const Rows&, ThreadTeam&, int32_t*,       \
                              Products);                                                                      \
  template Fit evaluate<T>(const Shape&, const Parameters<const T>&, const LabelledRows&, const Choice&,          \
                           ThreadTeam&, Products, const Fit&);
TWO_LAYER_NET_INFERENCE(float)
TWO_LAYER_NET_INFERENCE(double)

}  // namespace two_layer_net
