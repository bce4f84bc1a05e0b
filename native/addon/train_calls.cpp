#include "train_calls.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <type_traits>
#include <vector>

#include "../engine/simd/bfloat16/bfloat16.h"
#include "../engine/core/parameter_copy.h"
#include "../engine/training/train.h"
#include "arguments.h"
#include "running_trainings.h"

namespace two_layer_net::addon {
namespace {

Napi::Float64Array array_from(Napi::Env env, const std::vector<double>& values) {
  Napi::Float64Array array = Napi::Float64Array::New(env, values.size());
  std::copy(values.begin(), values.end(), array.Data());
  return array;
}

Napi::Object object_from(Napi::Env env, const TrainingReport& report) {
  Napi::Object object = Napi::Object::New(env);
  object.Set("iterations", report.iterations);
  object.Set("losses", array_from(env, report.losses));
  object.Set("trainAccuracies", array_from(env, report.train_accuracies));
  object.Set("validationAccuracies", array_from(env, report.validation_accuracies));
  object.Set("learningRate", report.learning_rate);
  return object;
}

Napi::Value object_from(Napi::Env env, const Profile& profile, double seconds) {
  const auto& [gather, forward, head, update, waiting] = profile;
  Napi::Object object = Napi::Object::New(env);
  object.Set("gather", gather);
  object.Set("forward", forward);
  object.Set("head", head);
  object.Set("update", update);
  object.Set("waiting", waiting);
  object.Set("other", seconds - gather - forward - head - update - waiting);
  return object;
}

Napi::Object object_from(Napi::Env env, const TrainingOutcome& outcome, bool profiled) {
  static constexpr const char* kStatus[] = {"done", "stopped", "diverged"};
  Napi::Object object = object_from(env, outcome.last);
  object.Set("status", kStatus[static_cast<int>(outcome.status)]);
  object.Set("position", outcome.random.position);
  object.Set("seconds", outcome.seconds);
  object.Set("profile", profiled ? object_from(env, outcome.profile, outcome.seconds) : env.Null());
  return object;
}

// Everything that a training needs, unpacked on JavaScript's thread. Copied: parameters, labels, means, the generator.
// Pinned, since a data set is too large to copy: the rows' arrays, by references that keep them from being collected;
// the contract forbids to transfer their buffers meanwhile. Also pinned: the stop flag, and the arrays that results
// are written to, which are looked up anew each time and checked to be still there.
template <class T>
class Training {
 public:
  explicit Training(const Napi::Object& call)
      : shape_(shape_of(object_at(call, "net"))),
        parameters_(shape_, ParameterArrays<T>(object_at(object_at(call, "net"), "parameters"), shape_).view()),
        options_{
            .settings = settings_of(call),
            .threads = threads_of(object_at(call, "net")),
            .products = products_of(object_at(call, "net")),
            .profiled = call.Get("profile").ToBoolean(),
            .bfloat16 = object_at(call, "net").Get("bfloat16").ToBoolean(),
            .first_iteration = int_at(call, "firstIteration", 0),
        },
        generator_(generator_of(object_at(call, "random"))),
        report_interval_(std::chrono::milliseconds(int_at(call, "reportInterval", 0))),
        stop_(array_of<int32_t>(call.Get("stop"), 1, "stop").Data()) {
    const bool wants_blas = options_.products == Products::kBlas;
    if (options_.bfloat16 && !(std::is_same_v<T, float> && has_bfloat16() && !wants_blas)) {
      throw Napi::Error::New(call.Env(), "binding: no bfloat16 products for these parameters on this processor");
    }
    if (options_.first_iteration >= options_.settings.num_iters) {
      throw Napi::RangeError::New(call.Env(), "binding: expected firstIteration below numIters");
    }
    options_.threads = useful_threads(shape_, options_);
    take(object_at(call, "training"), training_);
    if (!call.Get("validation").IsNull()) take(object_at(call, "validation"), validation_.emplace());
    pins_.push_back(Napi::Persistent(object_at(call, "stop")));
    parameter_arrays_ = Napi::Persistent(object_at(object_at(call, "net"), "parameters"));
    key_ = Napi::Persistent(object_at(object_at(call, "random"), "key"));
  }

  // On the training thread.
  TrainingOutcome run(const std::function<void(TrainingReport&&)>* report) {
    TrainingHooks hooks;
    hooks.stop = [this] { return leaving_.load() || stopping_.load() || __atomic_load_n(stop_, __ATOMIC_ACQUIRE) != 0; };
    hooks.report_due = [this, report] { return report && report_due(); };
    if (report) hooks.report = *report;
    const LabelledRows training = training_.view();
    const LabelledRows validation = validation_ ? validation_->view() : LabelledRows{};
    last_report_ = std::chrono::steady_clock::now();
    return train<T>(shape_, parameters_.view(), training, validation_ ? &validation : nullptr, options_, generator_,
                    hooks);
  }

  // Set from any thread, it ends the training after the current iteration; nobody waits for its outcome.
  std::atomic<bool>& leaving() { return leaving_; }

  // Ends it likewise, with its outcome.
  void stop() { stopping_.store(true); }

  ParameterCopy<T>& parameters() { return parameters_; }

  // On JavaScript's thread: writes `parameters` to where the caller keeps them.
  void write(const ParameterCopy<T>& parameters) {
    parameters.write(ParameterArrays<T>(parameter_arrays_.Value(), shape_).view());
  }

  // The same with the result of the whole.
  Napi::Object finish(Napi::Env env, const TrainingOutcome& outcome) {
    write(parameters_);
    Napi::Uint32Array key = array_of<uint32_t>(key_.Value(), GeneratorState::kWords, "key");
    std::copy_n(outcome.random.key, GeneratorState::kWords, key.Data());
    return object_from(env, outcome, options_.profiled);
  }

  // One report at a time is on its way to JavaScript; while it is, none is due.
  std::atomic<bool> report_on_its_way{false};

 private:
  struct OwnRows {
    Rows rows{};
    std::vector<double> mean;
    std::vector<int32_t> labels;
    LabelledRows view() const { return {rows, labels.data()}; }
  };

  void take(const Napi::Object& data, OwnRows& own) {
    const Napi::Object rows = object_at(data, "rows");
    own.rows = rows_of(rows, shape_.D);
    const int32_t* labels = labels_of(data, own.rows.count, shape_.C);
    own.labels.assign(labels, labels + own.rows.count);
    if (own.rows.mean) {
      own.mean.assign(own.rows.mean, own.rows.mean + shape_.D);
      own.rows.mean = own.mean.data();
    }
    pins_.push_back(Napi::Persistent(object_at(rows, "data")));
  }

  bool report_due() {
    if (report_on_its_way.load(std::memory_order_acquire)) return false;
    const auto now = std::chrono::steady_clock::now();
    if (now - last_report_ < report_interval_) return false;
    last_report_ = now;
    return true;
  }

  const Shape shape_;
  ParameterCopy<T> parameters_;
  TrainingOptions options_;
  const GeneratorState generator_;
  const std::chrono::steady_clock::duration report_interval_;
  std::chrono::steady_clock::time_point last_report_;
  const int32_t* stop_;
  std::atomic<bool> leaving_{false}, stopping_{false};
  OwnRows training_;
  std::optional<OwnRows> validation_;
  std::vector<Napi::ObjectReference> pins_;
  Napi::ObjectReference parameter_arrays_, key_;
};

template <class T>
Napi::Value train_sync_as(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  Training<T> training(info[0].As<Napi::Object>());
  const std::function<void(TrainingReport&&)> report = [&](TrainingReport&& said) {
    const Napi::HandleScope scope(env);
    training.write(training.parameters());
    info[1].As<Napi::Function>().Call({object_from(env, said)});
  };
  const TrainingOutcome outcome = training.run(info[1].IsFunction() ? &report : nullptr);
  return training.finish(env, outcome);
}

// A message from the training thread is a function to call on JavaScript's.
using Message = std::function<void(Napi::Env)>;

void deliver(Napi::Env env, Napi::Function, std::nullptr_t*, Message* message) {
  const std::unique_ptr<Message> own(message);
  if (static_cast<napi_env>(env) != nullptr) (*own)(env);  // null while the environment is torn down
}

using Mailbox = Napi::TypedThreadSafeFunction<std::nullptr_t, Message, deliver>;

// A training on a thread of its own. It deletes itself when its mailbox is finalized: after the last message was
// delivered, or when the environment (a Worker, the process) ends before the training does.
template <class T>
class BackgroundTraining {
 public:
  static Napi::Promise start(const Napi::CallbackInfo& info) {
    auto job = std::make_unique<BackgroundTraining>(info);
    const Napi::Promise promise = job->deferred_.Promise();
    BackgroundTraining* running = job.release();  // the mailbox's finalizer owns it from here
    running->mailbox_ = Mailbox::New(
        info.Env(), "two-layer-net training", 0, 1, static_cast<std::nullptr_t*>(nullptr),
        [running](Napi::Env, void*, std::nullptr_t*) { delete running; }, static_cast<void*>(nullptr));
    try {
      RunningTrainings::all().enter(running->training_.leaving());
      running->thread_ = std::thread([running] { running->work(); });
    } catch (const std::exception&) {
      RunningTrainings::all().end(running->training_.leaving());
      running->mailbox_.Release();
      throw Napi::Error::New(info.Env(), "Cannot start a thread to train on: the system's limit is reached");
    }
    return promise;
  }

  explicit BackgroundTraining(const Napi::CallbackInfo& info)
      : training_(info[0].As<Napi::Object>()), deferred_(Napi::Promise::Deferred::New(info.Env())) {
    if (info[1].IsFunction()) report_ = Napi::Persistent(info[1].As<Napi::Function>());
  }

  ~BackgroundTraining() {
    training_.leaving().store(true);
    if (thread_.joinable()) thread_.join();
  }

 private:
  void work() {
    Message last;
    try {
      const std::function<void(TrainingReport&&)> report = [this](TrainingReport&& said) { post_report(said); };
      auto outcome = std::make_shared<TrainingOutcome>(training_.run(report_.IsEmpty() ? nullptr : &report));
      last = [this, outcome](Napi::Env env) { resolve(env, *outcome); };
    } catch (const std::exception& error) {
      last = [this, reason = std::string(error.what())](Napi::Env env) {
        deferred_.Reject(Napi::Error::New(env, "Training failed: " + reason).Value());
      };
    }
    RunningTrainings::all().end(training_.leaving());
    if (training_.leaving()) return;  // nobody is left to hear of it
    post(std::move(last));
    if (open_) mailbox_.Release();
  }

  // A closing mailbox belongs to nobody any more and must not be touched again.
  bool post(Message message) {
    if (!open_) return false;
    auto own = std::make_unique<Message>(std::move(message));
    const napi_status status = mailbox_.BlockingCall(own.get());
    if (status == napi_ok) own.release();
    else open_ = false;
    return status == napi_ok;
  }

  void post_report(TrainingReport& said) {
    if (reported_) *reported_ = training_.parameters();
    else reported_.emplace(training_.parameters());
    training_.report_on_its_way.store(true, std::memory_order_release);
    auto report = std::make_shared<TrainingReport>(std::move(said));
    post([this, report](Napi::Env env) {
      const Napi::HandleScope scope(env);
      try {
        training_.write(*reported_);
        const Napi::Object object = object_from(env, *report);
        training_.report_on_its_way.store(false, std::memory_order_release);
        report_.Call({object});
      } catch (const Napi::Error&) {
        // The parameters' arrays are gone: the outcome will meet the same error, and say so.
        training_.stop();
      }
    });
  }

  void resolve(Napi::Env env, const TrainingOutcome& outcome) {
    const Napi::HandleScope scope(env);
    try {
      deferred_.Resolve(training_.finish(env, outcome));
    } catch (const Napi::Error& error) {
      deferred_.Reject(error.Value());
    }
  }

  Training<T> training_;
  Napi::Promise::Deferred deferred_;
  Napi::FunctionReference report_;
  std::optional<ParameterCopy<T>> reported_;  // the parameters as the report on its way saw them
  Mailbox mailbox_;
  bool open_ = true;
  std::thread thread_;
};

Napi::Object call_argument(const Napi::CallbackInfo& info) {
  if (!info[0].IsObject()) throw Napi::TypeError::New(info.Env(), "binding: expected a training call");
  return info[0].As<Napi::Object>();
}

}  // namespace

Napi::Value train(const Napi::CallbackInfo& info) {
  return net_is_double(object_at(call_argument(info), "net")) ? BackgroundTraining<double>::start(info)
                                                          : BackgroundTraining<float>::start(info);
}

Napi::Value train_sync(const Napi::CallbackInfo& info) {
  return net_is_double(object_at(call_argument(info), "net")) ? train_sync_as<double>(info) : train_sync_as<float>(info);
}

}  // namespace two_layer_net::addon
