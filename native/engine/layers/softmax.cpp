#include "softmax.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace two_layer_net {

template <class T>
double softmax_loss(int n, int C, const T* b2, const Targets<T>& targets, T* scores, T* db2) {
  const T smoothing = targets.label_smoothing;
  double loss = 0;
  std::fill_n(db2, C, T(0));
  for (int i = 0; i < n; i++) {
    T* s = scores + static_cast<size_t>(i) * C;
    if (targets.weights && targets.weights[i] == 0) {  // whatever its scores are
      std::fill_n(s, C, T(0));
      continue;
    }
    for (int c = 0; c < C; c++) s[c] += b2[c];
    const T highest = *std::max_element(s, s + C);
    const int label = targets.labels[i];
    double of_target = static_cast<double>(s[label]) - highest;  // may exceed the range of float
    if (smoothing > 0) {
      double of_all = 0;
      for (int c = 0; c < C; c++) of_all += static_cast<double>(s[c]) - highest;
      of_target += smoothing * (of_all / C - of_target);
    }
    T sum = 0;
    for (int c = 0; c < C; c++) {
      s[c] = std::exp(s[c] - highest);
      sum += s[c];
    }
    const double weight = targets.weights ? targets.weights[i] : 1;
    loss += weight * (std::log(static_cast<double>(sum)) - of_target);
    const T scale = targets.scale * static_cast<T>(weight), factor = scale / sum;
    for (int c = 0; c < C; c++) s[c] *= factor;
    for (int c = 0; smoothing > 0 && c < C; c++) s[c] -= smoothing / C * scale;
    s[label] -= (1 - smoothing) * scale;
    for (int c = 0; c < C; c++) db2[c] += s[c];
  }
  return loss;
}

template double softmax_loss<float>(int, int, const float*, const Targets<float>&, float*, float*);
template double softmax_loss<double>(int, int, const double*, const Targets<double>&, double*, double*);

}  // namespace two_layer_net
