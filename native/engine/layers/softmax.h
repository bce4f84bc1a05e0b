// The second layer's bias, softmax and cross-entropy loss, with their gradient, in one pass over the rows.
#pragma once

#include <cstdint>

namespace two_layer_net {

// The rows' targets, and how much each row counts.
template <class T>
struct Targets {
  const int32_t* labels;   // (n)
  const double* weights;   // (n); null for 1 each
  T scale;                 // 1 / Σ weights of the whole minibatch
  T label_smoothing = 0;   // target = (1 − label_smoothing) · onehot(label) + label_smoothing / C
};

// scores (n, C) holds hidden · W2 before the call and d loss / d scores after it:
// (softmax(scores + b2) − target) · scale · weight. db2 (C) ← Σ_n dscores. Returns Σ_n weight · loss, where the loss of
// a row is −target · log softmax(scores + b2).
//
// Stable for any finite scores: the row's maximum is subtracted before exp, and the loss is computed as
// log Σ exp(s − max) − (s[label] − max), which stays finite even if the probability itself underflows.
template <class T>
double softmax_loss(int n, int C, const T* b2, const Targets<T>& targets, T* scores, T* db2);

extern template double softmax_loss<float>(int, int, const float*, const Targets<float>&, float*, float*);
extern template double softmax_loss<double>(int, int, const double*, const Targets<double>&, double*, double*);

}  // namespace two_layer_net
