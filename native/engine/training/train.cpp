#include "train.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <memory>
#include <optional>
#include <utility>

#include "../core/float_environment.h"
#include "../core/thread_team.h"
#include "../step/step.h"
#include "final_accuracies.h"
#include "minibatch_draws.h"
#include "shards.h"

namespace two_layer_net {
namespace {

// One training call.
template <class T>
class Trainer final : public Training {
 public:
  Trainer(const Shape& shape, const Parameters<T>& net, std::span<const Parameters<T>> slots,
          const LabelledRows& training, const LabelledRows* validation, const TrainingOptions& options,
          const GeneratorState& random, BestEpoch<T>* best)
      : shape_(shape),
        net_(net),
        slots_(slots.begin(), slots.end()),
        training_(training),
        validation_(validation),
        best_(best),
        options_(options),
        epoch_(iterations_per_epoch(training.rows.count, options.settings.batch_size)),
        processes_(options.group),
        shards_(options.settings.shards, options.settings.batch_size, processes_),
        team_(options.threads),
        changed_(settings_, shape.D, training.rows.element, options.picture),
        step_(new_step()),
        indices_(options.settings.batch_size),
        upcoming_(options.settings.batch_size),
        random_before_(random),
        random_(random),
        draws_(std::in_place, settings_, training.rows.count, options.first_iteration, random),
        iteration_(options.first_iteration),
        learning_rate_(first_rate()) {
    draw_ahead();
    if (step_->finite()) note_checkpoint();
    environment_.reset();
  }

  std::optional<TrainingOutcome> go_on(const TrainingHooks& hooks) override {
    if (!start_) start_ = std::chrono::steady_clock::now();
    environment_.emplace();
    std::optional<TrainingOutcome> outcome;
    if (const std::optional<TrainingStatus> status = loop(hooks)) outcome = end(*status, hooks);
    environment_.reset();
    return outcome;
  }

 private:
  TrainingOutcome end(TrainingStatus status, const TrainingHooks& hooks) {
    const Profile profile = step_->profile();
    // No loss is computed after the last step, so check the parameters too.
    const bool finite = step_->finite();
    if (!finite) status = TrainingStatus::kDiverged;
    if (finite || !checkpoint_) {
      step_->write(net_, slots_, team_);
    } else {
      write_last_finite(hooks);
    }
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - *start_;
    const auto accuracies = final_accuracies(status, hooks);
    report_.iterations = iteration_;
    report_.learning_rate = learning_rate_;
    return {status, std::move(report_), random_, seconds.count(), profile, accuracies};
  }

  // Everything that later iterations depend on besides the parameters and slots.
  struct Checkpoint {
    GeneratorState random;
    double learning_rate;
    int iteration;
  };

  // A step that continues from net_ and slots_.
  std::unique_ptr<Step<T>> new_step() {
    std::unique_ptr<Step<T>> step = make_step<T>(shape_, {.capacity = shards_.capacity(),
                                                          .element = changed_.element(),
                                                          .threads = team_.size(),
                                                          .products = options_.products,
                                                          .profiled = options_.profiled,
                                                          .bfloat16 = options_.bfloat16,
                                                          .rule = &rule_of(settings_)});
    step->read(net_, slots_, team_);
    return step;
  }

  // None if it was paused.
  std::optional<TrainingStatus> loop(const TrainingHooks& hooks) {
    while (iteration_ < settings_.num_iters) {
      if (checkpoint_ && iteration_ - checkpoint_->iteration >= kCheckpointInterval) write_checkpoint();
      const double loss = forward_backward();
      if (!std::isfinite(loss)) {
        // This iteration is not done: an epoch's permutation would have to be drawn again.
        if (settings_.sampling == Sampling::kPermutation) random_ = random_before_;
        return TrainingStatus::kDiverged;
      }
      update();
      report_.losses.push_back(loss);
      const bool waiting = !at_epoch() || note_epoch(hooks);
      next_iteration();
      if (iteration_ == settings_.num_iters) break;
      if (!waiting) return TrainingStatus::kEarly;
      const bool due = hooks.report_due();
      const uint32_t signs = processes_.any((hooks.stop() ? kStop : 0) | (due ? kReport : 0));
      if (signs & kStop) return TrainingStatus::kStopped;
      if (signs & kReport) report(hooks, due);
      if (hooks.pause && hooks.pause()) return {};
    }
    return TrainingStatus::kDone;
  }

  // All processes write a checkpoint when any has a report due, since they must be able to go back to the same one.
  void report(const TrainingHooks& hooks, bool due) {
    if (!write_checkpoint() || !due) return;  // without a checkpoint, the training will end as diverged
    report_.iterations = iteration_;
    report_.learning_rate = learning_rate_;
    environment_.reset();  // a report runs other code on this thread, which may change it
    hooks.report(std::exchange(report_, {}));
    environment_.emplace();
  }

  bool at_epoch() const { return iteration_ % epoch_ == 0; }

  double first_rate() const { return options_.rates.empty() ? settings_.learning_rate : options_.rates.front(); }

  void next_iteration() {
    if (options_.rates.empty()) {
      if (at_epoch()) learning_rate_ *= settings_.learning_rate_decay;
    } else {
      const size_t done = iteration_ + 1 - options_.first_iteration;
      learning_rate_ = options_.rates[std::min(done, options_.rates.size() - 1)];
    }
    iteration_++;
  }

  // Draws the minibatch after the next one, so that its rows can be prefetched during other work.
  void draw_ahead() { draws_->next(upcoming_.data()); }
  // Computes the loss of the next minibatch. step_ keeps the gradients.
  double forward_backward() {
    indices_.swap(upcoming_);
    random_before_ = std::exchange(random_, draws_->state());
    const bool last = iteration_ + 1 == settings_.num_iters;
    if (!last) draw_ahead();
    const Upcoming upcoming = last ? Upcoming{} : Upcoming{&training_.rows, upcoming_.data()};
    const Pass pass{.weights = sum_of_weights(),
                    .label_smoothing = settings_.label_smoothing,
                    .dropout = {settings_.dropout, {options_.noise_seed, NoiseKey::kHidden, iteration()}},
                    .first_row = shards_.rows().begin};
    const double losses = pass_over(upcoming, pass);
    const auto [W1, W2] = step_->squares();
    const double penalty = W1 / (settings_.input_scale * settings_.input_scale) + W2;
    return (pass.weights > 0 ? losses / pass.weights : 0) + 0.5 * settings_.reg * penalty;
  }

  double pass_over(const Upcoming& upcoming, const Pass& pass) {
    const Range own = shards_.rows();
    const Choice chosen = minibatch().part(own.begin, own.end);
    if (!changed_.changes()) return shards_.forward_backward(*step_, training_, chosen, upcoming, pass, team_);
    const LabelledRows rows = changed_.take(training_, chosen, own.begin, options_.noise_seed, iteration(), team_);
    return shards_.forward_backward(*step_, rows, all_of(rows.rows), upcoming, pass, team_);
  }

  uint64_t iteration() const { return static_cast<uint64_t>(iteration_); }

  double sum_of_weights() const {
    if (!training_.weights) return settings_.batch_size;
    double sum = 0;
    for (const int32_t row : indices_) sum += training_.weights[row];
    return sum;
  }

  void update() {
    UpdateInputs inputs{.settings = settings_, .step = iteration_ + 1};
    inputs.settings.learning_rate = learning_rate_;
    shards_.update(*step_, inputs, team_);
  }

  Choice minibatch() const { return {indices_.data(), 0, settings_.batch_size}; }

  // Records an epoch. Returns whether training should wait for a further gain.
  bool note_epoch(const TrainingHooks& hooks) {
    const Fit of_minibatch = processes_.of_first([&] { return step_->evaluate(training_, minibatch(), team_); });
    report_.train_accuracies.push_back(of_minibatch.accuracy());
    if (!validation_) return true;
    const auto evaluate = [&] { return evaluate_all(*step_, *validation_, piece(), team_, hooks.abandoned); };
    const std::optional<Fit> fit = processes_.of_first(evaluate);
    if (!fit) return false;
    report_.validation_accuracies.push_back(fit->accuracy());
    report_.validation_losses.push_back(fit->loss());
    return !best_ || best_->note(*fit, iteration_ + 1, settings_, [&](const auto& to) { step_->write(to, {}, team_); });
  }

  int piece() const { return rows_between_looks(shape_); }

  std::optional<FinalAccuracies> final_accuracies(TrainingStatus status, const TrainingHooks& hooks) {
    const bool whole = status == TrainingStatus::kDone || status == TrainingStatus::kEarly;
    if (!options_.final_accuracies || !whole) return {};
    if (best_ && best_->iterations > 0) step_->read(best_->net, {}, team_);
    const auto measure = [&] {
      return two_layer_net::final_accuracies(*step_, training_, validation_, piece(), team_, hooks.stop);
    };
    return processes_.of_first(measure);
  }

  // Makes net_ and slots_ a checkpoint, unless a parameter is NaN or infinite: then the checkpoint before remains.
  bool write_checkpoint() {
    if (!step_->finite()) return false;
    step_->write(net_, slots_, team_);
    note_checkpoint();
    return true;
  }

  // To be called while net_ and slots_ are as in this iteration.
  void note_checkpoint() { checkpoint_ = {random_, learning_rate_, iteration_}; }

  // Updates happen in place, so the parameters from before a bad step are lost. This repeats the iterations since the
  // last checkpoint, and leaves the last finite parameters in net_ and slots_. A training that does not diverge only
  // pays for one copy every kCheckpointInterval iterations. Abandoned, it leaves earlier ones.
  void write_last_finite(const TrainingHooks& hooks) {
    const GeneratorState random_now = random_;
    const double learning_rate_now = learning_rate_;
    const int iteration_now = iteration_;
    step_.reset();  // before there is another one, to save memory
    shards_.clear();
    step_ = new_step();
    learning_rate_ = checkpoint_->learning_rate;
    iteration_ = checkpoint_->iteration;
    draws_.emplace(settings_, training_.rows.count, iteration_, checkpoint_->random);
    draw_ahead();
    while (iteration_ < iteration_now && !hooks.abandoned()) {
      forward_backward();
      update();
      next_iteration();
      if (!step_->finite()) break;
      step_->write(net_, slots_, team_);
    }
    random_ = random_now;
    learning_rate_ = learning_rate_now;
    iteration_ = iteration_now;
  }

  static constexpr int kCheckpointInterval = 50;
  static constexpr uint32_t kStop = 1, kReport = 2;  // what any process may ask of all after an iteration

  // The first member: all others compute in it. None while the training is paused.
  std::optional<DefaultFloatEnvironment> environment_{std::in_place};
  const Shape shape_;
  const Parameters<T> net_;
  const std::vector<Parameters<T>> slots_;
  const LabelledRows training_;
  const LabelledRows* validation_;
  BestEpoch<T>* const best_;  // may be null
  const TrainingOptions options_;
  const TrainingSettings& settings_ = options_.settings;
  const int epoch_;  // iterations per epoch
  const Processes processes_;
  Shards<T> shards_;
  ThreadTeam team_;
  ChangedRows<T> changed_;
  std::unique_ptr<Step<T>> step_;
  std::vector<int32_t> indices_, upcoming_;  // of this minibatch and the next
  GeneratorState random_before_, random_;    // from which to continue with and after this minibatch
  std::optional<MinibatchDraws> draws_;      // after the draw of the next
  int iteration_;
  double learning_rate_;
  TrainingReport report_;
  std::optional<std::chrono::steady_clock::time_point> start_;  // of the loop
  std::optional<Checkpoint> checkpoint_;  // of what net_ and slots_ hold; none if that was never finite
};

}  // namespace

template <class T>
std::unique_ptr<Training> prepare_training(const Shape& shape, const Parameters<T>& net,
                                           std::span<const Parameters<T>> slots, const LabelledRows& training,
                                           const LabelledRows* validation, const TrainingOptions& options,
                                           const GeneratorState& random, BestEpoch<T>* best) {
  return std::make_unique<Trainer<T>>(shape, net, slots, training, validation, options, random, best);
}

#define TWO_LAYER_NET_PREPARE_TRAINING(T)                                                            \
  template std::unique_ptr<Training> prepare_training<T>(                                            \
      const Shape&, const Parameters<T>&, std::span<const Parameters<T>>, const LabelledRows&,       \
      const LabelledRows*, const TrainingOptions&, const GeneratorState&, BestEpoch<T>*);
TWO_LAYER_NET_PREPARE_TRAINING(float)
TWO_LAYER_NET_PREPARE_TRAINING(double)

}  // namespace two_layer_net
