// One step of training: forward, backward, update. Three implementations make the same step of different products:
// SimdStep (simd/simd_step.h), Bfloat16Step (simd/bfloat16/bfloat16_step.h) and BlasStep (training/blas_step.h).
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "../core/dropout.h"
#include "../core/fit.h"
#include "../core/parameters.h"
#include "../core/rows.h"
#include "../core/shape.h"
#include "../core/thread_team.h"
#include "../core/products.h"
#include "profile.h"
#include "update_rule.h"

namespace two_layer_net {

// Σ w² of the two layers' weights.
struct SquareSums {
  double W1 = 0, W2 = 0;
};

// The rows that the next call will probably use.
struct Upcoming {
  const Rows* rows = nullptr;  // null if that is not known
  const int32_t* indices = nullptr;
};

// What a pass over a minibatch depends on besides its rows. The loss of a row is −Σ_c target_c · log p_c, times the
// row's weight.
struct Pass {
  double weights;              // Σ of those of the whole batch that the loss is a mean over; if 0, gradients are 0
  double label_smoothing = 0;  // target = (1 − label_smoothing) · onehot(label) + label_smoothing / C
  Dropout dropout = {};        // of the hidden units
  int first_row = 0;           // the number in the minibatch of the first row that is passed: masks go by it

  // Of a row with weight 1 in the loss.
  template <class T>
  T scale() const {
    return weights > 0 ? T(1) / static_cast<T>(weights) : T(0);
  }
};

// A net in training, in the layout that its products use, with the buffers for its minibatches.
template <class T>
class Step {
 public:
  virtual ~Step() = default;

  // Copies the parameters and the rule's slots into a new step. Without slots, they are 0. The sum of squares is what
  // an update to these parameters would have left, to the last bit: a training that continues another one has that
  // one's losses.
  virtual void read(const Parameters<const T>& net, std::span<const Parameters<T>> slots, ThreadTeam& team) = 0;
  // Copies them out, all or without the slots.
  virtual void write(const Parameters<T>& net, std::span<const Parameters<T>> slots, ThreadTeam& team) const = 0;

  // Forward and backward through both layers, except for the gradient of W1. Returns the sum of the rows' losses.
  virtual double forward_backward(const LabelledRows& data, const Choice& rows, const Upcoming& upcoming,
                                  const Pass& pass, ThreadTeam& team) = 0;

  // Applies the update rule to all parameters, with the gradients of the data loss on the last forward_backward's rows,
  // which `data` must still hold. With inputs.settings.clip_norm, the gradient of loss and penalty is shortened to that
  // norm first (clip_factor).
  virtual void update(const UpdateInputs& inputs, ThreadTeam& team) = 0;
  // The same in two parts. The gradient is one array of gradient_size() numbers, which starts on a cache line; its
  // layout is the step's own, so that gradients of equal steps may be added number by number. update_by may change it.
  virtual size_t gradient_size() const = 0;
  virtual void store_gradient(T* gradient, ThreadTeam& team) = 0;
  virtual void update_by(T* gradient, const UpdateInputs& inputs, ThreadTeam& team) = 0;
  // gradients ← gradients + gradient.
  virtual void add_gradients(const Parameters<T>& gradients, ThreadTeam& team) = 0;

  // Σ W1² and Σ W2² as they are now.
  virtual SquareSums squares() const = 0;
  // Whether all parameters are finite. Fast, as long as those sums are.
  virtual bool finite() const = 0;

  // How well it predicts those rows and the ones before.
  virtual Fit evaluate(const LabelledRows& data, const Choice& rows, ThreadTeam& team, const Fit& before) const = 0;
  Fit evaluate(const LabelledRows& data, const Choice& rows, ThreadTeam& team) const {
    return evaluate(data, rows, team, Fit{});
  }

  // Where the time went since the step was constructed; all 0 unless options.profiled.
  virtual Profile profile() const = 0;
};

struct StepOptions {
  int capacity;     // rows in a minibatch, at most
  Element element;  // type of the rows' numbers
  int threads;      // of the largest team that will be passed
  Products products;
  bool profiled = false;
  bool bfloat16 = false;  // factors of the large products; with float, and only where has_bfloat16()
  const UpdateRule* rule = &kSgd;
};

template <class T>
std::unique_ptr<Step<T>> make_step(const Shape& shape, const StepOptions& options);

extern template std::unique_ptr<Step<float>> make_step<float>(const Shape&, const StepOptions&);
extern template std::unique_ptr<Step<double>> make_step<double>(const Shape&, const StepOptions&);

}  // namespace two_layer_net
