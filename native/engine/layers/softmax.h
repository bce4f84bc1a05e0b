// The second layer's bias, softmax and cross-entropy loss, with their gradient, in one pass over the rows.
#pragma once

#include <cstdint>

namespace two_layer_net {

// scores (n, C) holds hidden · W2 before the call and d loss / d scores after it:
// (softmax(scores + b2) − onehot(labels)) · scale, where scale is 1 / N of the whole minibatch. db2 (C) ← Σ_n dscores.
// Returns Σ_n −log softmax(scores + b2)[label].
//
// Stable for any finite scores: the row's maximum is subtracted before exp, and the loss is computed as
// log Σ exp(s − max) − (s[label] − max), which stays finite even if the probability itself underflows.
template <class T>
double softmax_loss(int n, int C, const T* b2, const int32_t* labels, T scale, T* scores, T* db2);

extern template double softmax_loss<float>(int, int, const float*, const int32_t*, float, float*, float*);
extern template double softmax_loss<double>(int, int, const double*, const int32_t*, double, double*, double*);

}  // namespace two_layer_net
