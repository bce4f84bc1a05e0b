// Stochastic gradient descent with momentum, as torch.optim.SGD computes it (https://docs.pytorch.org):
//
//   gradient   ← gradient + reg · weights
//   velocity   ← momentum · velocity + gradient
//   parameters ← parameters − rate · velocity, or with Nesterov's momentum − rate · (gradient + momentum · velocity)
//
// See sgd-inl.h for what a policy is.
template <class T>
struct Momentum {
  static constexpr int kSlots = 1;  // the velocity
  static constexpr bool kLinear = false;

  T reg, momentum, along_velocity, along_gradient;

  explicit Momentum(const UpdateInputs& inputs)
      : reg(static_cast<T>(inputs.reg())), momentum(static_cast<T>(inputs.settings.momentum)) {
    const bool nesterov = inputs.settings.nesterov;
    along_velocity = static_cast<T>(inputs.rate() * (nesterov ? inputs.settings.momentum : 1));
    along_gradient = static_cast<T>(nesterov ? inputs.rate() : 0);
  }

  template <bool kIsWeight, class Ops>
  inline typename Ops::V apply(const Ops& ops, typename Ops::V parameters, typename Ops::V gradient,
                               typename Ops::V* slots) const {
    if constexpr (kIsWeight) gradient = ops.mul_add(ops.set(reg), parameters, gradient);
    slots[0] = ops.mul_add(ops.set(momentum), slots[0], gradient);
    parameters = ops.neg_mul_add(ops.set(along_velocity), slots[0], parameters);
    return ops.neg_mul_add(ops.set(along_gradient), gradient, parameters);
  }
};
