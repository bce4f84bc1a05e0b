// Shared by the tests of the SIMD kernels: a loop over all targets, and nets whose results are exact.
#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <memory>
#include <ostream>
#include <string>
#include <type_traits>
#include <vector>

#include "../../../../native/engine/inference/products.h"
#include "../../../../native/engine/blas/blas.h"
#include "../../../../native/engine/core/array_math.h"
#include "../../../../native/engine/simd/kernels/kernels.h"
#include "../../../../native/engine/step/step.h"
#include "sample.h"

namespace two_layer_net {

// Forces one target while it exists, then returns to the best.
class ForcedTarget {
 public:
  explicit ForcedTarget(const std::string& name) { EXPECT_TRUE(force_simd_target(name)); }
  ~ForcedTarget() { force_simd_target(""); }
  ForcedTarget(const ForcedTarget&) = delete;
  ForcedTarget& operator=(const ForcedTarget&) = delete;
};

template <class T>
class OnSimdTargets : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!has_simd_kernels()) GTEST_SKIP() << "built without SIMD kernels";
  }

  template <class Use>
  static void on_each_target(const Use& use) {
    ASSERT_FALSE(simd_targets().empty());
    for (const std::string& name : simd_targets()) {
      SCOPED_TRACE(name);
      const ForcedTarget forced(name);
      ASSERT_EQ(simd_kernels<T>()->target, name);
      use();
    }
  }

  const SingleThreadedBlas hold_;
};
struct Case {
  Shape shape;
  int n;

  friend std::ostream& operator<<(std::ostream& out, const Case& c) {
    return out << "D " << c.shape.D << ", H " << c.shape.H << ", C " << c.shape.C << ", N " << c.n;
  }
};

// Rows, labels and weights whose sums of products are exact in float32, in any order. So the same units are active in
// float32 and float64, and some are exactly 0.
template <class Source>
class ExactSample {
 public:
  ExactSample(const Case& of, bool centred, bool by_indices)
      : start(of.shape), data(of.n + 3, of.shape, 1), by_indices_(by_indices), n_(of.n) {
    constexpr bool kBytes = std::is_same_v<Source, uint8_t>;
    Numbers numbers(2);
    if (!kBytes) {
      for (Source& x : data.X) x = static_cast<Source>((numbers.below(129) - 64) / 8.0);
    }
    if (centred) {
      data.mean.resize(of.shape.D);
      for (double& mean : data.mean) mean = kBytes ? 100 + numbers.below(101) / 2.0 : numbers.below(9) / 8.0;
    }
    const double row_size = (kBytes ? 150 : 5) * std::sqrt(of.shape.D);
    const int bits = static_cast<int>(std::ceil(std::log2(row_size * 10)));
    for (double& w : start.W1) w = std::ldexp(numbers.below(33) - 16, -bits);
    for (double& b : start.b1) b = (numbers.below(33) - 16) / 16.0;
    start.W2 = rounded(numbers.several<double>(start.W2.size(), -0.5, 0.5));
    start.b2 = rounded(numbers.several<double>(start.b2.size(), -0.5, 0.5));
    // Random rows with repeats, or all from the third row on.
    for (int i = 0; i < n_; i++) indices.push_back(by_indices ? numbers.below(n_ + 3) : 2 + i);
  }

  Choice choice() const { return {by_indices_ ? indices.data() : nullptr, 2, n_}; }

  Net<double> start;  // all values are exact in float32
  Data<Source> data;
  std::vector<int32_t> indices;

 private:
  static std::vector<double> rounded(std::vector<double> values) {
    for (double& value : values) value = static_cast<float>(value);
    return values;
  }

  bool by_indices_;
  int n_;
};

template <class T>
std::unique_ptr<Step<T>> step_from(const Net<T>& net, Element element, int capacity, Products products,
                                   ThreadTeam& team) {
  std::unique_ptr<Step<T>> step = make_step<T>(
      net.shape, {.capacity = capacity, .element = element, .threads = team.size(), .products = products});
  step->read(net.view(), {}, team);
  return step;
}

template <class T>
Net<T> written(const Step<T>& step, const Shape& shape) {
  Net<T> net(shape);
  ThreadTeam team(2);
  step.write(net.view(), {}, team);
  return net;
}

// One SGD update.
inline UpdateInputs sgd_step(double learning_rate, double reg) {
  return {.settings = {.learning_rate = learning_rate, .reg = reg}};
}

// Σ W1² + Σ W2², as the step knows them.
template <class T>
double all_squares(const Step<T>& step) {
  const auto [W1, W2] = step.squares();
  return W1 + W2;
}

// The same of a net.
template <class T>
double squares_of(const Net<T>& net) {
  return sum_of_squares(net.W1.size(), net.W1.data()) + sum_of_squares(net.W2.size(), net.W2.data());
}

}  // namespace two_layer_net
