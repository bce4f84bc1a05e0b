// The article's formulas, computed one number at a time in float64, as a reference for the engine's results.
#pragma once

#include <algorithm>
#include <cmath>
#include <vector>

#include "sample.h"

namespace two_layer_net::naive {

// hidden (H) = max(0, x · W1 + b1)
inline std::vector<double> hidden(const Net<double>& net, const std::vector<double>& x) {
  const auto [D, H, C] = net.shape;
  std::vector<double> hidden(H);
  for (int h = 0; h < H; h++) {
    double z = net.b1[h];
    for (int d = 0; d < D; d++) z += x[d] * net.W1[static_cast<size_t>(d) * H + h];
    hidden[h] = z > 0 ? z : 0;
  }
  return hidden;
}

// scores (C) = hidden · W2 + b2
inline std::vector<double> scores(const Net<double>& net, const std::vector<double>& hidden) {
  const auto [D, H, C] = net.shape;
  std::vector<double> scores(net.b2);
  for (int h = 0; h < H; h++) {
    for (int c = 0; c < C; c++) scores[c] += hidden[h] * net.W2[static_cast<size_t>(h) * C + c];
  }
  return scores;
}

// −log softmax(scores)[label], and its gradient softmax(scores) − onehot(label) in `dscores`.
inline double cross_entropy(const std::vector<double>& scores, int label, std::vector<double>& dscores) {
  const double highest = *std::max_element(scores.begin(), scores.end());
  double sum = 0;
  for (double score : scores) sum += std::exp(score - highest);
  dscores.resize(scores.size());
  for (size_t c = 0; c < scores.size(); c++) dscores[c] = std::exp(scores[c] - highest) / sum;
  dscores[label] -= 1;
  return std::log(sum) - (scores[label] - highest);
}

// Mean cross-entropy over the given rows + ½ · reg · (ΣW1² + ΣW2²), and its gradients.
template <class Source>
double loss(const Net<double>& net, const Data<Source>& data, const std::vector<int32_t>& indices, double reg,
            Net<double>& gradients) {
  const auto [D, H, C] = net.shape;
  const double scale = 1.0 / static_cast<double>(indices.size());
  gradients = Net<double>(net.shape);
  double loss = 0;
  std::vector<double> dscores;
  for (int32_t i : indices) {
    const std::vector<double> x = data.row(i, D), a = hidden(net, x);
    loss += scale * cross_entropy(scores(net, a), data.labels[i], dscores);
    for (int c = 0; c < C; c++) gradients.b2[c] += scale * dscores[c];
    for (int h = 0; h < H; h++) {
      double dhidden = 0;
      for (int c = 0; c < C; c++) {
        gradients.W2[static_cast<size_t>(h) * C + c] += scale * a[h] * dscores[c];
        dhidden += net.W2[static_cast<size_t>(h) * C + c] * dscores[c];
      }
      if (a[h] <= 0) continue;
      gradients.b1[h] += scale * dhidden;
      for (int d = 0; d < D; d++) gradients.W1[static_cast<size_t>(d) * H + h] += scale * dhidden * x[d];
    }
  }
  for (size_t i = 0; i < net.W1.size(); i++) {
    loss += 0.5 * reg * net.W1[i] * net.W1[i];
    gradients.W1[i] += reg * net.W1[i];
  }
  for (size_t i = 0; i < net.W2.size(); i++) {
    loss += 0.5 * reg * net.W2[i] * net.W2[i];
    gradients.W2[i] += reg * net.W2[i];
  }
  return loss;
}

// One SGD step.
inline void step(Net<double>& net, const Net<double>& gradients, double learning_rate) {
  for (size_t array = 0; array < 4; array++) {
    std::vector<double>& values = *net.arrays()[array];
    for (size_t i = 0; i < values.size(); i++) values[i] -= learning_rate * (*gradients.arrays()[array])[i];
  }
}

}  // namespace two_layer_net::naive
