#include "rows.h"

#include <algorithm>
#include <atomic>

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

// The least of all places that threads tell; `none` if there is none.
class FirstPlace {
 public:
  explicit FirstPlace(size_t none) : first_(none) {}

  size_t value() const { return first_.load(std::memory_order_relaxed); }
  void tell(size_t place) {
    for (size_t first = value(); place < first && !first_.compare_exchange_weak(first, place);) {
    }
  }

 private:
  std::atomic<size_t> first_;
};

template <class T>
int64_t first_non_finite_of(const T* values, size_t size, ThreadTeam& team) {
  constexpr size_t kChunk = size_t{1} << 17;  // values: some microseconds
  if (size <= kChunk) {
    const size_t place = first_non_finite(size, values);
    return place == size ? -1 : static_cast<int64_t>(place);
  }
  FirstPlace first(size);
  team.for_each(static_cast<int>((size + kChunk - 1) / kChunk), [&](int chunk, int) {
    const size_t begin = chunk * kChunk, count = std::min(kChunk, size - begin);
    if (begin > first.value()) return;
    const size_t place = first_non_finite(count, values + begin);
    if (place < count) first.tell(begin + place);
  });
  return first.value() == size ? -1 : static_cast<int64_t>(first.value());
}

}  // namespace

int64_t first_non_finite(const Rows& rows, int D, ThreadTeam& team) {
  const size_t size = rows.count * D;
  switch (rows.element) {
    case Element::kUint8:
      break;
    case Element::kFloat32:
      return first_non_finite_of(static_cast<const float*>(rows.data), size, team);
    case Element::kFloat64:
      return first_non_finite_of(static_cast<const double*>(rows.data), size, team);
  }
  return -1;
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
