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
template <class T, class Source>
HWY_NOINLINE void Interleave(const Source* const* rows, int count, int columns, int present, const T* HWY_RESTRICT mean,
                             T* HWY_RESTRICT out) {
  const hn::ScalableTag<T> d;
  constexpr int L = hn::MaxLanes(d);
  const int whole = present / L * L;
  for (int r = 0; r < count; r++) {
    const Source* HWY_RESTRICT row = rows[r];
    T* HWY_RESTRICT to = out + r * L;
    for (int k = 0; k < whole; k += L, to += kXRows * L) {
      hn::Store(hn::Sub(Convert(d, row + k), hn::Load(d, mean + k)), d, to);
    }
    if (whole == columns) continue;
    // The rest of the row, without reading past its end.
    HWY_ALIGN Source rest[L] = {};
    std::copy(row + whole, row + present, rest);
    for (int k = whole; k < columns; k += L, to += kXRows * L) {
      hn::Store(k < present ? hn::Sub(Convert(d, rest), hn::Load(d, mean + k)) : hn::Zero(d), d, to);
    }
  }
  for (int r = count; r < kXRows; r++) {
    for (int k = 0; k < columns; k += L) hn::Store(hn::Zero(d), d, out + (static_cast<size_t>(k / L) * kXRows + r) * L);
  }
}

// Copies one group's bytes for the update. Consecutive pairs of vectors of columns are `pair_stride` apart.
template <class T>
HWY_NOINLINE void KeepBytes(const uint8_t* const* rows, int count, int columns, int present, size_t pair_stride,
                            uint8_t* HWY_RESTRICT out) {
  constexpr int kPair = 2 * hn::MaxLanes(hn::ScalableTag<T>());
  for (int k = 0; k < columns; k += kPair, out += pair_stride) {
    const int there = std::clamp(present - k, 0, kPair);
    for (int r = 0; r < count; r++) {
      if (there == kPair) {
        std::memcpy(out + r * kPair, rows[r] + k, kPair);
      } else {
        std::memset(out + r * kPair, 0, kPair);
        std::memcpy(out + r * kPair, rows[r] + k, there);
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
  Interleave<T, Source>(from, count, columns.size(), present, batch.mean + columns.begin, out);
  // Prefetch the next group's rows while this group's are multiplied.
  for (int i = first_row + kXRows; i < std::min(first_row + 2 * kXRows, choice.n); i++) {
    const auto* row = static_cast<const Source*>(rows.data) + choice[i] * shape.shape.D + columns.begin;
    PrefetchBytes(row, present * sizeof(Source));
  }
  if constexpr (std::is_same_v<Source, uint8_t>) {
    if (!batch.bytes) return;
    const int x_groups = shape.x_groups(batch.n);
    constexpr int kPair = 2 * hn::MaxLanes(hn::ScalableTag<T>());
    KeepBytes<T>(from, count, columns.size(), present, static_cast<size_t>(x_groups) * kXRows * kPair,
                 batch.bytes + shape.bytes_offset(chunk, 0, x_groups) + static_cast<size_t>(first_row) * kPair);
  }
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

// Converts and centres the bytes that Gather kept: one pair of vectors of columns for `groups` groups of rows. `out`
// has the layout of an X with only these columns.
template <class T>
HWY_NOINLINE void Unpack(const uint8_t* HWY_RESTRICT bytes, int groups, const T* HWY_RESTRICT mean,
                         T* HWY_RESTRICT out) {
  const hn::ScalableTag<T> d;
  constexpr int L = hn::MaxLanes(d);
  const auto mean0 = hn::Load(d, mean), mean1 = hn::Load(d, mean + L);
  for (int g = 0; g < groups; g++, out += 2 * kXRows * L) {
    UNROLL_ALL for (int r = 0; r < kXRows; r++, bytes += 2 * L) {
      hn::Store(hn::Sub(Convert(d, bytes), mean0), d, out + r * L);
      hn::Store(hn::Sub(Convert(d, bytes + L), mean1), d, out + (kXRows + r) * L);
    }
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace two_layer_net
HWY_AFTER_NAMESPACE();

#endif  // TWO_LAYER_NET_GATHER_INL_H_
