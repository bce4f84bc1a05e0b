#include "layers.h"

#include <algorithm>
#include <cmath>

namespace two_layer_net {

template <class T>
void bias_relu(int n, int H, const T* b1, T* hidden) {
  for (int i = 0; i < n; i++) {
    T* row = hidden + static_cast<size_t>(i) * H;
    for (int h = 0; h < H; h++) {
      const T z = row[h] + b1[h];
      // Written so that a NaN stays a NaN: max(0, NaN) would hide it.
      row[h] = z <= 0 ? 0 : z;
    }
  }
}

template <class T>
void relu_backward(int n, int H, const T* hidden, T* dhidden, T* db1) {
  std::fill_n(db1, H, T(0));
  for (int i = 0; i < n; i++) {
    const T* a = hidden + static_cast<size_t>(i) * H;
    T* d = dhidden + static_cast<size_t>(i) * H;
    for (int h = 0; h < H; h++) {
      d[h] = a[h] > 0 ? d[h] : 0;
      db1[h] += d[h];
    }
  }
}

template <class T>
double softmax_loss(int n, int C, const T* b2, const int32_t* labels, T scale, T* scores, T* db2) {
  double loss = 0;
  std::fill_n(db2, C, T(0));
  for (int i = 0; i < n; i++) {
    T* s = scores + static_cast<size_t>(i) * C;
    for (int c = 0; c < C; c++) s[c] += b2[c];
    const T highest = *std::max_element(s, s + C);
    const double of_label = static_cast<double>(s[labels[i]]) - highest;  // may be beyond a float
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

template <class T>
void add_bias(int n, int C, const T* b2, T* scores) {
  for (int i = 0; i < n; i++) {
    for (int c = 0; c < C; c++) scores[static_cast<size_t>(i) * C + c] += b2[c];
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
  int right = 0;
  for (int i = 0; i < rows.n; i++, scores += stride) right += argmax(C, scores) == labels[rows[i]];
  return right;
}

template <class T>
void add_multiple(size_t size, T factor, const T* from, T* to) {
  for (size_t i = 0; i < size; i++) to[i] += factor * from[i];
}

template <class T>
double sum_of_squares(size_t size, const T* values) {
  // Several accumulators: one addition would have to wait for the other.
  constexpr size_t kLanes = 8;
  double sums[kLanes] = {};
  size_t i = 0;
  for (; i + kLanes <= size; i += kLanes) {
    for (size_t lane = 0; lane < kLanes; lane++) {
      const double value = values[i + lane];
      sums[lane] += value * value;
    }
  }
  double sum = 0;
  for (double lane : sums) sum += lane;
  for (; i < size; i++) sum += static_cast<double>(values[i]) * values[i];
  return sum;
}

template <class T>
size_t first_non_finite(size_t size, const T* values) {
  // 0 · value is 0 for a finite value and NaN for the others: whole blocks are judged by one sum, which the compiler
  // can vectorize, and only a bad block is looked through.
  constexpr size_t kBlock = 4096, kLanes = 16;
  for (size_t begin = 0; begin < size; begin += kBlock) {
    const size_t end = std::min(begin + kBlock, size);
    T sums[kLanes] = {};
    size_t i = begin;
    for (; i + kLanes <= end; i += kLanes) {
      for (size_t lane = 0; lane < kLanes; lane++) sums[lane] += 0 * values[i + lane];
    }
    T sum = 0;
    for (T lane : sums) sum += lane;
    for (; i < end; i++) sum += 0 * values[i];
    if (sum == 0) continue;
    return std::find_if(values + begin, values + end, [](T value) { return !std::isfinite(value); }) - values;
  }
  return size;
}

#define TWO_LAYER_NET_LAYERS(T)                                                              \
  template void bias_relu<T>(int, int, const T*, T*);                                        \
  template void relu_backward<T>(int, int, const T*, T*, T*);                                \
  template double softmax_loss<T>(int, int, const T*, const int32_t*, T, T*, T*);            \
  template void add_bias<T>(int, int, const T*, T*);                                         \
  template int argmax<T>(int, const T*);                                                     \
  template int count_correct<T>(const Choice&, int, const T*, int, const int32_t*);            \
  template void add_multiple<T>(size_t, T, const T*, T*);                                    \
  template double sum_of_squares<T>(size_t, const T*);                                       \
  template size_t first_non_finite<T>(size_t, const T*);
TWO_LAYER_NET_LAYERS(float)
TWO_LAYER_NET_LAYERS(double)

}  // namespace two_layer_net
