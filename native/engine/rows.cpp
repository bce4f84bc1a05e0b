#include "rows.h"

namespace two_layer_net {
namespace {

template <class Source, class T>
void gather_as(const Rows& rows, const int32_t* indices, size_t first, int n, int D, const T* mean, T* out) {
  const auto* data = static_cast<const Source*>(rows.data);
  for (int i = 0; i < n; i++) {
    const size_t row = indices ? static_cast<size_t>(indices[i]) : first + i;
    const Source* x = data + row * D;
    T* to = out + static_cast<size_t>(i) * D;
    if (mean) {
      for (int d = 0; d < D; d++) to[d] = static_cast<T>(x[d]) - mean[d];
    } else {
      for (int d = 0; d < D; d++) to[d] = static_cast<T>(x[d]);
    }
  }
}

}  // namespace

template <class T>
void gather(const Rows& rows, const int32_t* indices, size_t first, int n, int D, const T* mean, T* out) {
  switch (rows.element) {
    case Element::kUint8:
      return gather_as<uint8_t>(rows, indices, first, n, D, mean, out);
    case Element::kFloat32:
      return gather_as<float>(rows, indices, first, n, D, mean, out);
    case Element::kFloat64:
      return gather_as<double>(rows, indices, first, n, D, mean, out);
  }
}

template void gather<float>(const Rows&, const int32_t*, size_t, int, int, const float*, float*);
template void gather<double>(const Rows&, const int32_t*, size_t, int, int, const double*, double*);

}  // namespace two_layer_net
