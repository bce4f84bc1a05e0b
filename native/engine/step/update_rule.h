// Update rules: how a gradient changes the parameters. A rule is one policy struct (rules/sgd-inl.h), compiled for each
// kind of matrix product; the steps know only the tables below.
//
// A policy updates any numbers laid out like the parameters: it sees the parameters, their gradient and `slots` arrays
// of its own state, all in the same layout. Slots are part of a training's state: they are read, written, saved and
// restored with the parameters, and are 0 at the start.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>

#include "settings.h"

namespace two_layer_net {

// Everything that an update depends on besides the gradient. Each rule uses what it needs.
struct UpdateInputs {
  TrainingSettings settings;  // with this step's learning rate
  int64_t step = 1;           // the number of this update, from 1 at the start of training: for bias correction

  // Rows count as multiplied by this for the weights that are updated: the input scale for W1, 1 for all others.
  // Training is then that of a net with weights V on rows s · x, whose W1 is s · V so that it takes the rows as they
  // are. A step along V's gradient, which is s times that of W1, changes W1 by s² times its own gradient; and
  // ½ · reg · ΣV² is ½ · reg / s² · ΣW1².
  double scale = 1;

  UpdateInputs of_W1() const {
    UpdateInputs inputs = *this;
    inputs.scale = settings.input_scale;
    return inputs;
  }
  double rate() const { return settings.learning_rate * (scale * scale); }
  double reg() const { return settings.reg / (scale * scale); }
};

// What a gradient with this sum of squares is multiplied by: as torch.nn.utils.clip_grad_norm_ does it.
inline double clip_factor(double squares, double clip_norm) {
  return std::min(clip_norm / (std::sqrt(squares) + 1e-6), 1.0);
}

// The two factors of a linear rule: parameters ← keep · parameters − rate · gradient. `keep` is 1 for biases.
template <class T>
struct LinearUpdate {
  T keep;
  T rate;
};

// A rule for plain arrays. `state` points to the parameters, then to each slot.
template <class T>
struct PlainUpdate {
  void (*weights)(const UpdateInputs& inputs, size_t size, const T* gradient, T* const* state);
  void (*biases)(const UpdateInputs& inputs, size_t size, const T* gradient, T* const* state);
  // Null unless the rule is linear.
  LinearUpdate<T> (*linear)(const UpdateInputs& inputs);
};

template <class T>
struct SimdUpdate;      // simd/kernels/kernels.h
struct Bfloat16Update;  // simd/bfloat16/bfloat16.h

inline constexpr int kMostSlots = 2;

// One rule, compiled for every kind of product.
struct UpdateRule {
  const char* name;
  int slots;  // at most kMostSlots arrays of state, each laid out like the parameters
  PlainUpdate<float> plain_float32;
  PlainUpdate<double> plain_float64;
  // The kernels for the SIMD target in use; null if the package was built without SIMD kernels.
  const SimdUpdate<float>* (*simd_float32)();
  const SimdUpdate<double>* (*simd_float64)();
  // Used only if has_bfloat16().
  const Bfloat16Update* bfloat16;

  // A linear rule can be applied in parts, to one part of the gradient after the other.
  bool linear() const { return plain_float32.linear != nullptr; }

  template <class T>
  const PlainUpdate<T>& plain() const {
    if constexpr (sizeof(T) == sizeof(float)) {
      return plain_float32;
    } else {
      return plain_float64;
    }
  }
  template <class T>
  const SimdUpdate<T>& simd() const {
    if constexpr (sizeof(T) == sizeof(float)) {
      return *simd_float32();
    } else {
      return *simd_float64();
    }
  }
};

// Stochastic gradient descent: w ← w − learning_rate · (gradient + reg · w), and for biases without reg.
extern const UpdateRule kSgd;
// The same with momentum, and Nesterov's momentum.
extern const UpdateRule kMomentum;
// Adam and AdamW.
extern const UpdateRule kAdam;

// The rule that the settings ask for.
const UpdateRule& rule_of(const TrainingSettings& settings);

// With SGD, these inputs add the gradient to the parameters; replace the weights by it, and add it to the biases; and
// leave all as they are.
inline UpdateInputs adding_the_gradient() { return {.settings = {.learning_rate = -1}}; }
inline UpdateInputs replacing_by_the_gradient() { return {.settings = {.learning_rate = -1, .reg = -1}}; }
inline UpdateInputs changing_nothing() { return {.settings = {.learning_rate = 0}}; }

}  // namespace two_layer_net
