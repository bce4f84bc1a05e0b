#include "training_job.h"

#include <atomic>
#include <chrono>
#include <exception>
#include <memory>
#include <thread>
#include <utility>

#include "failure.h"
#include "mailbox.h"
#include "outcome.h"
#include "running_jobs.h"
#include "training_arguments.h"

namespace two_layer_net::addon {
namespace {

// Decides when a report is due.
class ReportClock {
 public:
  explicit ReportClock(std::chrono::steady_clock::duration interval) : interval_(interval) {}

  bool is_due() {
    const auto now = std::chrono::steady_clock::now();
    if (now - last_ < interval_) return false;
    last_ = now;
    return true;
  }

 private:
  const std::chrono::steady_clock::duration interval_;
  std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
};

// Notices on JavaScript's thread that its environment is to end: that a Worker is terminated, or that the process exits
// while it runs. No JavaScript can run then, so now and then some is tried.
class EndWatch {
 public:
  explicit EndWatch(Napi::Env env) : env_(env) {}

  bool is_ending() {
    if (ending_ || !clock_.is_due()) return ending_;
    const Napi::HandleScope scope(env_);
    napi_value script, result;
    ending_ = napi_create_string_utf8(env_, "0", NAPI_AUTO_LENGTH, &script) != napi_ok ||
              napi_run_script(env_, script, &result) != napi_ok;
    return ending_;
  }

 private:
  const Napi::Env env_;
  ReportClock clock_{std::chrono::milliseconds(50)};
  bool ending_ = false;
};

// A training on a separate thread. It deletes itself when its mailbox closes: after the last message was delivered, or
// when the environment (a Worker, the process) ends before the training.
template <class T>
class TrainingJob {
 public:
  static Napi::Promise start(const Argument& call, const Argument& report) {
    auto job = std::make_unique<TrainingJob>(call, report);
    const Napi::Promise promise = job->deferred_.Promise();
    TrainingJob* running = job.get();
    running->mailbox_.open(call.env(), "two-layer-net training", [running] { delete running; });
    job.release();  // the mailbox owns it from here
    try {
      if (!RunningJobs::all().enter(running->leaving_)) running->leaving_.store(true);
      running->thread_ = std::thread([running] { running->work(); });
    } catch (...) {
      const std::exception_ptr error = std::current_exception();
      RunningJobs::all().end(running->leaving_);
      running->mailbox_.close();
      throw failure(call.env(), "Training", error);
    }
    return promise;
  }

  TrainingJob(const Argument& call, const Argument& report)
      : arguments_(call, Trained::kCopies), deferred_(Napi::Promise::Deferred::New(call.env())) {
    const Napi::Function function = report_of(report);
    if (!function.IsEmpty()) report_ = Napi::Persistent(function);
  }

  ~TrainingJob() {
    leaving_.store(true);
    if (thread_.joinable()) thread_.join();
  }

 private:
  // Runs on the training thread.
  void work() {
    Message last;
    try {
      auto outcome = std::make_shared<TrainingOutcome>(arguments_.run(hooks()));
      last = [this, outcome](Napi::Env env) { settle(env, *outcome); };
    } catch (...) {
      last = [this, error = std::current_exception()](Napi::Env env) {
        deferred_.Reject(failure(env, "Training", error).Value());
      };
    }
    RunningJobs::all().end(leaving_);
    if (leaving_) return;  // no one is waiting for the outcome
    mailbox_.post(std::move(last));
    mailbox_.close();
  }

  TrainingHooks hooks() {
    TrainingHooks hooks;
    hooks.stop = [this] { return leaving_.load() || stopping_.load() || arguments_.stop_requested(); };
    hooks.abandoned = [this] { return leaving_.load(); };
    hooks.report_due = [this, clock = ReportClock(arguments_.report_interval())]() mutable {
      return has_report() && !reporting_.load(std::memory_order_acquire) && clock.is_due();
    };
    hooks.report = [this](TrainingReport&& report) { post_report(std::move(report)); };
    return hooks;
  }

  bool has_report() const { return !report_.IsEmpty(); }

  void post_report(TrainingReport&& report) {
    reported_ = arguments_.copies();
    reporting_.store(true, std::memory_order_release);
    mailbox_.post([this, shared = std::make_shared<TrainingReport>(std::move(report))](Napi::Env env) {
      const Napi::HandleScope scope(env);
      deliver_report(env, *shared);
    });
  }

  // Runs on JavaScript's thread.
  void deliver_report(Napi::Env env, const TrainingReport& report) {
    if (!report_error_.IsEmpty()) return;
    try {
      arguments_.check_memory();
      arguments_.write(reported_);
      const Napi::Object object = object_from(env, report);
      reporting_.store(false, std::memory_order_release);
      report_.Call({object});
      arguments_.check_memory();
    } catch (Napi::Error& error) {
      report_error_ = std::move(error);
      stopping_.store(true);
    }
  }

  void settle(Napi::Env env, const TrainingOutcome& outcome) {
    const Napi::HandleScope scope(env);
    try {
      if (report_error_.IsEmpty()) deferred_.Resolve(arguments_.finish(env, outcome));
      else deferred_.Reject(report_error_.Value());
    } catch (const Napi::Error& error) {
      deferred_.Reject(error.Value());
    }
  }

  TrainingArguments<T> arguments_;
  Napi::Promise::Deferred deferred_;
  Napi::FunctionReference report_;
  Napi::Error report_error_;                        // what `report` threw; empty if it did not
  typename TrainingArguments<T>::State reported_;   // the copies as of the report being delivered
  std::atomic<bool> reporting_{false};              // a report is being delivered, so no other is due
  std::atomic<bool> stopping_{false};               // ends the training after the current iteration
  std::atomic<bool> leaving_{false};                // the same, without an outcome, because the environment is ending
  Mailbox mailbox_;
  std::thread thread_;
};

}  // namespace

template <class T>
Napi::Object train_on_this_thread(const Argument& call, const Argument& report) {
  TrainingArguments<T> arguments(call, report.is_null() ? Trained::kArrays : Trained::kCopies);
  const Napi::Function function = report_of(report);
  TrainingHooks hooks;
  EndWatch ends(call.env());
  hooks.stop = [&] { return arguments.stop_requested() || ends.is_ending(); };
  hooks.abandoned = [&] { return ends.is_ending(); };
  hooks.report_due = [&, clock = ReportClock(arguments.report_interval())]() mutable {
    return !function.IsEmpty() && clock.is_due();
  };
  hooks.report = [&](TrainingReport&& said) {
    const Napi::HandleScope scope(call.env());
    arguments.write(arguments.copies());
    function.Call({object_from(call.env(), said)});
    arguments.check_memory();
  };
  const TrainingOutcome outcome = arguments.run(hooks);
  if (ends.is_ending()) return {};  // nothing can be returned any more
  return arguments.finish(call.env(), outcome);
}

template <class T>
Napi::Promise train_on_new_thread(const Argument& call, const Argument& report) {
  return TrainingJob<T>::start(call, report);
}

template Napi::Object train_on_this_thread<float>(const Argument&, const Argument&);
template Napi::Object train_on_this_thread<double>(const Argument&, const Argument&);
template Napi::Promise train_on_new_thread<float>(const Argument&, const Argument&);
template Napi::Promise train_on_new_thread<double>(const Argument&, const Argument&);

}  // namespace two_layer_net::addon
