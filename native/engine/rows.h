// Input rows as they lie in the caller's memory, and their conversion to reals when a batch uses them.
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
};

// out[i, :] = rows[index(i), :] − mean for i in 0 … n − 1, where index(i) is indices[i], or first + i when indices is
// null. `mean` is in the arithmetic's own type (D), or null. out is (n, D).
template <class T>
void gather(const Rows& rows, const int32_t* indices, size_t first, int n, int D, const T* mean, T* out);

extern template void gather<float>(const Rows&, const int32_t*, size_t, int, int, const float*, float*);
extern template void gather<double>(const Rows&, const int32_t*, size_t, int, int, const double*, double*);

}  // namespace two_layer_net
