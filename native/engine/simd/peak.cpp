#include "peak.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <limits>
#include <numeric>
#include <utility>
#include <vector>

#include "../core/thread.h"
#include "bfloat16/bfloat16.h"
#include "kernels/kernels.h"

namespace two_layer_net {
namespace {

// The rate of the calling thread. `multiply_adds` is a kernel that returns how many multiply-adds it did.
template <class T>
double best_rate(double (*multiply_adds)(int64_t, T&), double seconds) {
  using Clock = std::chrono::steady_clock;
  constexpr int64_t kRounds = 1'000'000;  // some milliseconds
  const auto since = [](Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
  };
  double best = 0;
  volatile T kept;  // otherwise the compiler could remove the loop
  const auto begin = Clock::now();
  do {
    const auto start = Clock::now();
    T result;
    const double done = multiply_adds(kRounds, result);
    kept = result;
    best = std::max(best, 2 * done / since(start) / 1e9);
  } while (since(begin) < seconds);
  static_cast<void>(kept);
  return best;
}

template <class T>
double peak_of(double (*multiply_adds)(int64_t, T&), int threads, double seconds) {
  std::vector<double> rates(threads);
  std::vector<Thread> others;
  others.reserve(threads - 1);
  for (int i = 1; i < threads; i++) {
    Thread other = Thread::start([&, i] { rates[i] = best_rate(multiply_adds, seconds); });
    if (!other) break;  // measure those that have started
    others.push_back(std::move(other));
  }
  rates[0] = best_rate(multiply_adds, seconds);
  for (Thread& other : others) other.join();
  return std::accumulate(rates.begin(), rates.end(), 0.0);
}

}  // namespace

double peak(Arithmetic arithmetic, int threads, double seconds) {
  if (arithmetic == Arithmetic::kBfloat16 && has_bfloat16()) return peak_of(multiply_adds_bfloat16, threads, seconds);
  const bool measurable = arithmetic != Arithmetic::kBfloat16 && simd_kernels<float>() != nullptr;
  if (!measurable) return std::numeric_limits<double>::quiet_NaN();
  return arithmetic == Arithmetic::kFloat64 ? peak_of(simd_kernels<double>()->multiply_adds, threads, seconds)
                                            : peak_of(simd_kernels<float>()->multiply_adds, threads, seconds);
}

}  // namespace two_layer_net
