// Stochastic gradient descent, as a policy:
//
//   weights ← keep · weights − rate · gradient, keep = 1 − rate · reg
//   biases  ← biases − rate · gradient
//
// This file is included once for each instruction set, inside that instruction set's namespace, so it has no include
// guard and includes nothing. `Ops` has the operations on one vector (plain.h, simd/kernels/target-inl.h,
// simd/bfloat16/update-inl.h).
//
// Every policy has the same four members: kSlots, kLinear, a constructor from UpdateInputs, and apply. A linear policy
// also has keep and rate. apply<kIsWeight> returns the new parameters; `slots` points to kSlots vectors of state, which
// it updates in place. kIsWeight is false for biases, which are not regularized.
template <class T>
struct Sgd {
  static constexpr int kSlots = 0;
  static constexpr bool kLinear = true;

  T keep, rate;

  explicit Sgd(const UpdateInputs& inputs)
      : keep(static_cast<T>(1 - inputs.rate() * inputs.reg())), rate(static_cast<T>(inputs.rate())) {}

  template <bool kIsWeight, class Ops>
  inline typename Ops::V apply(const Ops& ops, typename Ops::V parameters, typename Ops::V gradient,
                               typename Ops::V*) const {
    if constexpr (kIsWeight) parameters = ops.mul(ops.set(keep), parameters);
    return ops.neg_mul_add(ops.set(rate), gradient, parameters);
  }
};
