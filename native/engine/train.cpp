#include "train.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <optional>
#include <utility>

#include "blas.h"
#include "inference.h"
#include "layers.h"
#include "minibatch.h"
#include "parameter_copy.h"
#include "thread_team.h"

namespace two_layer_net {
namespace {

template <class T>
bool all_parameters_finite(const Shape& shape, const Parameters<T>& net) {
  const auto finite = [](size_t size, const T* values) { return first_non_finite(size, values) == size; };
  return finite(shape.w1_size(), net.W1) && finite(shape.H, net.b1) && finite(shape.w2_size(), net.W2) &&
         finite(shape.C, net.b2);
}

// One training call.
template <class T>
class Trainer {
 public:
  Trainer(const Shape& shape, const Parameters<T>& net, const LabelledRows& training, const LabelledRows* validation,
          const TrainingOptions& options, const GeneratorState& random)
      : shape_(shape),
        net_(net),
        training_(training),
        validation_(validation),
        options_(options),
        epoch_(std::max<int>(static_cast<int>(training.rows.count / options.batch_size), 1)),
        team_(options.threads),
        batch_(shape, options.batch_size),
        indices_(options.batch_size),
        random_(random),
        learning_rate_(options.learning_rate) {
    if (training.rows.mean) mean_.assign(training.rows.mean, training.rows.mean + shape.D);
    squares_W1_ = sum_of_squares<T>(shape.w1_size(), net.W1);
    squares_W2_ = sum_of_squares<T>(shape.w2_size(), net.W2);
  }

  TrainingOutcome run(const TrainingHooks& hooks) {
    const auto start = std::chrono::steady_clock::now();
    TrainingStatus status = loop(hooks);
    // The last step's result meets no loss that would tell.
    if (status != TrainingStatus::kDiverged && !all_parameters_finite(shape_, net_)) {
      go_back_to_finite();
      status = TrainingStatus::kDiverged;
    }
    report_.iterations = iteration_;
    report_.learning_rate = learning_rate_;
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
    return {status, std::move(report_), random_.state(), seconds.count()};
  }

 private:
  // The state that the iterations after it follow from.
  struct Checkpoint {
    ParameterCopy<T> parameters;
    GeneratorState random;
    double learning_rate;
    int iteration;
  };

  TrainingStatus loop(const TrainingHooks& hooks) {
    while (iteration_ < options_.iterations) {
      if (iteration_ % kCheckpointInterval == 0) checkpoint();
      const double loss = forward_backward();
      if (!std::isfinite(loss)) {
        go_back_to_finite();
        return TrainingStatus::kDiverged;
      }
      update();
      report_.losses.push_back(loss);
      if (at_epoch()) note_accuracies();
      next_iteration();
      if (iteration_ == options_.iterations) break;
      if (hooks.stop()) return TrainingStatus::kStopped;
      if (hooks.report_due()) report(hooks);
    }
    return TrainingStatus::kDone;
  }

  void report(const TrainingHooks& hooks) {
    report_.iterations = iteration_;
    report_.learning_rate = learning_rate_;
    hooks.report(std::exchange(report_, {}));
  }

  bool at_epoch() const { return iteration_ % epoch_ == 0; }

  void next_iteration() {
    if (at_epoch()) learning_rate_ *= options_.learning_rate_decay;
    iteration_++;
  }

  // Draws a minibatch; returns its loss and leaves its gradients in batch_.
  double forward_backward() {
    const T scale = T(1) / static_cast<T>(options_.batch_size);
    random_.choice(static_cast<uint32_t>(training_.rows.count), options_.batch_size, indices_.data());
    batch_.gather(training_.rows, mean_.empty() ? nullptr : mean_.data(), training_.labels, indices_.data(), 0,
                  options_.batch_size, team_);
    const double data_loss = batch_.backward(net_, scale, team_) / options_.batch_size;
    return data_loss + 0.5 * options_.reg * (squares_W1_ + squares_W2_);
  }

  // w ← w − lr · (dw + reg · w), for the weights as w ← (1 − lr·reg) · w − lr · dw.
  void update() {
    const T rate = static_cast<T>(learning_rate_);
    const T keep = static_cast<T>(1 - learning_rate_ * options_.reg);
    squares_W1_ = batch_.add_dW1(-rate, keep, net_.W1, team_);
    for (size_t i = 0; i < shape_.w2_size(); i++) net_.W2[i] = keep * net_.W2[i] - rate * batch_.dW2()[i];
    for (int h = 0; h < shape_.H; h++) net_.b1[h] -= rate * batch_.db1()[h];
    for (int c = 0; c < shape_.C; c++) net_.b2[c] -= rate * batch_.db2()[c];
    squares_W2_ = sum_of_squares<T>(shape_.w2_size(), net_.W2);
  }

  void note_accuracies() {
    const Parameters<const T> net = net_;
    report_.train_accuracies.push_back(accuracy<T>(shape_, net, batch_.rows(), batch_.labels(), team_));
    if (validation_) {
      report_.validation_accuracies.push_back(
          accuracy<T>(shape_, net, validation_->rows, validation_->labels, team_));
    }
  }

  void checkpoint() {
    if (!all_parameters_finite(shape_, net_)) return;  // the checkpoint before stays good
    if (!checkpoint_) checkpoint_.emplace();
    checkpoint_->parameters.take(shape_, net_);
    checkpoint_->random = random_.state();
    checkpoint_->learning_rate = learning_rate_;
    checkpoint_->iteration = iteration_;
  }

  // Updates happen in place, so that the parameters before a bad step are gone: they are made again from the last
  // checkpoint, which a training that does not diverge pays for with one copy every kCheckpointInterval iterations.
  void go_back_to_finite() {
    if (!checkpoint_ || all_parameters_finite(shape_, net_)) return;
    const RandomStream random_now = random_;
    const double learning_rate_now = learning_rate_;
    const int iteration_now = iteration_;
    ParameterCopy<T> finite = checkpoint_->parameters;
    finite.write(net_);
    random_ = RandomStream(checkpoint_->random);
    learning_rate_ = checkpoint_->learning_rate;
    iteration_ = checkpoint_->iteration;
    while (iteration_ < iteration_now) {
      forward_backward();
      update();
      next_iteration();
      if (!all_parameters_finite(shape_, net_)) break;
      finite.take(shape_, net_);
    }
    finite.write(net_);
    random_ = random_now;
    learning_rate_ = learning_rate_now;
    iteration_ = iteration_now;
  }

  static constexpr int kCheckpointInterval = 50;

  const Shape shape_;
  const Parameters<T> net_;
  const LabelledRows training_;
  const LabelledRows* validation_;
  const TrainingOptions options_;
  const int epoch_;  // iterations in one
  ThreadTeam team_;
  Minibatch<T> batch_;
  std::vector<T> mean_;
  std::vector<int32_t> indices_;
  RandomStream random_;
  double learning_rate_;
  int iteration_ = 0;
  double squares_W1_, squares_W2_;  // Σ of the weights as they are now
  TrainingReport report_;
  std::optional<Checkpoint> checkpoint_;  // none while the parameters were never finite
};

}  // namespace

template <class T>
TrainingOutcome train(const Shape& shape, const Parameters<T>& net, const LabelledRows& training,
                      const LabelledRows* validation, const TrainingOptions& options, const GeneratorState& random,
                      const TrainingHooks& hooks) {
  const SingleThreadedBlas hold;
  return Trainer<T>(shape, net, training, validation, options, random).run(hooks);
}

int useful_threads(const Shape& shape, const TrainingOptions& options) {
  // Forward and backward; one pass of each is handed out at a time.
  const double multiplications =
      static_cast<double>(options.batch_size) * static_cast<double>(shape.w1_size() + shape.w2_size());
  const size_t chunks = std::max(Minibatch<float>::row_pieces(options.batch_size), Minibatch<float>::column_pieces(shape.D));
  return useful_threads(multiplications, chunks, options.threads);
}

template TrainingOutcome train<float>(const Shape&, const Parameters<float>&, const LabelledRows&, const LabelledRows*,
                                      const TrainingOptions&, const GeneratorState&, const TrainingHooks&);
template TrainingOutcome train<double>(const Shape&, const Parameters<double>&, const LabelledRows&,
                                       const LabelledRows*, const TrainingOptions&, const GeneratorState&,
                                       const TrainingHooks&);

}  // namespace two_layer_net
