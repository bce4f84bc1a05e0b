// Input rows in the caller's memory, converted to floating point only when a minibatch uses them.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <limits>

#include "ranges.h"

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
  const int32_t* labels;            // (count)
  const double* weights = nullptr;  // (count), how much each row counts in a loss; null for 1 each
};

// Looks for a NaN or infinity among the numbers of rows. Threads may look at parts at the same time, in any order.
class NonFiniteSearch {
 public:
  NonFiniteSearch(const Rows& rows, int D) : rows_(rows), D_(D) {}

  void look(Range part);
  // The place of the first one in the parts that were looked at, or −1.
  int64_t place() const { return first_ == kNone ? -1 : first_.load(std::memory_order_relaxed); }

 private:
  static constexpr int64_t kNone = std::numeric_limits<int64_t>::max();

  template <class T>
  void look_at(const T* values, size_t begin, size_t size);

  const Rows& rows_;
  const int D_;
  std::atomic<int64_t> first_ = kNone;
};

// out[i, :] = rows[choice[i], :] − mean. mean (D) may be null. out is (choice.n, D).
template <class T>
void gather(const Rows& rows, const Choice& choice, int D, const T* mean, T* out);

extern template void gather<float>(const Rows&, const Choice&, int, const float*, float*);
extern template void gather<double>(const Rows&, const Choice&, int, const double*, double*);

}  // namespace two_layer_net
