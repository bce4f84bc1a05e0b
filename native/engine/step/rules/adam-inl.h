// Adam (Kingma & Ba, arXiv:1412.6980) and AdamW, its form with decoupled weight decay (Loshchilov & Hutter,
// arXiv:1711.05101), as torch.optim computes them:
//
//   gradient   ← gradient + reg · weights
//   mean       ← mean + (1 − beta1) · (gradient − mean)
//   square     ← beta2 · square + (1 − beta2) · gradient²
//   weights    ← (1 − learning_rate · weight_decay) · weights, in AdamW
//   parameters ← parameters − learning_rate / (1 − beta1^t) · mean / (√square / √(1 − beta2^t) + epsilon)
//
// With an input scale s (UpdateInputs), the weights V = W1 / s have the gradient s · gradient, whose s cancels in the
// quotient: V's step is that of W1's gradient with epsilon / s, and W1's is s times V's.
//
// See sgd-inl.h for what a policy is.
template <class T>
struct Adam {
  static constexpr int kSlots = 2;  // the mean, the square
  static constexpr bool kLinear = false;

  T reg, keep, of_gradient, beta2, of_square, rate, root_factor, epsilon;

  explicit Adam(const UpdateInputs& inputs) : reg(static_cast<T>(inputs.reg())) {
    const TrainingSettings& settings = inputs.settings;
    const double t = static_cast<double>(inputs.step);
    const bool decays = settings.optimizer == Optimizer::kAdamW;
    keep = static_cast<T>(decays ? 1 - settings.learning_rate * settings.weight_decay : 1);
    of_gradient = static_cast<T>(1 - settings.beta1);
    beta2 = static_cast<T>(settings.beta2);
    of_square = static_cast<T>(1 - settings.beta2);
    rate = static_cast<T>(inputs.scale * settings.learning_rate / (1 - std::pow(settings.beta1, t)));
    root_factor = static_cast<T>(1 / std::sqrt(1 - std::pow(settings.beta2, t)));
    epsilon = static_cast<T>(settings.epsilon / inputs.scale);
  }

  template <bool kIsWeight, class Ops>
  inline typename Ops::V apply(const Ops& ops, typename Ops::V parameters, typename Ops::V gradient,
                               typename Ops::V* slots) const {
    if constexpr (kIsWeight) {
      gradient = ops.mul_add(ops.set(reg), parameters, gradient);
      parameters = ops.mul(ops.set(keep), parameters);
    }
    slots[0] = ops.mul_add(ops.set(of_gradient), ops.sub(gradient, slots[0]), slots[0]);
    slots[1] = ops.mul_add(ops.mul(ops.set(of_square), gradient), gradient, ops.mul(ops.set(beta2), slots[1]));
    const typename Ops::V root = ops.mul_add(ops.sqrt(slots[1]), ops.set(root_factor), ops.set(epsilon));
    return ops.neg_mul_add(ops.set(rate), ops.div(slots[0], root), parameters);
  }
};
