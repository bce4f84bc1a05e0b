// Trainings: a piece at a time on JavaScript's thread, which goes on with other work between the pieces, or as a whole
// on a thread of their own.
#include <algorithm>
#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "../engine/core/random_stream.h"
#include "../engine/training/train.h"
#include "call.h"
#include "host.h"

namespace two_layer_net {
namespace {

using Clock = std::chrono::steady_clock;

std::chrono::duration<double, std::milli> since(Clock::time_point start) { return Clock::now() - start; }

// What a piece of a training ended with.
enum class Piece { kPaused, kReport, kOutcome };

// A training of either arithmetic, whose parameters, slots and rows are in memory of JavaScript's.
class TrainingCall {
 public:
  virtual ~TrainingCall() = default;

  // Trains for about so many milliseconds.
  Piece go_on(double milliseconds) {
    const auto start = Clock::now();
    bool reported = false;
    begin();
    TrainingHooks hooks;
    hooks.stop = [] { return host::stopped(); };
    hooks.report_due = [this] { return is_due(); };
    hooks.report = [&](TrainingReport&& report) {
      said_ = std::move(report);
      reported = true;
    };
    hooks.pause = [&] { return reported || since(start).count() >= milliseconds; };
    outcome_ = training_->go_on(hooks);
    if (outcome_) return Piece::kOutcome;
    return reported ? Piece::kReport : Piece::kPaused;
  }

  // Trains to the end. Reports are told to JavaScript's thread, which takes them while the training goes on: there is
  // none before it has taken the one before.
  void run() {
    begin();
    TrainingHooks hooks;
    hooks.stop = [this] { return stopping_.load(std::memory_order_relaxed) || host::stopped(); };
    hooks.report_due = [this] { return !told_.load(std::memory_order_acquire) && is_due(); };
    hooks.report = [this](TrainingReport&& report) {
      said_ = std::move(report);
      copy_state();
      told_.store(true, std::memory_order_release);
      host::tell();
    };
    outcome_ = training_->go_on(hooks);
  }

  // Called on JavaScript's thread while run() runs on another.
  void take_report() { told_.store(false, std::memory_order_release); }
  void stop() { stopping_.store(true, std::memory_order_relaxed); }

  // A report, as numbers of JavaScript's.
  const double* report() {
    set_numbers(said_);
    return numbers_.data();
  }

  // The outcome: the last report, then more.
  const double* outcome() {
    set_numbers(outcome_->last);
    add_outcome(*outcome_);
    return numbers_.data();
  }

 protected:
  explicit TrainingCall(double report_interval) : report_interval_(report_interval) {}

  virtual std::array<double, 3> best() const = 0;
  // Copies the parameters and slots to where JavaScript finds those of a report.
  virtual void copy_state() = 0;

  std::unique_ptr<Training> training_;

 private:
  // To be called first, on the thread that trains: each has a clock of its own.
  void begin() {
    if (!last_report_) last_report_ = Clock::now();
  }

  bool is_due() {
    if (report_interval_ < 0 || since(*last_report_).count() < report_interval_) return false;
    last_report_ = Clock::now();
    return true;
  }

  void set_numbers(const TrainingReport& said) {
    numbers_ = {static_cast<double>(said.iterations), said.learning_rate};
    for (const std::vector<double>* values :
         {&said.losses, &said.train_accuracies, &said.validation_accuracies, &said.validation_losses}) {
      numbers_.push_back(static_cast<double>(reinterpret_cast<uintptr_t>(values->data())));
      numbers_.push_back(static_cast<double>(values->size()));
    }
  }

  void add_outcome(const TrainingOutcome& outcome) {
    const auto& [gather, forward, head, update, waiting] = outcome.profile;
    const auto [iterations, monitored, epochs_since] = best();
    constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
    const auto& accuracies = outcome.accuracies;
    numbers_.insert(numbers_.end(), {static_cast<double>(outcome.status), static_cast<double>(outcome.random.position),
                                     static_cast<double>(reinterpret_cast<uintptr_t>(outcome.random.key)),
                                     outcome.seconds, iterations, monitored, epochs_since,
                                     accuracies ? accuracies->training : kNone,
                                     accuracies ? accuracies->validation.value_or(kNone) : kNone, gather, forward, head,
                                     update, waiting});
  }

  const double report_interval_;  // milliseconds; negative for no reports
  std::optional<Clock::time_point> last_report_;
  TrainingReport said_;
  std::optional<TrainingOutcome> outcome_;
  std::vector<double> numbers_;
  std::atomic<bool> told_{false}, stopping_{false};
};

TrainingSettings settings_of(Call& call) {
  TrainingSettings settings;
#define TWO_LAYER_NET_TAKE(type, member, name, neutral) settings.member = call.value<type>();
  TWO_LAYER_NET_TRAINING_SETTINGS(TWO_LAYER_NET_TAKE)
#undef TWO_LAYER_NET_TAKE
  return settings;
}

template <class T>
class TrainingCallOf final : public TrainingCall {
 public:
  TrainingCallOf(const NetCall& net, Call& call) : TrainingCall(call.number()) {
    options_.settings = settings_of(call);
    options_.threads = net.threads;
    options_.products = Products::kSimd;
    options_.profiled = call.value<bool>();
    options_.final_accuracies = call.value<bool>();
    options_.noise_seed = static_cast<uint64_t>(call.number());
    options_.first_iteration = call.integer();
    options_.threads = useful_threads(net.shape, options_);
    const int height = call.integer(), width = call.integer(), channels = call.integer();
    options_.picture = {height, width, channels};
    if (const auto* rates = call.address<double>()) {
      options_.rates = {rates, static_cast<size_t>(options_.settings.num_iters - options_.first_iteration)};
    }
    training_rows_ = call.labelled_rows();
    training_rows_.weights = call.address<double>();
    validation_rows_ = call.labelled_rows();
    GeneratorState random;
    std::copy_n(call.address<uint32_t>(), GeneratorState::kWords, random.key);
    random.position = call.integer();
    if (T* memory = call.address<T>()) {
      best_ = {.net = parameters_in(net.shape, memory)};
      best_->iterations = call.integer();
      best_->monitored = call.number();
      best_->epochs_since = call.integer();
    }
    const unsigned slots = rule_of(options_.settings).slots;
    state_ = {static_cast<const T*>(net.memory), (slots + 1) * net.shape.size()};
    copies_ = call.address<T>();
    for (unsigned i = 0; i < slots; i++) {
      slots_.push_back(parameters_in(net.shape, static_cast<T*>(net.memory) + (i + 1) * net.shape.size()));
    }
    const LabelledRows* validation = validation_rows_.rows.count > 0 ? &validation_rows_ : nullptr;
    training_ = prepare_training<T>(net.shape, net.parameters<T>(), slots_, training_rows_, validation, options_,
                                    random, best_ ? &*best_ : nullptr);
  }

 private:
  std::array<double, 3> best() const override {
    if (!best_) return {};
    return {static_cast<double>(best_->iterations), best_->monitored, static_cast<double>(best_->epochs_since)};
  }
  void copy_state() override { std::copy(state_.begin(), state_.end(), copies_); }

  TrainingOptions options_;
  LabelledRows training_rows_, validation_rows_;
  std::vector<Parameters<T>> slots_;  // behind the parameters
  std::optional<BestEpoch<T>> best_;
  std::span<const T> state_;  // the parameters and slots
  T* copies_ = nullptr;
};

}  // namespace
}  // namespace two_layer_net

using namespace two_layer_net;

// The names of the settings, in the order in which a call has them, each with a comma behind it.
TWO_LAYER_NET_EXPORT("settings") const char* exported_settings() {
#define TWO_LAYER_NET_NAME(type, member, name, neutral) name ","
  return TWO_LAYER_NET_TRAINING_SETTINGS(TWO_LAYER_NET_NAME);
#undef TWO_LAYER_NET_NAME
}

// NetCall, with the slots behind the parameters; then as the constructor takes it.
TWO_LAYER_NET_EXPORT("beginTraining") TrainingCall* exported_beginTraining(const double* numbers) {
  Call call(numbers);
  const NetCall net(call);
  if (net.is_double) return new TrainingCallOf<double>(net, call);
  return new TrainingCallOf<float>(net, call);
}

TWO_LAYER_NET_EXPORT("goOn") int exported_goOn(TrainingCall* training, double milliseconds) {
  return static_cast<int>(training->go_on(milliseconds));
}

// On a thread of its own; take and stop are for JavaScript's thread meanwhile.
TWO_LAYER_NET_EXPORT("runTraining") void exported_runTraining(TrainingCall* training) { training->run(); }
TWO_LAYER_NET_EXPORT("takeReport") void exported_takeReport(TrainingCall* training) { training->take_report(); }
TWO_LAYER_NET_EXPORT("stopTraining") void exported_stopTraining(TrainingCall* training) { training->stop(); }

TWO_LAYER_NET_EXPORT("report") const double* exported_report(TrainingCall* training) { return training->report(); }
TWO_LAYER_NET_EXPORT("outcome") const double* exported_outcome(TrainingCall* training) { return training->outcome(); }

TWO_LAYER_NET_EXPORT("endTraining") void exported_endTraining(TrainingCall* training) { delete training; }
