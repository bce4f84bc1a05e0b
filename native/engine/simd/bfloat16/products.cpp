// The forward product, and the measurement of how fast such products can be.
#include "bfloat16.h"
#include "tiles.h"

#if TWO_LAYER_NET_BFLOAT16

#include "avx512_begin.h"

namespace two_layer_net {
namespace bfloat16 {
namespace {

// Blocks p0 + p2, p1 + p3, r0 + r2, r1 + r3.
inline __m512 add_halves(__m512 p, __m512 r) {
  return _mm512_add_ps(_mm512_shuffle_f32x4(p, r, 0x44), _mm512_shuffle_f32x4(p, r, 0xEE));
}

// Lane i of the result is the sum of v[i], as in dot-inl.h.
inline __m512 sum_lanes(const __m512* v) {
  __m512 quads[4];
  UNROLL_ALL for (int i = 0; i < 4; i++) {
    const __m512 *q = v + 4 * i;
    const __m512 a = _mm512_add_ps(_mm512_unpacklo_ps(q[0], q[1]), _mm512_unpackhi_ps(q[0], q[1]));
    const __m512 b = _mm512_add_ps(_mm512_unpacklo_ps(q[2], q[3]), _mm512_unpackhi_ps(q[2], q[3]));
    const __m512d c = _mm512_castps_pd(a), d = _mm512_castps_pd(b);
    quads[i] = _mm512_add_ps(_mm512_castpd_ps(_mm512_unpacklo_pd(c, d)), _mm512_castpd_ps(_mm512_unpackhi_pd(c, d)));
  }
  const __m512 pq = add_halves(quads[0], quads[1]), rs = add_halves(quads[2], quads[3]);
  return _mm512_add_ps(_mm512_shuffle_f32x4(pq, rs, 0x88), _mm512_shuffle_f32x4(pq, rs, 0xDD));
}

template <int kRows>
void dot_tiles(const Bfloat16* __restrict x, const Bfloat16* __restrict w, int pairs, int groups, bool add,
               float* __restrict tiles) {
  for (int g = 0; g < groups; g++, tiles += kTile) {
    const Bfloat16* row = x;
    __m512 sums[kTile];
    UNROLL_ALL for (int i = 0; i < kTile; i++) sums[i] = _mm512_setzero_ps();
    for (int k = 0; k < pairs; k++, row += kXRows * kPair, w += kWRows * kPair) {
      __m512bh units[kWRows];
      UNROLL_ALL for (int q = 0; q < kWRows; q++) {
        units[q] = reinterpret_cast<__m512bh>(_mm512_load_si512(w + q * kPair));
      }
      UNROLL_ALL for (int r = 0; r < kRows; r++) {
        const __m512bh numbers = reinterpret_cast<__m512bh>(_mm512_load_si512(row + r * kPair));
        UNROLL_ALL for (int q = 0; q < kWRows; q++) {
          sums[r * kWRows + q] = _mm512_dpbf16_ps(sums[r * kWRows + q], numbers, units[q]);
        }
      }
    }
    UNROLL_ALL for (int i = 0; i < kTile; i += kLanes) {
      const __m512 sum = sum_lanes(sums + i);
      _mm512_store_ps(tiles + i, add ? _mm512_add_ps(_mm512_load_ps(tiles + i), sum) : sum);
    }
  }
}

}  // namespace
}  // namespace bfloat16

using namespace bfloat16;

void forward_bfloat16(const Bfloat16* x, const Bfloat16* w, int columns, int groups, int rows, bool add, float* tiles) {
  switch (rows) {
    case 1: return dot_tiles<1>(x, w, columns / kPair, groups, add, tiles);
    case 2: return dot_tiles<2>(x, w, columns / kPair, groups, add, tiles);
    case 3: return dot_tiles<3>(x, w, columns / kPair, groups, add, tiles);
    case 4: return dot_tiles<4>(x, w, columns / kPair, groups, add, tiles);
    default: return dot_tiles<5>(x, w, columns / kPair, groups, add, tiles);
  }
}

double multiply_adds_bfloat16(int64_t rounds, float& result) {
  constexpr int kChains = 12;
  __m512 chains[kChains];
  UNROLL_ALL for (int i = 0; i < kChains; i++) chains[i] = _mm512_set1_ps(static_cast<float>(i));
  const __m512bh factor = reinterpret_cast<__m512bh>(_mm512_set1_epi32(0x3F803A83)),  // 1 and 0.001
      other = reinterpret_cast<__m512bh>(_mm512_set1_epi32(0x3A833F80));
  for (int64_t round = 0; round < rounds; round++) {
    UNROLL_ALL for (int i = 0; i < kChains; i++) chains[i] = _mm512_dpbf16_ps(chains[i], factor, other);
  }
  UNROLL_ALL for (int i = 1; i < kChains; i++) chains[0] = _mm512_add_ps(chains[0], chains[i]);
  result = _mm512_cvtss_f32(chains[0]);
  return static_cast<double>(rounds) * kChains * kPair;
}

}  // namespace two_layer_net

#include "avx512_end.h"

#endif  // TWO_LAYER_NET_BFLOAT16
