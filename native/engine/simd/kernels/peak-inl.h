// Measures the highest rate of multiply-adds on one thread:
//
//   chains[i] ← chains[i] · 0.3 + 0.7, `rounds` times
//
// Layout: registers only. Preconditions: none.
//
// Cost: a round is 12 independent multiply-adds, enough to hide their latency, and no loads.

#if defined(TWO_LAYER_NET_PEAK_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef TWO_LAYER_NET_PEAK_INL_H_
#undef TWO_LAYER_NET_PEAK_INL_H_
#else
#define TWO_LAYER_NET_PEAK_INL_H_
#endif

#include "target-inl.h"

HWY_BEFORE_NAMESPACE();
namespace two_layer_net {
namespace HWY_NAMESPACE {

// Returns the number of multiply-adds done, counting each lane. Every chain converges to 1, so that its numbers are as
// ordinary as those of a training.
template <class T>
HWY_NOINLINE double MultiplyAdds(int64_t rounds, T& result) {
  const hn::ScalableTag<T> d;
  constexpr int kChains = 12;  // two units with a latency of up to six
  hn::Vec<decltype(d)> chains[kChains];
  UNROLL_ALL for (int i = 0; i < kChains; i++) chains[i] = hn::Set(d, static_cast<T>(i));
  const auto factor = hn::Set(d, static_cast<T>(0.3)), term = hn::Set(d, static_cast<T>(0.7));
  for (int64_t round = 0; round < rounds; round++) {
    UNROLL_ALL for (int i = 0; i < kChains; i++) chains[i] = hn::MulAdd(chains[i], factor, term);
  }
  UNROLL_ALL for (int i = 1; i < kChains; i++) chains[0] = hn::Add(chains[0], chains[i]);
  result = hn::GetLane(chains[0]);
  return static_cast<double>(rounds) * kChains * static_cast<double>(hn::Lanes(d));
}

}  // namespace HWY_NAMESPACE
}  // namespace two_layer_net
HWY_AFTER_NAMESPACE();

#endif  // TWO_LAYER_NET_PEAK_INL_H_
