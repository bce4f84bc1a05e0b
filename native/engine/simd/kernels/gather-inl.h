// Copies rows from the caller's memory into the layout of X, one group of rows and one chunk of columns at a time:
//
//   X[i, :] = rows[choice[i], :] − mean
//
// Layout: the source rows are row-major bytes, floats or doubles. X is interleaved by vectors (packed_shape.h); missing
// rows of the last group and missing columns of the last chunk are 0. In training, rows are also kept for the update,
// as PackedBatch describes.
//
// Preconditions: mean and X are aligned to a vector, and mean has all padded columns. Source rows may be unaligned;
// nothing past the end of a row is read.
//
// Cost: one load, conversion, subtraction and store per vector. Reading the rows from memory is the bottleneck, so the
// next group's rows are prefetched.

#if defined(TWO_LAYER_NET_GATHER_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef TWO_LAYER_NET_GATHER_INL_H_
#undef TWO_LAYER_NET_GATHER_INL_H_
#else
#define TWO_LAYER_NET_GATHER_INL_H_
#endif

#include <algorithm>
#include <cstring>
#include <type_traits>

#include "target-inl.h"

HWY_BEFORE_NAMESPACE();
namespace two_layer_net {
namespace HWY_NAMESPACE {

template <class D, class Source>
HWY_INLINE hn::Vec<D> Convert(D d, const Source* from) {
  using T = hn::TFromD<D>;
#if HWY_TARGET == HWY_SCALAR
  return hn::Set(d, static_cast<T>(*from));
#else
  const hn::Rebind<Source, D> source;
  if constexpr (std::is_same_v<Source, uint8_t>) {
    const hn::Rebind<int32_t, D> integers;
    const auto numbers = hn::PromoteTo(integers, hn::LoadU(source, from));
    if constexpr (sizeof(T) == 4) {
      return hn::ConvertTo(d, numbers);
    } else {
      return hn::PromoteTo(d, numbers);
    }
  } else if constexpr (sizeof(Source) < sizeof(T)) {
    return hn::PromoteTo(d, hn::LoadU(source, from));
  } else if constexpr (sizeof(Source) > sizeof(T)) {
    // Two full vectors of Source convert to one vector of T.
    const hn::ScalableTag<Source> whole;
    const hn::Half<D> half;
    const auto low = hn::DemoteTo(half, hn::LoadU(whole, from));
    const auto high = hn::DemoteTo(half, hn::LoadU(whole, from + hn::MaxLanes(whole)));
    return hn::Combine(d, high, low);
  } else {
    return hn::LoadU(d, from);
  }
#endif
}

// One row in one chunk of columns: where it is in the caller's memory, and where it is kept for the update
// (PackedBatch). Bytes are kept unchanged, other numbers centred.
template <class T, class Source>
struct SourceRow {
  static constexpr bool kBytes = std::is_same_v<Source, uint8_t>;
  static constexpr int kLanes = hn::MaxLanes(hn::ScalableTag<T>()), kPair = 2 * kLanes;
  using Kept = std::conditional_t<kBytes, uint8_t, T>;
  using V = hn::Vec<hn::ScalableTag<T>>;

  const Source* from;
  int present;         // of the columns: the source lacks the last chunk's padding
  const T* mean;       // of the chunk
  size_t pair_stride;  // from one pair of vectors of kept columns to the next
  Kept* kept;          // null if the row is not kept

  // The vector from column k on, centred. The source has all of it.
  HWY_INLINE V Whole(int k) const {
    const hn::ScalableTag<T> d;
    return hn::Sub(Convert(d, from + k), hn::Load(d, mean + k));
  }

  // The same if the source may have less: 0 in the padding. Nothing past the row's end is read.
  HWY_INLINE V Centred(int k) const {
    const hn::ScalableTag<T> d;
    if (k + kLanes <= present) return Whole(k);
    if (k >= present) return hn::Zero(d);
    HWY_ALIGN Source rest[kLanes] = {};
    std::copy(from + k, from + present, rest);
    return hn::Sub(Convert(d, rest), hn::Load(d, mean + k));
  }

  // Keeps that vector, if the batch has memory for it.
  HWY_INLINE void Keep(int k, V numbers) const {
    static_assert(!kBytes);
    if (kept) hn::Store(numbers, hn::ScalableTag<T>(), kept + k / kPair * pair_stride + k % kPair);
  }
};

// Up to kMost of them.
template <class T, class Source, int kMost>
struct SourceRows {
  using Row = SourceRow<T, Source>;

  SourceRows(const PackedShape& shape, const PackedBatch<T>& batch, const Rows& rows, const Choice& choice, int chunk,
             int first_row)
      : count(std::min(kMost, choice.n - first_row)), columns(shape.chunks[chunk].size()) {
    const int begin = shape.chunks[chunk].begin, D = shape.shape.D;
    first_.present = std::min(columns, D - begin);
    first_.mean = batch.mean + begin;
    first_.pair_stride = static_cast<size_t>(batch.n) * Row::kPair;
    if constexpr (Row::kBytes) first_.kept = batch.bytes;
    else first_.kept = batch.X;
    if (first_.kept) first_.kept += shape.kept_offset(chunk, 0, batch.n) + static_cast<size_t>(first_row) * Row::kPair;
    for (int r = 0; r < count; r++) from[r] = static_cast<const Source*>(rows.data) + choice[first_row + r] * D + begin;
  }

  HWY_INLINE Row operator[](int r) const {
    Row row = first_;
    row.from = from[r];
    if (row.kept) row.kept += r * Row::kPair;
    return row;
  }

  int present() const { return first_.present; }

  const int count;
  const int columns;  // of the chunk
  const Source* from[kMost];

 private:
  Row first_{};  // but for `from`
};

// Keeps rows of bytes, unchanged.
template <class T, int kMost>
HWY_NOINLINE void KeepBytes(const SourceRows<T, uint8_t, kMost>& rows) {
  constexpr int kPair = SourceRow<T, uint8_t>::kPair;
  // Copies of what a store of bytes might change.
  const SourceRow<T, uint8_t> first = rows[0];
  const int count = rows.count, columns = rows.columns;
  if (!first.kept) return;
  for (int k = 0; k < columns; k += kPair) {
    uint8_t* to = first.kept + k / kPair * first.pair_stride;
    const int there = std::clamp(first.present - k, 0, kPair);
    HWY_ALIGN uint8_t rest[kPair] = {};
    for (int r = 0; r < count; r++, to += kPair) {
      const uint8_t* from = rows.from[r] + k;
      if (there < kPair) {
        std::copy_n(rows.from[r] + std::min(k, first.present), there, rest);  // nothing past the row's end is read
        from = rest;
      }
      std::memcpy(to, from, kPair);
    }
  }
}

// Interleaves a group of rows, and keeps numbers.
template <class T, class Source>
HWY_NOINLINE void Interleave(const SourceRows<T, Source, kXRows>& rows, T* HWY_RESTRICT out) {
  const hn::ScalableTag<T> d;
  constexpr int L = hn::MaxLanes(d);
  const int columns = rows.columns;
  for (int r = 0; r < rows.count; r++) {
    const SourceRow<T, Source> row = rows[r];
    T* HWY_RESTRICT to = out + r * L;
    const auto store = [&](int k, auto numbers) {
      hn::Store(numbers, d, to);
      to += kXRows * L;
      if constexpr (!std::is_same_v<Source, uint8_t>) row.Keep(k, numbers);
    };
    int k = 0;
    for (; k + L <= row.present; k += L) store(k, row.Whole(k));
    for (; k < columns; k += L) store(k, row.Centred(k));
  }
  for (int r = rows.count; r < kXRows; r++) {
    for (int k = 0; k < columns; k += L) hn::Store(hn::Zero(d), d, out + (static_cast<size_t>(k / L) * kXRows + r) * L);
  }
}

template <class T, class Source>
void GatherAs(const PackedShape& shape, const PackedBatch<T>& batch, const Rows& rows, const Choice& choice, int chunk,
              int x_group, T* out) {
  const int first_row = x_group * kXRows;
  const SourceRows<T, Source, kXRows> group(shape, batch, rows, choice, chunk, first_row);
  Interleave(group, out);
  // Prefetch the next group's rows while this group's are multiplied.
  for (int i = first_row + kXRows; i < std::min(first_row + 2 * kXRows, choice.n); i++) {
    const auto* row = static_cast<const Source*>(rows.data) + choice[i] * shape.shape.D + shape.chunks[chunk].begin;
    PrefetchBytes(row, group.present() * sizeof(Source));
  }
  if constexpr (std::is_same_v<Source, uint8_t>) KeepBytes(group);
}

template <class T>
void Gather(const PackedShape& shape, const PackedBatch<T>& batch, const Rows& rows, const Choice& choice, int chunk,
            int x_group, T* out) {
  switch (rows.element) {
    case Element::kUint8: return GatherAs<T, uint8_t>(shape, batch, rows, choice, chunk, x_group, out);
    case Element::kFloat32: return GatherAs<T, float>(shape, batch, rows, choice, chunk, x_group, out);
    case Element::kFloat64: return GatherAs<T, double>(shape, batch, rows, choice, chunk, x_group, out);
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace two_layer_net
HWY_AFTER_NAMESPACE();

#endif  // TWO_LAYER_NET_GATHER_INL_H_
