#include "simd_step.h"

#include <cmath>
#include <numeric>
#include <utility>

#include "../core/array_math.h"
#include "../layers/fit.h"
#include "bfloat16/bfloat16_step.h"
#include "simd_inference.h"

namespace two_layer_net {

template <class T, class LargeProducts>
SimdStep<T, LargeProducts>::SimdStep(const Shape& shape, const Kernels<T>& kernels, const StepOptions& options)
    : rule_(*options.rule),
      buffers_(shape, kernels, options, LargeProducts::forward_of(shape, kernels.tiles, options.capacity),
               LargeProducts::kMoreGroups),
      products_(buffers_, options),
      state_(buffers_.shape, kernels, rule_.slots),
      losses_(buffers_.shape.x_groups(options.capacity)),
      squares_W1_(buffers_.update_units().size()) {}

template <class T, class LargeProducts>
void SimdStep<T, LargeProducts>::read(const Parameters<const T>& net, std::span<const Parameters<T>> slots,
                                      ThreadTeam& team) {
  state_.read(net, slots, team);
  // This leaves the weights as they are, and sums their squares in the order of updates.
  buffers_.clear_gradients();
  squares_ = {apply(kSgd, changing_nothing(), state_.views(), team), squares_W2()};
  products_.take_weights(state_.net(), team);
}

template <class T, class LargeProducts>
void SimdStep<T, LargeProducts>::write(const Parameters<T>& net, std::span<const Parameters<T>> slots,
                                       ThreadTeam& team) const {
  state_.write(net, slots, team);
}

template <class T, class LargeProducts>
double SimdStep<T, LargeProducts>::forward_backward(const LabelledRows& data, const Choice& rows,
                                                    const Upcoming& upcoming, const Pass& pass, ThreadTeam& team) {
  if (std::exchange(weights_replaced_, false)) products_.take_weights(state_.net(), team);
  buffers_.begin(data, rows, upcoming);
  products_.forward(data, rows, state_.net(), team);
  return head(pass, team);
}

template <class T, class LargeProducts>
double SimdStep<T, LargeProducts>::head(const Pass& pass, ThreadTeam& team) {
  const HeadInputs<T> inputs{.scale = pass.scale<T>(),
                             .label_smoothing = static_cast<T>(pass.label_smoothing),
                             .hidden_scale = static_cast<T>(pass.dropout.scale())};
  const PackedNet<const T> net = products_.net_of_head(state_.net());
  const Kernels<T>& kernels = buffers_.kernels;
  const int groups = buffers_.shape.x_groups(buffers_.batch.n);
  const bool by_panel = buffers_.shape.forward == Forward::kOuter;
  if (by_panel) {
    buffers_.profiler.for_each(team, buffers_.shape.x_panels(buffers_.batch.n), [&](int panel, int, const auto& lap) {
      kernels.hidden_of_panel(buffers_.shape, net, buffers_.batch, panel);
      lap(&Profile::head);
    });
  }
  buffers_.profiler.for_each(team, groups, [&](int group, int, const auto& lap) {
    if (!by_panel) kernels.hidden(buffers_.shape, net, buffers_.batch, group);
    drop_hidden(pass, group);
    kernels.scores(buffers_.shape, net, buffers_.batch, group);
    losses_[group] = kernels.softmax_backward(buffers_.shape, net, buffers_.batch, group, inputs);
    lap(&Profile::head);
  });
  return std::accumulate(losses_.begin(), losses_.begin() + groups, 0.0);
}

// The backward pass needs no masks: a unit that was dropped is 0, like one that ReLU stopped.
template <class T, class LargeProducts>
void SimdStep<T, LargeProducts>::drop_hidden(const Pass& pass, int group) {
  if (!pass.dropout.on()) return;
  const PackedShape& shape = buffers_.shape;
  const int begin = group * shape.tiles.x_rows, end = std::min(begin + shape.tiles.x_rows, buffers_.batch.n);
  pass.dropout.apply(pass.first_row + begin, pass.first_row + end, shape.shape.H, shape.hidden_stride,
                     buffers_.batch.hidden + static_cast<size_t>(begin) * shape.hidden_stride);
}

// Returns the new Σ W1². A unit of work also has its share of the panels of hidden units, for the other parameters.
template <class T, class LargeProducts>
double SimdStep<T, LargeProducts>::apply(const UpdateRule& rule, const UpdateInputs& inputs, const PackedNet<T>* state,
                                    ThreadTeam& team) {
  products_.begin_update(team);
  const SimdUpdate<T>& kernels = rule.simd<T>();
  const PackedShape& shape = buffers_.shape;
  const UpdateInputs inputs_of_W1 = inputs.of_W1();
  const int units = static_cast<int>(squares_W1_.size());
  buffers_.profiler.for_each(team, units, [&](int i, int member, const auto& lap) {
    const Range panels = part_of(shape.panels, i, units);
    for (int panel = panels.begin; panel < panels.end; panel++) {
      kernels.apply_others(shape, buffers_.batch, panel, inputs, state);
    }
    squares_W1_[i] =
        products_.apply_dW1(rule, buffers_.update_units()[i], inputs_of_W1, state, buffers_.scratch_of(member));
    lap(&Profile::update);
  });
  return std::accumulate(squares_W1_.begin(), squares_W1_.end(), 0.0);
}

template <class T, class LargeProducts>
void SimdStep<T, LargeProducts>::update(const UpdateInputs& inputs, ThreadTeam& team) {
  if (inputs.settings.clip_norm > 0) {
    // Its norm must be known before it is applied, so that it has to be stored.
    if (gradient_.size() == 0) gradient_ = AlignedBuffer<T>(gradient_size());
    store_gradient(gradient_.data(), team);
    update_by(gradient_.data(), inputs, team);
  } else {
    squares_.W1 = apply(rule_, inputs, state_.views(), team);
    squares_.W2 = squares_W2();
  }
}

template <class T, class LargeProducts>
void SimdStep<T, LargeProducts>::store_gradient(T* numbers, ThreadTeam& team) {
  const PackedShape& shape = buffers_.shape;
  const PackedNet<T> gradient = packed_net_in(shape, numbers);
  std::fill_n(gradient.b1_tiles, static_cast<size_t>(shape.w_groups) * shape.tiles.tile_size(), T(0));
  std::fill_n(gradient.b2, shape.score_stride, T(0));
  apply(kSgd, replacing_by_the_gradient(), &gradient, team);
  weights_replaced_ = true;
}

template <class T, class LargeProducts>
void SimdStep<T, LargeProducts>::update_by(T* numbers, const UpdateInputs& inputs, ThreadTeam& team) {
  const PackedShape& shape = buffers_.shape;
  const PackedNet<const T> gradient = packed_net_in(shape, numbers);
  const double most = inputs.settings.clip_norm;
  const double factor = most > 0 ? clip_factor(squares_of_gradient(gradient, inputs, team), most) : 1;
  UpdateInputs clipped = inputs;
  clipped.settings.reg *= factor;  // the penalty's gradient is shortened, too
  const SimdUpdate<T>& kernels = rule_.simd<T>();
  const UpdateInputs clipped_of_W1 = clipped.of_W1();
  const int units = static_cast<int>(squares_W1_.size());
  buffers_.profiler.for_each(team, units, [&](int i, int, const auto& lap) {
    const Range panels = part_of(shape.panels, i, units);
    for (int panel = panels.begin; panel < panels.end; panel++) {
      kernels.apply_stored_others(shape, gradient, static_cast<T>(factor), panel, clipped, state_.views());
    }
    squares_W1_[i] = products_.apply_stored_dW1(rule_, gradient, static_cast<T>(factor), buffers_.update_units()[i],
                                                clipped_of_W1, state_.views());
    lap(&Profile::update);
  });
  weights_replaced_ = false;
  squares_ = {std::accumulate(squares_W1_.begin(), squares_W1_.end(), 0.0), squares_W2()};
}

// Σ (gradient + reg · w)² of the net that is trained (UpdateInputs::scale).
template <class T, class LargeProducts>
double SimdStep<T, LargeProducts>::squares_of_gradient(const PackedNet<const T>& gradient, const UpdateInputs& inputs,
                                                       ThreadTeam& team) {
  const PackedShape& shape = buffers_.shape;
  const UpdateInputs of_W1 = inputs.of_W1();
  const int w_rows = shape.tiles.w_rows;
  team.for_each(static_cast<int>(squares_W1_.size()), [&](int i, int) {
    const auto& [chunk, columns] = buffers_.update_units()[i];
    squares_W1_[i] = 0;
    for (int group = 0; group < shape.w_groups; group++) {
      const size_t at = shape.w1_offset(chunk, group) + static_cast<size_t>(columns.begin) * w_rows;
      squares_W1_[i] += sum_of_squared_sums<T>(static_cast<size_t>(columns.size()) * w_rows, gradient.W1 + at,
                                               of_W1.reg(), state_.net().W1 + at);
    }
  });
  double squares = of_W1.scale * of_W1.scale * std::accumulate(squares_W1_.begin(), squares_W1_.end(), 0.0);
  const size_t W2_size = static_cast<size_t>(shape.shape.H) * shape.score_stride;
  squares += sum_of_squared_sums<T>(W2_size, gradient.W2, inputs.reg(), state_.net().W2);
  for (int h = 0; h < shape.shape.H; h++) {
    const double b1 = gradient.b1_tiles[static_cast<size_t>(h / w_rows) * shape.tiles.tile_size() + h % w_rows];
    squares += b1 * b1;
  }
  return squares + two_layer_net::sum_of_squares<T>(shape.shape.C, gradient.b2);
}

template <class T, class LargeProducts>
void SimdStep<T, LargeProducts>::add_gradients(const Parameters<T>& gradients, ThreadTeam& team) {
  PackedNetCopy<T> packed(buffers_.shape);
  const PackedNet<T> view = packed.view();
  apply(kSgd, adding_the_gradient(), &view, team);
  packed.add_to(buffers_.shape, buffers_.kernels, gradients, team);
  weights_replaced_ = true;
}

template <class T, class LargeProducts>
double SimdStep<T, LargeProducts>::squares_W2() const {
  const PackedShape& shape = buffers_.shape;
  const size_t size = static_cast<size_t>(shape.shape.H) * shape.score_stride;  // the padding is 0
  return two_layer_net::sum_of_squares<T>(size, state_.net().W2);
}

// No weight is NaN or infinite if the sum of their squares is not.
template <class T, class LargeProducts>
bool SimdStep<T, LargeProducts>::finite() const {
  return (std::isfinite(squares_.W1 + squares_.W2) || state_.weights_are_finite()) && state_.biases_are_finite();
}

template <class T, class LargeProducts>
Fit SimdStep<T, LargeProducts>::evaluate(const LabelledRows& data, const Choice& rows, ThreadTeam& team,
                                         const Fit& before) const {
  FitOfBlocks<T> fit(buffers_.shape.shape.C, data, rows);
  InferenceBuffers<T> memory;
  for_each_scored_block<T>(buffers_.shape, buffers_.kernels, state_.net(), data.rows, rows, team, memory,
                           {.look = {}, .use = [&](Range block, const T* scores, int stride) {
                              fit.add(block, scores, stride);
                            }});
  return fit.of_all(before);
}

template class SimdStep<float>;
template class SimdStep<double>;
template class SimdStep<float, Bfloat16Products>;

}  // namespace two_layer_net
