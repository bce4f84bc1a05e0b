#include "background_calls.h"

#include <algorithm>
#include <exception>
#include <utility>

#include "failure.h"
#include "running_jobs.h"

namespace two_layer_net::addon {

Napi::Promise BackgroundCalls::start(Napi::Env env, std::unique_ptr<BackgroundCall> call) {
  BackgroundCall& started = *call;
  if (!open_) {
    // The mailbox keeps this alive, because its last call may come after all others have let go of it.
    mailbox_.open(env, "two-layer-net prediction", [self = shared_from_this()] { self->end(); });
    open_ = true;
  } else if (calls_.empty()) {
    mailbox_.wait_for_messages(env, true);
  }
  calls_.push_back(std::move(call));
  try {
    queue_.add([this, &started] { work(started); });
  } catch (...) {
    calls_.pop_back();
    if (calls_.empty()) mailbox_.wait_for_messages(env, false);
    throw failure(env, "Prediction", std::current_exception());
  }
  return started.deferred_.Promise();
}

void BackgroundCalls::close() {
  closing_ = true;
  if (!calls_.empty()) return;
  queue_.close();
  if (!open_) return;
  open_ = false;
  mailbox_.close();
}

// Runs on a thread of the queue.
void BackgroundCalls::work(BackgroundCall& call) {
  if (!RunningJobs::all().enter(call.leaving_)) return;  // no one is waiting for the result
  try {
    call.work();
  } catch (...) {
    call.error_ = std::current_exception();
  }
  RunningJobs::all().end(call.leaving_);
  mailbox_.post([this, &call](Napi::Env env) { settle(env, call); });
}

void BackgroundCalls::settle(Napi::Env env, const BackgroundCall& call) {
  const Napi::HandleScope scope(env);
  const auto found = std::find_if(calls_.begin(), calls_.end(), [&](const auto& one) { return one.get() == &call; });
  const std::unique_ptr<BackgroundCall> settled = std::move(*found);
  calls_.erase(found);
  if (calls_.empty()) mailbox_.wait_for_messages(env, false);
  try {
    if (settled->error_) throw failure(env, "Prediction", settled->error_);
    settled->deferred_.Resolve(settled->result(env));
  } catch (const Napi::Error& error) {
    settled->deferred_.Reject(error.Value());
  }
  if (closing_) close();
}

// The mailbox is closed: by close(), or because the environment ends.
void BackgroundCalls::end() {
  open_ = false;
  queue_.close();
  calls_.clear();
}

}  // namespace two_layer_net::addon
