// Runs calls on separate threads and settles their promises on JavaScript's thread.
#pragma once

#include <napi.h>

#include <atomic>
#include <exception>
#include <list>
#include <memory>

#include "../engine/core/work_queue.h"
#include "mailbox.h"

namespace two_layer_net::addon {

// A call of a few milliseconds.
class BackgroundCall {
 public:
  explicit BackgroundCall(Napi::Env env) : deferred_(Napi::Promise::Deferred::New(env)) {}
  virtual ~BackgroundCall() = default;

  // Runs on another thread.
  virtual void work() = 0;

  // Runs on JavaScript's thread after work(): what the promise is fulfilled with, or throws what it is rejected with.
  virtual Napi::Value result(Napi::Env env) = 0;

 private:
  friend class BackgroundCalls;
  Napi::Promise::Deferred deferred_;
  std::atomic<bool> leaving_{false};
  std::exception_ptr error_;  // of work()
};

// The threads of some calls. All members are called on JavaScript's thread.
class BackgroundCalls : public std::enable_shared_from_this<BackgroundCalls> {
 public:
  // Starts nothing: threads are started with calls, at most `threads`.
  explicit BackgroundCalls(int threads) : queue_(threads) {}

  // Starts a call. The event loop stays alive until its promise is settled, unless the environment (a Worker, the
  // process) ends before: then the promise is never settled.
  Napi::Promise start(Napi::Env env, std::unique_ptr<BackgroundCall> call);

  // Ends the threads: now if no promise is pending, or else when the last one is settled. There must be no more calls.
  void close();

 private:
  void work(BackgroundCall& call);
  void settle(Napi::Env env, const BackgroundCall& call);
  void end();

  WorkQueue queue_;
  Mailbox mailbox_;
  std::list<std::unique_ptr<BackgroundCall>> calls_;  // that are not settled
  bool open_ = false;                                 // the mailbox is
  bool closing_ = false;
};

}  // namespace two_layer_net::addon
