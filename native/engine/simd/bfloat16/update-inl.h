// Computes the gradient of W1, Xᵀ · dhidden, with bfloat16 factors, and applies the update rule. The counterpart of
// kernels/update-inl.h. Must be included between avx512_begin.h and avx512_end.h, after the headers below.
//
// An inner step processes a pair of rows: it loads two vectors of X and one pair of numbers of dhidden for each unit of
// the panel, and does two multiply-adds of 32 factors per unit. Rows are processed in blocks of 400, whose X stays in
// the first-level cache.
#pragma once

namespace two_layer_net::bfloat16 {
namespace {

// The operations of update rules on vectors.
struct Avx512Ops {
  using V = __m512;
  V set(float value) const { return _mm512_set1_ps(value); }
  V add(V a, V b) const { return _mm512_add_ps(a, b); }
  V sub(V a, V b) const { return _mm512_sub_ps(a, b); }
  V mul(V a, V b) const { return _mm512_mul_ps(a, b); }
  V div(V a, V b) const { return _mm512_div_ps(a, b); }
  V sqrt(V a) const { return _mm512_sqrt_ps(a); }
  V mul_add(V a, V b, V c) const { return _mm512_fmadd_ps(a, b, c); }       // a · b + c
  V neg_mul_add(V a, V b, V c) const { return _mm512_fnmadd_ps(a, b, c); }  // c − a · b
};

inline __m512i round_pair(__m512 low, __m512 high) {
  return reinterpret_cast<__m512i>(_mm512_cvtne2ps_pbh(high, low));
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

// What a non-linear rule needs for one tile, in addition to the weights.
template <class Rule>
struct TileState {
  float* slots[Rule::kSlots > 0 ? Rule::kSlots : 1];  // the tile's numbers in each slot, laid out like the weights
  float* partial;                                     // the sum of the blocks' gradients so far
  bool first;                                         // whether this is the first block of rows
};

// The state of one panel's tile, `offset` numbers after the start of W1.
template <class Rule>
inline TileState<Rule> tile_state(const PackedNet<float>* state, size_t offset, float* partial, int panel, bool first) {
  TileState<Rule> tile{};
  if constexpr (!Rule::kLinear) {
    for (int i = 0; i < Rule::kSlots; i++) tile.slots[i] = state[1 + i].W1 + offset;
    tile.partial = partial + static_cast<size_t>(panel) * kUnits * 2 * kLanes;
    tile.first = first;
  }
  return tile;
}

// Applies `rule` to one vector of a tile: vector number `index`, which starts `offset` numbers after `w`. Returns the
// new weights, or 0 if the gradient is not complete yet.
template <class Rule>
inline __m512 update_vector(const Rule& rule, __m512 gradient, float* w, size_t offset, int index,
                            const TileState<Rule>& state, bool last) {
  __m512 slots[Rule::kSlots > 0 ? Rule::kSlots : 1];
  if constexpr (!Rule::kLinear) {
    float* partial = state.partial + index * kLanes;
    if (!state.first) gradient = _mm512_add_ps(_mm512_load_ps(partial), gradient);
    if (!last) {
      _mm512_store_ps(partial, gradient);
      return _mm512_setzero_ps();
    }
  }
  for (int i = 0; i < Rule::kSlots; i++) slots[i] = _mm512_load_ps(state.slots[i] + offset);
  const __m512 now = rule.template apply<true>(Avx512Ops(), _mm512_load_ps(w + offset), gradient, slots);
  for (int i = 0; i < Rule::kSlots; i++) _mm512_store_ps(state.slots[i] + offset, slots[i]);
  _mm512_store_ps(w + offset, now);
  return now;
}

// Σ of the squares' lanes in double.
inline double sum_of_lanes(__m512 squares) {
  alignas(64) float lanes[kLanes];
  _mm512_store_ps(lanes, squares);
  double total = 0;
  for (float lane : lanes) total += lane;
  return total;
}

template <class Rule, int kGroups>
__m512 outer_tile(const Bfloat16* __restrict x, int pairs, const Bfloat16* __restrict dhidden,
                  const float* __restrict unit_sums, const float* __restrict mean, float* __restrict w,
                  Bfloat16* __restrict rounded, size_t stride, Rule rule, const TileState<Rule> state, bool last,
                  __m512 squares) {
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
  UNROLL_ALL for (int g = 0; g < kGroups; g++) {
    UNROLL_ALL for (int q = 0; q < kWRows; q++) {
      __m512 now[2];
      UNROLL_ALL for (int j = 0; j < 2; j++) {
        __m512 sum = sums[g * kWRows + q][j];
        // The complete Σ dhidden · (x − mean).
        if (last && mean) {
          sum = _mm512_fnmadd_ps(_mm512_set1_ps(unit_sums[g * kWRows + q]), _mm512_load_ps(mean + j * kLanes), sum);
        }
        now[j] = update_vector(rule, sum, w, g * stride + (j * kWRows + q) * kLanes, (g * 2 + j) * kWRows + q, state,
                               last);
        squares = _mm512_fmadd_ps(now[j], now[j], squares);
      }
      if (Rule::kLinear || last) _mm512_store_si512(rounded + g * stride + q * kPair, round_pair(now[0], now[1]));
    }
  }
  return squares;
}

template <class Rule>
double apply_dW1(const PackedShape& shape, const Bfloat16Batch& batch, const UpdateUnit& unit, const Ahead& ahead,
                 const UpdateInputs& inputs, const PackedNet<float>* state, float* partial, Bfloat16* W1_rounded) {
  constexpr int kBlockRows = 400;  // whose part of X, two vectors per row, is 25 KB
  Rule rule(inputs);
  float* W1 = state[0].W1;
  const int chunk = unit.chunk, column = unit.columns.begin;
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
    // Blocks start at a group boundary.
    pair_rows(batch.X + shape.x_offset(chunk, begin / kXRows, x_groups + 1) + static_cast<size_t>(column) * kXRows,
              static_cast<size_t>(kXRows) * columns, rows, x);
    squares = _mm512_setzero_ps();  // only the last block produces the final weights
    for (int panel = 0; panel < shape.panels; panel++) {
      const Range near = part_of(begin == 0 ? ahead.count : 0, panel, shape.panels);
      for (int r = near.begin; r < near.end; r++) {
        for (size_t i = ahead.begin; i < ahead.end; i += 64) __builtin_prefetch(ahead.rows[r] + i, 0, 3);
      }
      const Bfloat16* dhidden = batch.pairs + static_cast<size_t>(panel) * kUnits * 2 * all_pairs;
      const float* sums = batch.sums + panel * kUnits;
      const size_t own = at + panel * kPanelGroups * stride;
      const TileState<Rule> tile = tile_state<Rule>(state, own, partial, panel, begin == 0);
      if (shape.w_groups - panel * kPanelGroups >= kPanelGroups) {
        squares = outer_tile<Rule, 2>(x, pairs, dhidden + static_cast<size_t>(begin) * kUnits, sums, mean, W1 + own,
                                      W1_rounded + own, stride, rule, tile, last, squares);
      } else {
        squares = outer_tile<Rule, 1>(x, pairs, dhidden + static_cast<size_t>(begin) * kWRows, sums, mean, W1 + own,
                                      W1_rounded + own, stride, rule, tile, last, squares);
      }
    }
    if constexpr (Rule::kLinear) rule.keep = 1;  // the first block has already decayed the weights
  }
  const double total = sum_of_lanes(squares);
  return std::isfinite(total) ? total : sum_of_squares(shape, unit, W1);
}

// The same with a gradient that is stored, and squares that are added in the same order.
template <class Rule>
double apply_stored_dW1(const PackedShape& shape, const float* gradient, float factor, const UpdateUnit& unit,
                        const UpdateInputs& inputs, const PackedNet<float>* state, Bfloat16* W1_rounded) {
  const Rule rule(inputs);
  float* W1 = state[0].W1;
  __m512 squares = _mm512_setzero_ps();
  for (int group = 0; group < shape.w_groups; group++) {
    const size_t at = shape.w1_offset(unit.chunk, group) + static_cast<size_t>(unit.columns.begin) * kWRows;
    for (int q = 0; q < kWRows; q++) {
      __m512 now[2];
      for (int j = 0; j < 2; j++) {
        const size_t i = at + (j * kWRows + q) * kLanes;
        __m512 slots[Rule::kSlots > 0 ? Rule::kSlots : 1];
        for (int s = 0; s < Rule::kSlots; s++) slots[s] = _mm512_load_ps(state[1 + s].W1 + i);
        const __m512 scaled = _mm512_mul_ps(_mm512_set1_ps(factor), _mm512_load_ps(gradient + i));
        now[j] = rule.template apply<true>(Avx512Ops(), _mm512_load_ps(W1 + i), scaled, slots);
        for (int s = 0; s < Rule::kSlots; s++) _mm512_store_ps(state[1 + s].W1 + i, slots[s]);
        _mm512_store_ps(W1 + i, now[j]);
        squares = _mm512_fmadd_ps(now[j], now[j], squares);
      }
      _mm512_store_si512(W1_rounded + at + q * kPair, round_pair(now[0], now[1]));
    }
  }
  const double total = sum_of_lanes(squares);
  return std::isfinite(total) ? total : sum_of_squares(shape, unit, W1);
}

// Both, with one rule.
template <class Rule>
constexpr Bfloat16Update update_of() {
  return {.apply_dW1 = apply_dW1<Rule>, .apply_stored_dW1 = apply_stored_dW1<Rule>};
}

}  // namespace
}  // namespace two_layer_net::bfloat16
