// Everything between the two large products, for one group of rows:
//
//   hidden  = max(0, tiles of X · W1, summed over the parts, + b1)
//   scores  = hidden · W2 + b2
//   dscores = (softmax(scores) − target) · scale · weight, where target is the label's, smoothed
//   loss    = Σ weight · −(target · log softmax(scores))
//   dhidden = dscores · W2ᵀ · hidden_scale where hidden > 0, otherwise 0
//
// Layout: lanes run over H or C. Rows of hidden and scores are hidden_stride and score_stride apart; dhidden is stored
// in panels of hidden units (PackedBatch).
//
// Preconditions: the group's tiles are complete in all parts, W2_transpose equals W2, labels are 0 … C − 1, and all
// arrays are aligned to a vector.
//
// Cost: an inner step of either product loads one vector of weights and x_rows single numbers for x_rows multiply-adds.
// Softmax computes score_stride exponentials per row.

#if defined(TWO_LAYER_NET_HEAD_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef TWO_LAYER_NET_HEAD_INL_H_
#undef TWO_LAYER_NET_HEAD_INL_H_
#else
#define TWO_LAYER_NET_HEAD_INL_H_
#endif

#include <hwy/contrib/math/math-inl.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <numeric>

#include "target-inl.h"

HWY_BEFORE_NAMESPACE();
namespace two_layer_net {
namespace HWY_NAMESPACE {

// max(0, Σ tiles over the parts + b1), one vector. Consecutive parts are part_size apart.
template <class T, class V = hn::Vec<hn::ScalableTag<T>>>
HWY_INLINE V Activations(const T* HWY_RESTRICT tiles, int parts, size_t part_size, V b1) {
  const hn::ScalableTag<T> d;
  V z = hn::Load(d, tiles);
  for (int part = 1; part < parts; part++) z = hn::Add(z, hn::Load(d, tiles + part * part_size));
  z = hn::Add(z, b1);
  // Written so that NaN is preserved: max(0, NaN) would hide it.
  return hn::IfThenZeroElse(hn::Le(z, hn::Zero(d)), z);
}

// hidden[r] = max(0, Σ tiles over the parts + b1) for each row r of the group.
template <class T>
void HiddenOfGroup(const PackedShape& shape, const PackedNet<const T>& net, const PackedBatch<T>& batch, int x_group) {
  const hn::ScalableTag<T> d;
  constexpr int L = hn::MaxLanes(d), kTile = (kXRows * kWRows + L - 1) / L * L;
  const size_t group_size = static_cast<size_t>(shape.w_groups) * kTile;
  const size_t part_size = group_size * batch.tile_groups;
  const T* tiles = batch.tiles + group_size * x_group;
  T* hidden = batch.hidden + static_cast<size_t>(x_group) * kXRows * shape.hidden_stride;
  HWY_ALIGN T rows[kTile + L];
  // Another core may have written the next tiles, so fetch them early.
  for (int part = 0; part < batch.parts && x_group + 2 < shape.x_groups(batch.n); part++) {
    PrefetchBytes(tiles + 2 * group_size + part * part_size, group_size * sizeof(T));
  }
  for (int g = 0; g < shape.w_groups; g++) {
    UNROLL_ALL for (int i = 0; i < kTile; i += L) {
      const size_t at = static_cast<size_t>(g) * kTile + i;
      hn::Store(Activations<T>(tiles + at, batch.parts, part_size, hn::Load(d, net.b1_tiles + at)), d, rows + i);
    }
    // Stores whole vectors: the next group overwrites the excess, and nothing reads it after the last group.
    UNROLL_ALL for (int r = 0; r < kXRows; r++) {
      UNROLL_ALL for (int q = 0; q < kWRows; q += L) {
        hn::StoreU(hn::LoadU(d, rows + r * kWRows + q), d, hidden + r * shape.hidden_stride + g * kWRows + q);
      }
    }
  }
}

// out (rows, stride) = in (rows, in_stride) · w (length, stride) + start (stride), for a whole group of rows.
template <class T>
HWY_INLINE void Affine(const T* HWY_RESTRICT in, int in_stride, int length, const T* HWY_RESTRICT w, int stride,
                       const T* HWY_RESTRICT start, T* HWY_RESTRICT out) {
  const hn::ScalableTag<T> d;
  using V = hn::Vec<decltype(d)>;
  constexpr int L = hn::MaxLanes(d);
  for (int j = 0; j < stride; j += L) {
    // Separate sums of even and odd terms, so that additions do not wait for one another.
    V even[kXRows], odd[kXRows];
    UNROLL_ALL for (int r = 0; r < kXRows; r++) {
      even[r] = start ? hn::Load(d, start + j) : hn::Zero(d);
      odd[r] = hn::Zero(d);
    }
    int i = 0;
    for (; i + 2 <= length; i += 2) {
      const V w0 = hn::Load(d, w + static_cast<size_t>(i) * stride + j);
      const V w1 = hn::Load(d, w + static_cast<size_t>(i + 1) * stride + j);
      UNROLL_ALL for (int r = 0; r < kXRows; r++) {
        even[r] = hn::MulAdd(hn::Set(d, in[r * in_stride + i]), w0, even[r]);
        odd[r] = hn::MulAdd(hn::Set(d, in[r * in_stride + i + 1]), w1, odd[r]);
      }
    }
    if (i < length) {
      const V w0 = hn::Load(d, w + static_cast<size_t>(i) * stride + j);
      UNROLL_ALL for (int r = 0; r < kXRows; r++) even[r] = hn::MulAdd(hn::Set(d, in[r * in_stride + i]), w0, even[r]);
    }
    UNROLL_ALL for (int r = 0; r < kXRows; r++) hn::Store(hn::Add(even[r], odd[r]), d, out + r * stride + j);
  }
}

template <class T>
void Scores(const PackedShape& shape, const PackedNet<const T>& net, const PackedBatch<T>& batch, int x_group) {
  const size_t row = static_cast<size_t>(x_group) * kXRows;
  const T* hidden = batch.hidden + row * shape.hidden_stride;
  Affine(hidden, shape.hidden_stride, shape.shape.H, net.W2, shape.score_stride, net.b2,
         batch.scores + row * shape.score_stride);
}

// s ← (softmax(s) − target) · scale for one row, where target is (1 − smoothing) · onehot(label) + smoothing / C.
// Returns −target · log softmax(s).
template <class T>
HWY_INLINE double SoftmaxRow(int C, int label, T scale, T smoothing, T* HWY_RESTRICT s) {
  const hn::ScalableTag<T> d;
  using V = hn::Vec<decltype(d)>;
  constexpr int L = hn::MaxLanes(d);
  const V lowest = hn::Set(d, -std::numeric_limits<T>::infinity());
  const auto present = [&](int j) { return hn::FirstN(d, static_cast<size_t>(C - j)); };
  V highest = lowest;
  for (int j = 0; j < C; j += L) highest = hn::Max(highest, hn::IfThenElse(present(j), hn::Load(d, s + j), lowest));
  highest = hn::MaxOfLanes(d, highest);
  double of_target = static_cast<double>(s[label]) - hn::GetLane(highest);  // may exceed the range of float
  if (smoothing > 0) {
    double of_all = 0;
    for (int c = 0; c < C; c++) of_all += static_cast<double>(s[c]) - hn::GetLane(highest);
    of_target += smoothing * (of_all / C - of_target);
  }
  V sums = hn::Zero(d);
  for (int j = 0; j < C; j += L) {
    const V t = hn::Sub(hn::Load(d, s + j), highest);
    // Exp would turn NaN into 0 and hide it from the loss.
    const V e = hn::IfThenElseZero(present(j), hn::IfThenElse(hn::Eq(t, t), hn::Exp(d, t), t));
    sums = hn::Add(sums, e);
    hn::Store(e, d, s + j);
  }
  const T sum = hn::GetLane(hn::SumOfLanes(d, sums));
  const V factor = hn::Set(d, scale / sum);
  for (int j = 0; j < C; j += L) hn::Store(hn::Mul(hn::Load(d, s + j), factor), d, s + j);
  if (smoothing > 0) {
    for (int c = 0; c < C; c++) s[c] -= smoothing / C * scale;
  }
  s[label] -= (1 - smoothing) * scale;
  return std::log(static_cast<double>(sum)) - of_target;
}

// dhidden = dscores · W2ᵀ · scale where hidden > 0, for one group of rows. Computes a stretch of whole vectors and
// whole panels at a time and copies it into the panels.
template <class T>
HWY_INLINE void BackwardHidden(const PackedShape& shape, const T* HWY_RESTRICT W2_transpose,
                               const PackedBatch<T>& batch, int x_group, T scale) {
  const hn::ScalableTag<T> d;
  using V = hn::Vec<decltype(d)>;
  const V factor = hn::Set(d, scale);
  constexpr int L = hn::MaxLanes(d), kUnits = kPanelGroups * kWRows, kStretch = std::lcm(L, kUnits);
  const size_t first = static_cast<size_t>(x_group) * kXRows;
  const size_t all_rows = static_cast<size_t>(shape.x_groups(batch.n)) * kXRows;
  const T* scores = batch.scores + first * shape.score_stride;
  const T* hidden = batch.hidden + first * shape.hidden_stride;
  const int all_units = shape.w_groups * kWRows;
  HWY_ALIGN T stretch[kXRows][kStretch];
  for (int begin = 0; begin < all_units; begin += kStretch) {
    const int end = std::min(begin + kStretch, all_units);
    for (int h = begin; h < end; h += L) {
      V dhidden[kXRows];
      UNROLL_ALL for (int r = 0; r < kXRows; r++) dhidden[r] = hn::Zero(d);
      for (int c = 0; c < shape.shape.C; c++) {
        const V w = hn::Load(d, W2_transpose + static_cast<size_t>(c) * shape.hidden_stride + h);
        UNROLL_ALL for (int r = 0; r < kXRows; r++) {
          dhidden[r] = hn::MulAdd(hn::Set(d, scores[r * shape.score_stride + c]), w, dhidden[r]);
        }
      }
      UNROLL_ALL for (int r = 0; r < kXRows; r++) {
        const auto active = hn::Gt(hn::LoadU(d, hidden + r * shape.hidden_stride + h), hn::Zero(d));
        hn::Store(hn::IfThenElseZero(active, hn::Mul(dhidden[r], factor)), d, stretch[r] + (h - begin));
      }
    }
    int h = begin;
    for (; h + kUnits <= end; h += kUnits) {
      T* to = batch.dhidden + h * all_rows + first * kUnits;
      UNROLL_ALL for (int r = 0; r < kXRows; r++) {
        std::memcpy(to + r * kUnits, stretch[r] + (h - begin), kUnits * sizeof(T));
      }
    }
    const int rest = end - h;  // the last panel may be smaller
    for (int r = 0; r < kXRows; r++) {
      std::copy_n(stretch[r] + (h - begin), rest, batch.dhidden + h * all_rows + (first + r) * rest);
    }
  }
}

template <class T>
double SoftmaxBackward(const PackedShape& shape, const PackedNet<const T>& net, const PackedBatch<T>& batch,
                       int x_group, const HeadInputs<T>& inputs) {
  const int first = x_group * kXRows, rows = std::min(kXRows, batch.n - first);
  T* scores = batch.scores + static_cast<size_t>(first) * shape.score_stride;
  double loss = 0;
  for (int r = 0; r < rows; r++) {
    const T weight = batch.weights[first + r];
    if (weight == 0) {  // whatever its scores are
      std::fill_n(scores + r * shape.score_stride, shape.score_stride, T(0));
      continue;
    }
    loss += weight * SoftmaxRow(shape.shape.C, batch.labels[first + r], inputs.scale * weight, inputs.label_smoothing,
                                scores + r * shape.score_stride);
  }
  // Missing rows of the last group get dhidden 0, so that they do not change W1.
  for (int r = rows; r < kXRows; r++) std::fill_n(scores + r * shape.score_stride, shape.score_stride, T(0));
  BackwardHidden(shape, net.W2_transpose, batch, x_group, inputs.hidden_scale);
  return loss;
}

}  // namespace HWY_NAMESPACE
}  // namespace two_layer_net
HWY_AFTER_NAMESPACE();

#endif  // TWO_LAYER_NET_HEAD_INL_H_
