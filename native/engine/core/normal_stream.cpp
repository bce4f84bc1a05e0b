#include "normal_stream.h"

#include <algorithm>
#include <cmath>

#include "float_environment.h"
#include "glibc_log.h"

namespace two_layer_net {
namespace {

// Pairs of normal draws by Marsaglia's polar method, as in NumPy's legacy_gauss: a point in the unit circle gives two.
// It is done for a block of points at a time, in loops that compilers can vectorize.
class Pairs {
 public:
  static constexpr size_t kMost = 256;

  // Draws `attempts` points of the square and keeps those in the circle; returns how many.
  size_t draw(RandomStream& random, size_t attempts) {
    random.doubles(2 * attempts, uniform_);
    size_t kept = 0;
    for (size_t i = 0; i < attempts; i++) {
      const double x1 = 2 * uniform_[2 * i] - 1, x2 = 2 * uniform_[2 * i + 1] - 1, r2 = x1 * x1 + x2 * x2;
      // A point outside is overwritten by the next: no branch for the processor to guess.
      first_[kept] = x2;
      second_[kept] = x1;
      squared_[kept] = factor_[kept] = r2;
      kept += r2 < 1 && r2 != 0;
    }
    glibc_log(kept, factor_);
    for (size_t i = 0; i < kept; i++) factor_[i] = std::sqrt(-2 * factor_[i] / squared_[i]);
    return kept;
  }

  double first(size_t i) const { return factor_[i] * first_[i]; }
  double second(size_t i) const { return factor_[i] * second_[i]; }

 private:
  double uniform_[2 * kMost], first_[kMost], second_[kMost], squared_[kMost], factor_[kMost];
};

}  // namespace

template <class T>
void NormalStream::fill(size_t size, double scale, T* draws) {
  const DefaultFloatEnvironment environment;
  size_t done = 0;
  if (has_waiting_ && size > 0) {
    draws[done++] = static_cast<T>(scale * waiting_);
    has_waiting_ = false;
    waiting_ = 0;
  }
  Pairs pairs;
  while (size - done >= 2) {
    // Never more attempts than pairs are needed: the stream ends where one draw after the other ends.
    const size_t kept = pairs.draw(random_, std::min(Pairs::kMost, (size - done) / 2));
    for (size_t i = 0; i < kept; i++) {
      draws[done + 2 * i] = static_cast<T>(scale * pairs.first(i));
      draws[done + 2 * i + 1] = static_cast<T>(scale * pairs.second(i));
    }
    done += 2 * kept;
  }
  if (done == size) return;
  while (pairs.draw(random_, 1) == 0) {
  }
  draws[done] = static_cast<T>(scale * pairs.first(0));
  has_waiting_ = true;
  waiting_ = pairs.second(0);
}

template void NormalStream::fill<float>(size_t, double, float*);
template void NormalStream::fill<double>(size_t, double, double*);

}  // namespace two_layer_net
