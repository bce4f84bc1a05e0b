#include "scores.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace two_layer_net {

template <class T>
void add_bias(int n, int C, const T* b2, T* scores) {
  for (int i = 0; i < n; i++) {
    for (int c = 0; c < C; c++) scores[static_cast<size_t>(i) * C + c] += b2[c];
  }
}

// The maximum is subtracted first, so that exp cannot overflow.
template <class T>
void softmax(size_t n, int C, T* scores) {
  for (T* const end = scores + n * C; scores != end; scores += C) {
    const T highest = *std::max_element(scores, scores + C);
    double sum = 0;
    for (int c = 0; c < C; c++) {
      scores[c] = std::exp(scores[c] - highest);
      sum += scores[c];
    }
    for (int c = 0; c < C; c++) scores[c] = static_cast<T>(scores[c] / sum);
  }
}

template <class T>
int argmax(int C, const T* scores) {
  int best = 0;
  for (int c = 0; c < C; c++) {
    if (std::isnan(scores[c])) return -1;
    if (scores[c] > scores[best]) best = c;
  }
  return best;
}

template <class T>
int count_correct(const Choice& rows, int C, const T* scores, int stride, const int32_t* labels) {
  int correct = 0;
  for (int i = 0; i < rows.n; i++, scores += stride) correct += argmax(C, scores) == labels[rows[i]];
  return correct;
}

template <class T>
void cross_entropies(const Choice& rows, int C, const T* scores, int stride, const int32_t* labels, double* losses) {
  for (int i = 0; i < rows.n; i++, scores += stride) {
    const double highest = *std::max_element(scores, scores + C);
    double sum = 0;
    for (int c = 0; c < C; c++) sum += std::exp(scores[c] - highest);
    losses[i] = std::log(sum) - (scores[labels[rows[i]]] - highest);
  }
}

#define TWO_LAYER_NET_SCORES(T) \
  template void add_bias<T>(int, int, const T*, T*); \
  template void softmax<T>(size_t, int, T*); \
  template int argmax<T>(int, const T*); \
  template int count_correct<T>(const Choice&, int, const T*, int, const int32_t*); \
  template void cross_entropies<T>(const Choice&, int, const T*, int, const int32_t*, double*);
TWO_LAYER_NET_SCORES(float)
TWO_LAYER_NET_SCORES(double)

}  // namespace two_layer_net
