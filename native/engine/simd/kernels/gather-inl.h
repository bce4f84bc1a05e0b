// Copies rows from the caller's memory into the layout of X, one group of rows and one chunk of columns at a time:
//
//   X[i, :] = rows[choice[i], :] − mean
//
// Layout: the source rows are row-major bytes, floats or doubles. X is interleaved by vectors (packed_shape.h); missing
// rows of the last group and missing columns of the last chunk are 0. Bytes may also be kept for the update, as
// PackedBatch::bytes describes.
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

// Interleaves `count` rows of `columns` numbers. Only the first `present` are in the source: the last chunk is padded.
// If `kept` is not null, the numbers are also kept for the update (PackedBatch), where consecutive pairs of vectors of
// columns are `pair_stride` apart.
template <class T, class Source>
HWY_NOINLINE void Interleave(const Source* const* rows, int count, int columns, int present, const T* HWY_RESTRICT mean,
                             T* HWY_RESTRICT out, T* HWY_RESTRICT kept, size_t pair_stride) {
  const hn::ScalableTag<T> d;
  constexpr int L = hn::MaxLanes(d);
  const int whole = present / L * L;
  for (int r = 0; r < count; r++) {
    const Source* HWY_RESTRICT row = rows[r];
    T* HWY_RESTRICT to = out + r * L;
    const auto store = [&](int k, auto numbers) {
      hn::Store(numbers, d, to);
      to += kXRows * L;
      if (kept) hn::Store(numbers, d, kept + k / (2 * L) * pair_stride + r * 2 * L + k % (2 * L));
    };
    for (int k = 0; k < whole; k += L) store(k, hn::Sub(Convert(d, row + k), hn::Load(d, mean + k)));
    if (whole == columns) continue;
    // The rest of the row, without reading past its end.
    HWY_ALIGN Source rest[L] = {};
    std::copy(row + whole, row + present, rest);
    for (int k = whole; k < columns; k += L) {
      store(k, k < present ? hn::Sub(Convert(d, rest), hn::Load(d, mean + k)) : hn::Zero(d));
    }
  }
  for (int r = count; r < kXRows; r++) {
    for (int k = 0; k < columns; k += L) hn::Store(hn::Zero(d), d, out + (static_cast<size_t>(k / L) * kXRows + r) * L);
  }
}

// Keeps rows for the update (PackedBatch), if the batch has memory for them: `count` rows from number `first_row` on,
// which start at `rows` in this chunk. Bytes are kept unchanged, other numbers centred.
template <class T, class Source>
HWY_NOINLINE void Keep(const PackedShape& shape, const PackedBatch<T>& batch, const Source* const* rows, int first_row,
                       int count, int chunk, int present) {
  constexpr bool kBytes = std::is_same_v<Source, uint8_t>;
  if (kBytes ? !batch.bytes : !batch.X) return;
  const hn::ScalableTag<T> d;
  constexpr int L = hn::MaxLanes(d), kPair = 2 * L;
  const Range columns = shape.chunks[chunk];
  const size_t start = shape.kept_offset(chunk, 0, batch.n) + static_cast<size_t>(first_row) * kPair;
  for (int k = 0; k < columns.size(); k += kPair) {
    const size_t at = start + static_cast<size_t>(k) * batch.n;
    const int there = std::clamp(present - k, 0, kPair);
    HWY_ALIGN Source rest[kPair] = {};
    for (int r = 0; r < count; r++) {
      const Source* from = rows[r] + k;
      if (there < kPair) {
        std::copy_n(rows[r] + std::min(k, present), there, rest);  // nothing past the row's end is read
        from = rest;
      }
      if constexpr (kBytes) {
        std::memcpy(batch.bytes + at + r * kPair, from, kPair);
      } else {
        T* to = batch.X + at + r * kPair;
        UNROLL_ALL for (int j = 0; j < kPair; j += L) {
          const auto x = hn::Sub(Convert(d, from + j), hn::Load(d, batch.mean + columns.begin + k + j));
          hn::Store(x, d, to + j);
        }
      }
    }
  }
}

template <class T, class Source>
void GatherAs(const PackedShape& shape, const PackedBatch<T>& batch, const Rows& rows, const Choice& choice, int chunk,
              int x_group, T* out) {
  const Range columns = shape.chunks[chunk];
  const int first_row = x_group * kXRows, count = std::min(kXRows, choice.n - first_row);
  const int present = std::min(columns.end, shape.shape.D) - columns.begin;
  const Source* from[kXRows];
  for (int r = 0; r < count; r++) {
    from[r] = static_cast<const Source*>(rows.data) + choice[first_row + r] * shape.shape.D + columns.begin;
  }
  constexpr bool kBytes = std::is_same_v<Source, uint8_t>;
  constexpr int kPair = 2 * hn::MaxLanes(hn::ScalableTag<T>());
  T* kept = kBytes || !batch.X
                ? nullptr
                : batch.X + shape.kept_offset(chunk, 0, batch.n) + static_cast<size_t>(first_row) * kPair;
  Interleave<T, Source>(from, count, columns.size(), present, batch.mean + columns.begin, out, kept,
                        static_cast<size_t>(batch.n) * kPair);
  // Prefetch the next group's rows while this group's are multiplied.
  for (int i = first_row + kXRows; i < std::min(first_row + 2 * kXRows, choice.n); i++) {
    const auto* row = static_cast<const Source*>(rows.data) + choice[i] * shape.shape.D + columns.begin;
    PrefetchBytes(row, present * sizeof(Source));
  }
  if constexpr (kBytes) Keep<T>(shape, batch, from, first_row, count, chunk, present);
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
