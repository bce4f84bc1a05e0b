// Input rows in the caller's memory, converted to floating point only when a minibatch uses them.
#pragma once

#include <cstddef>
#include <cstdint>

#include "thread_team.h"

namespace two_layer_net {

enum class Element { kUint8, kFloat32, kFloat64 };

// N rows of D numbers. Bytes stay bytes, so CIFAR-10 takes 184 MB instead of four or eight times as much.
struct Rows {
  const void* data;    // (count, D), row-major
  Element element;     // the type of its elements
  size_t count;        // N
  const double* mean;  // (D), subtracted when a row is used; may be null

  size_t element_size() const { return element == Element::kUint8 ? 1 : element == Element::kFloat32 ? 4 : 8; }
};

// Selects n rows: row indices[i] or, if indices is null, row first + i, for i = 0 … n − 1.
struct Choice {
  const int32_t* indices;
  size_t first;
  int n;

  size_t operator[](int i) const { return indices ? static_cast<size_t>(indices[i]) : first + i; }
  Choice part(int begin, int end) const { return {indices ? indices + begin : nullptr, first + begin, end - begin}; }
};

// Selects all rows, of which there are fewer than 2³¹.
inline Choice all_of(const Rows& rows) { return {nullptr, 0, static_cast<int>(rows.count)}; }

// Rows with their class labels.
struct LabelledRows {
  Rows rows;
  const int32_t* labels;  // (count)
};

// The place of the first NaN or infinity among the numbers of all rows, or −1. The team shares the rows.
int64_t first_non_finite(const Rows& rows, int D, ThreadTeam& team);

// out[i, :] = rows[choice[i], :] − mean. mean (D) may be null. out is (choice.n, D).
template <class T>
void gather(const Rows& rows, const Choice& choice, int D, const T* mean, T* out);

extern template void gather<float>(const Rows&, const Choice&, int, const float*, float*);
extern template void gather<double>(const Rows&, const Choice&, int, const double*, double*);

}  // namespace two_layer_net
