// Input rows in the caller's memory, and their conversion to floating point when a batch uses them.
#pragma once

#include <cstddef>
#include <cstdint>

namespace two_layer_net {

enum class Element { kUint8, kFloat32, kFloat64 };

// N rows of D numbers. Bytes stay bytes: CIFAR-10 costs 184 MB this way, not four or eight times that.
struct Rows {
  const void* data;    // (count, D), row-major
  Element element;     // what data points to
  size_t count;        // N
  const double* mean;  // (D), subtracted when a row is used; null for none

  size_t element_size() const { return element == Element::kUint8 ? 1 : element == Element::kFloat32 ? 4 : 8; }
};

// The n rows of a minibatch: those at indices[i] or, if indices is null, at first + i.
struct Choice {
  const int32_t* indices;
  size_t first;
  int n;

  size_t operator[](int i) const { return indices ? static_cast<size_t>(indices[i]) : first + i; }
  Choice part(int begin, int end) const { return {indices ? indices + begin : nullptr, first + begin, end - begin}; }
};

// Rows with their classes.
struct LabelledRows {
  Rows rows;
  const int32_t* labels;  // (count)
};

// out[i, :] = rows[choice[i], :] − mean. `mean` is in the arithmetic's own type (D), or null. out is (choice.n, D).
template <class T>
void gather(const Rows& rows, const Choice& choice, int D, const T* mean, T* out);

extern template void gather<float>(const Rows&, const Choice&, int, const float*, float*);
extern template void gather<double>(const Rows&, const Choice&, int, const double*, double*);

}  // namespace two_layer_net
