// A step that uses the BLAS for its matrix products, with parameters in their plain layout.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "../core/ranges.h"
#include "../step/step.h"

namespace two_layer_net {

// The work is split by rows for the passes through the layers, and by columns of D for W1's gradient. Partial sums are
// added in the order of the pieces.
template <class T>
class BlasStep : public Step<T> {
 public:
  BlasStep(const Shape& shape, const StepOptions& options);

  void read(const Parameters<const T>& net, std::span<const Parameters<T>> slots, ThreadTeam& team) override;
  void write(const Parameters<T>& net, std::span<const Parameters<T>> slots, ThreadTeam& team) const override;
  double forward_backward(const LabelledRows& data, const Choice& rows, const Upcoming& upcoming, const Pass& pass,
                          ThreadTeam& team) override;
  void update(const UpdateInputs& inputs, ThreadTeam& team) override;
  size_t gradient_size() const override { return shape_.size(); }
  void store_gradient(T* gradient, ThreadTeam& team) override;
  void update_by(T* gradient, const UpdateInputs& inputs, ThreadTeam& team) override;
  void add_gradients(const Parameters<T>& gradients, ThreadTeam& team) override;
  SquareSums squares() const override { return squares_; }
  bool finite() const override;
  Fit evaluate(const LabelledRows& data, const Choice& rows, ThreadTeam& team, const Fit& before) const override;
  Profile profile() const override { return profiler_.profile(); }

 private:
  template <class Lap>
  double backward_piece(const Pass& pass, int piece, const Lap& lap);
  void multiply_dW1(Range columns, T alpha, T beta, T* out) const;
  void update_columns(const UpdateInputs& inputs, Range columns, T* gradient);
  void apply_to_columns(const UpdateInputs& inputs, Range columns, const T* gradient);
  void update_small(const UpdateInputs& inputs, const Parameters<T>& gradient);
  double shorten(const Parameters<T>& gradient, const UpdateInputs& inputs, ThreadTeam& team);
  template <class Update>
  void update_pieces(ThreadTeam& team, const Update& update);
  double squares_of_W1(Range columns) const;
  void add_up_squares();

  const Shape shape_;
  const UpdateRule& rule_;
  std::vector<T> numbers_;            // the parameters, then each slot
  std::vector<Parameters<T>> state_;  // the same, as views
  SquareSums squares_;
  int n_ = 0;
  std::vector<Range> row_pieces_;     // of the gathered rows
  std::vector<Range> column_pieces_;  // of D
  std::vector<int32_t> labels_;
  std::vector<double> weights_;  // empty for 1 each
  std::vector<T> mean_;     // (D), or empty
  std::vector<T> X_;        // (n, D)
  std::vector<T> hidden_;   // (n, H) after ReLU
  std::vector<T> dhidden_;  // (n, H)
  std::vector<T> dscores_;  // (n, C)
  std::vector<T> dW2_, db1_, db2_;
  // One per row piece, added up in order.
  std::vector<T> dW2_parts_, db1_parts_, db2_parts_;
  std::vector<double> loss_parts_;
  std::vector<double> square_parts_;  // one per column piece
  std::vector<std::vector<T>> dW1_;   // of one column piece, for each thread; unused by linear rules
  std::vector<T> gradient_;           // if it was ever clipped
  Profiler profiler_;
};

extern template class BlasStep<float>;
extern template class BlasStep<double>;

}  // namespace two_layer_net
