#include "softmax.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace two_layer_net {

template <class T>
double softmax_loss(int n, int C, const T* b2, const int32_t* labels, T scale, T* scores, T* db2) {
  double loss = 0;
  std::fill_n(db2, C, T(0));
  for (int i = 0; i < n; i++) {
    T* s = scores + static_cast<size_t>(i) * C;
    for (int c = 0; c < C; c++) s[c] += b2[c];
    const T highest = *std::max_element(s, s + C);
    const double of_label = static_cast<double>(s[labels[i]]) - highest;  // may exceed the range of float
    T sum = 0;
    for (int c = 0; c < C; c++) {
      s[c] = std::exp(s[c] - highest);
      sum += s[c];
    }
    loss += std::log(static_cast<double>(sum)) - of_label;
    const T factor = scale / sum;
    for (int c = 0; c < C; c++) s[c] *= factor;
    s[labels[i]] -= scale;
    for (int c = 0; c < C; c++) db2[c] += s[c];
  }
  return loss;
}

template double softmax_loss<float>(int, int, const float*, const int32_t*, float, float*, float*);
template double softmax_loss<double>(int, int, const double*, const int32_t*, double, double*, double*);

}  // namespace two_layer_net
