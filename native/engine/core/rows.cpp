#include "rows.h"

#include "array_math.h"

namespace two_layer_net {
namespace {

template <class Source, class T>
void gather_as(const Rows& rows, const Choice& choice, int D, const T* mean, T* out) {
  const auto* data = static_cast<const Source*>(rows.data);
  for (int i = 0; i < choice.n; i++) {
    const Source* x = data + choice[i] * D;
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
void NonFiniteSearch::look_at(const T* values, size_t begin, size_t size) {
  const size_t index = first_non_finite(size, values + begin);
  if (index == size) return;
  const auto place = static_cast<int64_t>(begin + index);
  for (int64_t first = first_; place < first && !first_.compare_exchange_weak(first, place);) {
  }
}

void NonFiniteSearch::look(Range part) {
  const size_t begin = static_cast<size_t>(part.begin) * D_, size = static_cast<size_t>(part.size()) * D_;
  switch (rows_.element) {
    case Element::kUint8:
      return;
    case Element::kFloat32:
      return look_at(static_cast<const float*>(rows_.data), begin, size);
    case Element::kFloat64:
      return look_at(static_cast<const double*>(rows_.data), begin, size);
  }
}

template <class T>
void gather(const Rows& rows, const Choice& choice, int D, const T* mean, T* out) {
  switch (rows.element) {
    case Element::kUint8:
      return gather_as<uint8_t>(rows, choice, D, mean, out);
    case Element::kFloat32:
      return gather_as<float>(rows, choice, D, mean, out);
    case Element::kFloat64:
      return gather_as<double>(rows, choice, D, mean, out);
  }
}

template void gather<float>(const Rows&, const Choice&, int, const float*, float*);
template void gather<double>(const Rows&, const Choice&, int, const double*, double*);

}  // namespace two_layer_net
