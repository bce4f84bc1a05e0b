// Applies a rule's policy to plain arrays, one number at a time, for the BLAS step, whose gradients are complete
// arrays.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "../update_rule.h"

namespace two_layer_net {

// The operations on a "vector" of one number.
template <class T>
struct PlainOps {
  using V = T;
  V set(T value) const { return value; }
  V add(V a, V b) const { return a + b; }
  V sub(V a, V b) const { return a - b; }
  V mul(V a, V b) const { return a * b; }
  V div(V a, V b) const { return a / b; }
  V sqrt(V a) const { return std::sqrt(a); }
  V mul_add(V a, V b, V c) const { return a * b + c; }      // a · b + c
  V neg_mul_add(V a, V b, V c) const { return c - a * b; }  // c − a · b
};

template <class Rule, class T, bool kIsWeight>
void apply_plain(const UpdateInputs& inputs, size_t size, const T* gradient, T* const* state) {
  const Rule rule(inputs);
  T* parameters = state[0];
  T slots[std::max(Rule::kSlots, 1)];
  for (size_t i = 0; i < size; i++) {
    for (int slot = 0; slot < Rule::kSlots; slot++) slots[slot] = state[1 + slot][i];
    parameters[i] = rule.template apply<kIsWeight>(PlainOps<T>(), parameters[i], gradient[i], slots);
    for (int slot = 0; slot < Rule::kSlots; slot++) state[1 + slot][i] = slots[slot];
  }
}

template <class Rule, class T>
LinearUpdate<T> linear_factors(const UpdateInputs& inputs) {
  const Rule rule(inputs);
  return {rule.keep, rule.rate};
}

template <class Rule, class T>
constexpr PlainUpdate<T> plain_update() {
  PlainUpdate<T> update{apply_plain<Rule, T, true>, apply_plain<Rule, T, false>, nullptr};
  if constexpr (Rule::kLinear) update.linear = linear_factors<Rule, T>;
  return update;
}

}  // namespace two_layer_net
