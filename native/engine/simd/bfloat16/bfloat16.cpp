#include "bfloat16.h"

#include <algorithm>
#include <cmath>

// No Mac has a processor with these products, and Apple numbers its clang in its own way.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__APPLE__)
#include <immintrin.h>

#include "../../core/processor.h"

namespace two_layer_net {

namespace {

// The float32 kernels' tiles with 16 lanes.
constexpr int kLanes = 16, kPair = 32, kXRows = 5, kWRows = 5, kPanelGroups = 2, kUnits = kPanelGroups * kWRows;
constexpr int kTile = 32;

}  // namespace

// Runs on every processor, unlike all that follows.
bool has_bfloat16() {
  return processor_features().avx512_bf16 && simd_kernels<float>() && simd_kernels<float>()->tiles.lanes == kLanes;
}

}  // namespace two_layer_net

// Everything from here on is compiled for AVX512-BF16 and called only where has_bfloat16() says so; no header may come
// after this, or its functions would be, too.
#if defined(__clang__)
#if __clang_major__ >= 18 && __clang_major__ <= 21  // these ask for vectors of 512 bits by a name of their own
#pragma clang attribute push( \
    __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512bf16,fma,avx2,evex512"))), apply_to = function)
#else
#pragma clang attribute push( \
    __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512bf16,fma,avx2"))), apply_to = function)
#endif
#define UNROLL_ALL _Pragma("clang loop unroll(full)")
#else
#pragma GCC push_options
#pragma GCC target("avx512f,avx512bw,avx512dq,avx512vl,avx512bf16,fma,avx2")
#define UNROLL_ALL _Pragma("GCC unroll 64")
// GCC's own intrinsics begin with a vector that they leave undefined on purpose (its bug 105593).
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif

namespace two_layer_net {
namespace {

inline __m512i convert(const uint8_t* from) {
  const __m512 low = _mm512_cvtepi32_ps(_mm512_cvtepu8_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(from))));
  const __m512 high =
      _mm512_cvtepi32_ps(_mm512_cvtepu8_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(from + kLanes))));
  return reinterpret_cast<__m512i>(_mm512_cvtne2ps_pbh(high, low));
}

inline __m512i round_pair(__m512 low, __m512 high) {
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
        // The rest of the row, without a look at what lies after it; the mean is 0 there.
        alignas(64) Source rest[kPair] = {};
        for (int i = 0; i < present; i++) rest[i] = row[k + i];
        numbers = convert(rest, mean + columns.begin + k);
      }
      _mm512_store_si512(out + (k / kPair * kXRows + r) * kPair, numbers);
    }
  }
  // The next group's rows, while this one's are multiplied.
  for (int r = 0; r < kXRows && first_row + kXRows + r < choice.n; r++) {
    const Source* row = static_cast<const Source*>(rows.data) + choice[first_row + kXRows + r] * D + columns.begin;
    for (int k = 0; k < columns.size(); k += static_cast<int>(64 / sizeof(Source))) __builtin_prefetch(row + k, 0, 3);
  }
}

// Blocks p0 + p2, p1 + p3, r0 + r2, r1 + r3.
inline __m512 add_halves(__m512 p, __m512 r) {
  return _mm512_add_ps(_mm512_shuffle_f32x4(p, r, 0x44), _mm512_shuffle_f32x4(p, r, 0xEE));
}

// v[i]'s lanes added up in lane i, as in dot-inl.h.
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

// Rows (n, n + 1) of one pair of vectors of columns, side by side: [pair of rows][vector][lane][row of the pair].
void pair_rows(const Bfloat16* __restrict x, size_t group_stride, int n, Bfloat16* __restrict out) {
  alignas(64) Bfloat16 order[2][kPair];
  for (int i = 0; i < kPair; i++) {
    order[0][i] = static_cast<Bfloat16>(i / 2 + i % 2 * kPair);
    order[1][i] = static_cast<Bfloat16>(i / 2 + kLanes + i % 2 * kPair);
  }
  const __m512i low = _mm512_load_si512(order[0]), high = _mm512_load_si512(order[1]);
  for (int i = 0; i < n; i += 2, out += 2 * kPair) {
    const auto at = [&](int j) { return x + static_cast<size_t>(j / kXRows) * group_stride + j % kXRows * kPair; };
    const __m512i first = _mm512_load_si512(at(i));
    const __m512i second = i + 1 < n ? _mm512_load_si512(at(i + 1)) : _mm512_setzero_si512();
    _mm512_store_si512(out, _mm512_permutex2var_epi16(first, low, second));
    _mm512_store_si512(out + kPair, _mm512_permutex2var_epi16(first, high, second));
  }
}

template <int kGroups>
__m512 outer_tile(const Bfloat16* __restrict x, int pairs, const Bfloat16* __restrict dhidden,
                  const float* __restrict unit_sums, const float* __restrict mean, float* __restrict w,
                  Bfloat16* __restrict rounded, size_t stride, Application<float> how, bool last, __m512 squares) {
  constexpr int kSimd = kGroups * kWRows;
  __m512 sums[kSimd][2];
  UNROLL_ALL for (int h = 0; h < kSimd; h++) sums[h][0] = sums[h][1] = _mm512_setzero_ps();
  UNROLL_ALL for (int g = 0; g < kGroups; g++) {
    UNROLL_ALL for (int i = 0; i < 2 * kWRows; i++) {
      __builtin_prefetch(w + g * stride + i * kLanes, 1, 3);
      if (i < kWRows) __builtin_prefetch(rounded + g * stride + i * kPair, 1, 3);
    }
  }
  for (int n = 0; n < pairs; n++, x += 2 * kPair, dhidden += 2 * kSimd) {
    const __m512bh x0 = reinterpret_cast<__m512bh>(_mm512_load_si512(x));
    const __m512bh x1 = reinterpret_cast<__m512bh>(_mm512_load_si512(x + kPair));
    UNROLL_ALL for (int h = 0; h < kSimd; h++) {
      int32_t both;
      __builtin_memcpy(&both, dhidden + 2 * h, sizeof both);
      const __m512bh unit = reinterpret_cast<__m512bh>(_mm512_set1_epi32(both));
      sums[h][0] = _mm512_dpbf16_ps(sums[h][0], x0, unit);
      sums[h][1] = _mm512_dpbf16_ps(sums[h][1], x1, unit);
    }
  }
  const __m512 keep = _mm512_set1_ps(how.keep), rate = _mm512_set1_ps(how.rate);
  UNROLL_ALL for (int g = 0; g < kGroups; g++) {
    UNROLL_ALL for (int q = 0; q < kWRows; q++) {
      __m512 now[2];
      UNROLL_ALL for (int j = 0; j < 2; j++) {
        float* at = w + g * stride + (j * kWRows + q) * kLanes;
        __m512 sum = sums[g * kWRows + q][j];
        // Σ dhidden · (x − mean), in whole.
        if (last && mean) {
          sum = _mm512_fnmadd_ps(_mm512_set1_ps(unit_sums[g * kWRows + q]), _mm512_load_ps(mean + j * kLanes), sum);
        }
        now[j] = _mm512_fnmadd_ps(rate, sum, _mm512_mul_ps(keep, _mm512_load_ps(at)));
        _mm512_store_ps(at, now[j]);
        squares = _mm512_fmadd_ps(now[j], now[j], squares);
      }
      _mm512_store_si512(rounded + g * stride + q * kPair, round_pair(now[0], now[1]));
    }
  }
  return squares;
}

}  // namespace

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
      // Cut to the upper half of its bits, eight of the 24 that count, so that the rest is exact.
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

void forward_bfloat16(const Bfloat16* x, const Bfloat16* w, int columns, int groups, int rows, bool add, float* tiles) {
  switch (rows) {
    case 1: return dot_tiles<1>(x, w, columns / kPair, groups, add, tiles);
    case 2: return dot_tiles<2>(x, w, columns / kPair, groups, add, tiles);
    case 3: return dot_tiles<3>(x, w, columns / kPair, groups, add, tiles);
    case 4: return dot_tiles<4>(x, w, columns / kPair, groups, add, tiles);
    default: return dot_tiles<5>(x, w, columns / kPair, groups, add, tiles);
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
    // Masked, not only because of what lies after: the last pair may have one row.
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

double apply_dW1_bfloat16(const PackedShape& shape, const Bfloat16Batch& batch, int chunk, int column,
                          const Ahead& ahead, Application<float> how, float* W1, Bfloat16* W1_rounded) {
  constexpr int kBlockRows = 400;  // whose pair of vectors of columns is 25 KB
  const int columns = shape.chunks[chunk].size(), x_groups = shape.x_groups(batch.n);
  const size_t stride = static_cast<size_t>(kWRows) * columns;
  const size_t at = shape.w1_offset(chunk, 0) + static_cast<size_t>(column) * kWRows;
  const float* mean = batch.mean ? batch.mean + shape.chunks[chunk].begin + column : nullptr;
  const size_t all_pairs = (static_cast<size_t>(batch.n) + 1) / 2;
  alignas(64) Bfloat16 x[kBlockRows * kPair];
  __m512 squares = _mm512_setzero_ps();
  for (int begin = 0; begin < batch.n; begin += kBlockRows) {
    const int rows = std::min(kBlockRows, batch.n - begin), pairs = (rows + 1) / 2;
    const bool last = begin + rows == batch.n;
    // Blocks begin with a whole group.
    pair_rows(batch.X + shape.x_offset(chunk, begin / kXRows, x_groups + 1) + static_cast<size_t>(column) * kXRows,
              static_cast<size_t>(kXRows) * columns, rows, x);
    squares = _mm512_setzero_ps();  // those of the last block count
    for (int panel = 0; panel < shape.panels; panel++) {
      const Range near = part_of(begin == 0 ? ahead.count : 0, panel, shape.panels);
      for (int r = near.begin; r < near.end; r++) {
        for (size_t i = ahead.begin; i < ahead.end; i += 64) __builtin_prefetch(ahead.rows[r] + i, 0, 3);
      }
      const Bfloat16* dhidden = batch.pairs + static_cast<size_t>(panel) * kUnits * 2 * all_pairs;
      const float* sums = batch.sums + panel * kUnits;
      const size_t own = at + panel * kPanelGroups * stride;
      if (shape.w_groups - panel * kPanelGroups >= kPanelGroups) {
        squares = outer_tile<2>(x, pairs, dhidden + static_cast<size_t>(begin) * kUnits, sums, mean, W1 + own,
                                W1_rounded + own, stride, how, last, squares);
      } else {
        squares = outer_tile<1>(x, pairs, dhidden + static_cast<size_t>(begin) * kWRows, sums, mean, W1 + own,
                                W1_rounded + own, stride, how, last, squares);
      }
    }
    how.keep = 1;
  }
  alignas(64) float lanes[kLanes];
  _mm512_store_ps(lanes, squares);
  double total = 0;
  for (float lane : lanes) total += lane;
  return std::isfinite(total) ? total : sum_of_squares(shape, chunk, column, W1);
}

double multiply_adds_bfloat16(int64_t rounds, float& result) {
  constexpr int kChains = 12;
  __m512 chains[kChains];
  UNROLL_ALL for (int i = 0; i < kChains; i++) chains[i] = _mm512_set1_ps(static_cast<float>(i));
  const __m512bh factor = reinterpret_cast<__m512bh>(_mm512_set1_epi32(0x3F803A83)),  // 1 and .001
      other = reinterpret_cast<__m512bh>(_mm512_set1_epi32(0x3A833F80));
  for (int64_t round = 0; round < rounds; round++) {
    UNROLL_ALL for (int i = 0; i < kChains; i++) chains[i] = _mm512_dpbf16_ps(chains[i], factor, other);
  }
  UNROLL_ALL for (int i = 1; i < kChains; i++) chains[0] = _mm512_add_ps(chains[0], chains[i]);
  result = _mm512_cvtss_f32(chains[0]);
  return static_cast<double>(rounds) * kChains * kPair;
}

}  // namespace two_layer_net
#ifdef __clang__
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif

#else

#include <cstdlib>

namespace two_layer_net {

// No such processor: nobody calls what has_bfloat16() denies.
bool has_bfloat16() { return false; }
void gather_bfloat16(const PackedShape&, const Rows&, const Choice&, int, int, const float*, Bfloat16*) { std::abort(); }
void split_mean_bfloat16(const PackedShape&, int, const float*, Bfloat16*) { std::abort(); }
void round_bfloat16(const PackedShape&, int, const float*, Bfloat16*) { std::abort(); }
void forward_bfloat16(const Bfloat16*, const Bfloat16*, int, int, int, bool, float*) { std::abort(); }
void pair_dhidden_bfloat16(const PackedShape&, const PackedBatch<float>&, int, Bfloat16*, float*) { std::abort(); }
double apply_dW1_bfloat16(const PackedShape&, const Bfloat16Batch&, int, int, const Ahead&, Application<float>, float*, Bfloat16*) { std::abort(); }
double multiply_adds_bfloat16(int64_t, float&) { std::abort(); }

}  // namespace two_layer_net
#endif
