// Rows, weights and gradients as bfloat16 numbers, in the layouts that the products read.
#include <algorithm>

#include "bfloat16.h"
#include "tiles.h"

#if TWO_LAYER_NET_BFLOAT16

#include "avx512_begin.h"

namespace two_layer_net {
namespace bfloat16 {
namespace {

inline __m512i round_pair(__m512 low, __m512 high) {
  return reinterpret_cast<__m512i>(_mm512_cvtne2ps_pbh(high, low));
}

inline __m512i convert(const uint8_t* from) {
  const __m512 low = _mm512_cvtepi32_ps(_mm512_cvtepu8_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(from))));
  const __m512 high =
      _mm512_cvtepi32_ps(_mm512_cvtepu8_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(from + kLanes))));
  return reinterpret_cast<__m512i>(_mm512_cvtne2ps_pbh(high, low));
}

inline __m512 centred(const float* from, const float* mean) {
  return _mm512_sub_ps(_mm512_loadu_ps(from), _mm512_loadu_ps(mean));
}

inline __m512 centred(const double* from, const float* mean) {
  const __m256 low = _mm512_cvtpd_ps(_mm512_loadu_pd(from)), high = _mm512_cvtpd_ps(_mm512_loadu_pd(from + 8));
  return _mm512_sub_ps(_mm512_insertf32x8(_mm512_castps256_ps512(low), high, 1), _mm512_loadu_ps(mean));
}

inline __m512i convert(const uint8_t* from, const float*) { return convert(from); }

template <class Source>
inline __m512i convert(const Source* from, const float* mean) {
  return round_pair(centred(from, mean), centred(from + kLanes, mean + kLanes));
}

template <class Source>
void gather_as(const PackedShape& shape, const Rows& rows, const Choice& choice, int chunk, int x_group,
               const float* mean, Bfloat16* out) {
  const Range columns = shape.chunks[chunk];
  const int first_row = x_group * kXRows, D = shape.shape.D;
  for (int r = 0; r < kXRows; r++) {
    const bool there = first_row + r < choice.n;
    const Source* row =
        there ? static_cast<const Source*>(rows.data) + choice[first_row + r] * D + columns.begin : nullptr;
    for (int k = 0; k < columns.size(); k += kPair) {
      const int present = there ? D - columns.begin - k : 0;
      __m512i numbers = _mm512_setzero_si512();
      if (present >= kPair) {
        numbers = convert(row + k, mean + columns.begin + k);
      } else if (present > 0) {
        // The rest of the row, without reading past its end; the mean is 0 there.
        alignas(64) Source rest[kPair] = {};
        for (int i = 0; i < present; i++) rest[i] = row[k + i];
        numbers = convert(rest, mean + columns.begin + k);
      }
      _mm512_store_si512(out + (k / kPair * kXRows + r) * kPair, numbers);
    }
  }
  // Prefetch the next group's rows while this group's are multiplied.
  for (int r = 0; r < kXRows && first_row + kXRows + r < choice.n; r++) {
    const Source* row = static_cast<const Source*>(rows.data) + choice[first_row + kXRows + r] * D + columns.begin;
    for (int k = 0; k < columns.size(); k += static_cast<int>(64 / sizeof(Source))) __builtin_prefetch(row + k, 0, 3);
  }
}

}  // namespace
}  // namespace bfloat16

using namespace bfloat16;

void gather_bfloat16(const PackedShape& shape, const Rows& rows, const Choice& choice, int chunk, int x_group,
                     const float* mean, Bfloat16* out) {
  switch (rows.element) {
    case Element::kUint8: return gather_as<uint8_t>(shape, rows, choice, chunk, x_group, mean, out);
    case Element::kFloat32: return gather_as<float>(shape, rows, choice, chunk, x_group, mean, out);
    case Element::kFloat64: return gather_as<double>(shape, rows, choice, chunk, x_group, mean, out);
  }
}

void split_mean_bfloat16(const PackedShape& shape, int chunk, const float* mean, Bfloat16* out) {
  const Range columns = shape.chunks[chunk];
  for (int k = 0; k < columns.size(); k += kPair, out += kXRows * kPair) {
    __m512 rest[2] = {_mm512_load_ps(mean + columns.begin + k), _mm512_load_ps(mean + columns.begin + k + kLanes)};
    for (int r = 0; r < kXRows; r++) {
      // Truncated to the upper half of its bits (8 of 24 significant ones), so that the remainder is exact.
      __m512 upper[2];
      for (int j = 0; j < 2; j++) {
        const __m512i mask = _mm512_set1_epi32(static_cast<int>(0xFFFF0000));
        upper[j] = _mm512_castsi512_ps(_mm512_and_si512(_mm512_castps_si512(rest[j]), mask));
        rest[j] = _mm512_sub_ps(rest[j], upper[j]);
      }
      _mm512_store_si512(out + r * kPair, round_pair(upper[0], upper[1]));
    }
  }
}

void round_bfloat16(const PackedShape& shape, int chunk, const float* w, Bfloat16* out) {
  for (int k = 0; k < shape.chunks[chunk].size(); k += kPair, w += 2 * kWRows * kLanes, out += kWRows * kPair) {
    for (int q = 0; q < kWRows; q++) {
      _mm512_store_si512(out + q * kPair,
                         round_pair(_mm512_load_ps(w + q * kLanes), _mm512_load_ps(w + (kWRows + q) * kLanes)));
    }
  }
}

void pair_dhidden_bfloat16(const PackedShape& shape, const PackedBatch<float>& batch, int panel, Bfloat16* pairs,
                           float* sums) {
  const int units = std::min(kUnits, shape.w_groups * kWRows - panel * kUnits);
  const size_t all_rows = static_cast<size_t>(shape.x_groups(batch.n)) * kXRows;
  const float* dhidden = batch.dhidden + static_cast<size_t>(panel) * kUnits * all_rows;
  const __mmask16 own = static_cast<__mmask16>((1u << units) - 1);
  __m512 total = _mm512_setzero_ps();
  for (int n = 0; n < batch.n; n += 2, pairs += 2 * units) {
    // Masked, because the next row's units must be ignored and the last pair may have only one row.
    const __m512 first = _mm512_maskz_loadu_ps(own, dhidden + static_cast<size_t>(n) * units);
    const __m512 second = n + 1 < batch.n ? _mm512_maskz_loadu_ps(own, dhidden + static_cast<size_t>(n + 1) * units)
                                          : _mm512_setzero_ps();
    const __m512i low = _mm512_cvtepu16_epi32(reinterpret_cast<__m256i>(_mm512_cvtneps_pbh(first)));
    const __m512i high =
        _mm512_slli_epi32(_mm512_cvtepu16_epi32(reinterpret_cast<__m256i>(_mm512_cvtneps_pbh(second))), 16);
    _mm512_mask_storeu_epi32(pairs, own, _mm512_or_si512(low, high));
    const __m512 rounded = _mm512_castsi512_ps(_mm512_slli_epi32(low, 16));
    total = _mm512_add_ps(total, _mm512_add_ps(rounded, _mm512_castsi512_ps(high)));
  }
  _mm512_mask_storeu_ps(sums, own, total);
}

}  // namespace two_layer_net

#include "avx512_end.h"

#endif  // TWO_LAYER_NET_BFLOAT16
