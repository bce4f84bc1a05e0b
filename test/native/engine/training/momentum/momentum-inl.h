// Momentum, a rule for tests: velocity ← kMomentum · velocity + gradient (+ reg · w), parameters ← parameters − rate ·
// velocity. Included like native/engine/step/rules/sgd-inl.h.
template <class T>
struct Momentum {
  static constexpr int kSlots = 1;
  static constexpr bool kLinear = false;
  static constexpr T kMomentum = T(0.9);

  T reg, rate;

  explicit Momentum(const UpdateInputs& inputs)
      : reg(static_cast<T>(inputs.settings.reg)), rate(static_cast<T>(inputs.settings.learning_rate)) {}

  template <bool kIsWeight, class Ops>
  inline typename Ops::V apply(const Ops& ops, typename Ops::V parameters, typename Ops::V gradient,
                               typename Ops::V* slots) const {
    if constexpr (kIsWeight) gradient = ops.mul_add(ops.set(reg), parameters, gradient);
    slots[0] = ops.mul_add(ops.set(kMomentum), slots[0], gradient);
    return ops.neg_mul_add(ops.set(rate), slots[0], parameters);
  }
};
