// Runs a net on any number of rows, one block at a time, so that intermediate results need little memory.
#pragma once

#include <cstdint>

#include "products.h"
#include "../core/fit.h"
#include "../core/parameters.h"
#include "../core/rows.h"
#include "../core/shape.h"
#include "../core/thread_team.h"

namespace two_layer_net {

// scores (N, C) ← max(0, X · W1 + b1) · W2 + b2.
template <class T>
void compute_scores(const Shape& shape, const Parameters<const T>& net, const Rows& rows, ThreadTeam& team, T* scores,
                    Products products = Products::kAuto);

// classes (N) ← the class with the highest score in each row, the first of them in a tie. Returns the index of the
// first row with a NaN score, or −1 if there is none. The class of a row with a NaN score is 0.
template <class T>
int64_t predict(const Shape& shape, const Parameters<const T>& net, const Rows& rows, ThreadTeam& team,
                int32_t* classes, Products products = Products::kAuto);

// How well the net predicts those rows and the ones before.
template <class T>
Fit evaluate(const Shape& shape, const Parameters<const T>& net, const LabelledRows& data, const Choice& rows,
             ThreadTeam& team, Products products = Products::kAuto, const Fit& before = {});

// How many threads are worth starting for one pass over N rows.
int useful_threads(const Shape& shape, size_t N, int threads);

#define TWO_LAYER_NET_INFERENCE(T)                                                                                   \
  extern template void compute_scores<T>(const Shape&, const Parameters<const T>&, const Rows&, ThreadTeam&, T*,     \
                                         Products);                                                              \
  extern template int64_t predict<T>(const Shape&, const Parameters<const T>&, const Rows&, ThreadTeam&, int32_t*,   \
                                     Products);                                                                  \
  extern template Fit evaluate<T>(const Shape&, const Parameters<const T>&, const LabelledRows&, const Choice&,      \
                                  ThreadTeam&, Products, const Fit&);
TWO_LAYER_NET_INFERENCE(float)
TWO_LAYER_NET_INFERENCE(double)
#undef TWO_LAYER_NET_INFERENCE

}  // namespace two_layer_net
