// Carries messages from a training thread to JavaScript's thread.
#pragma once

#include <napi.h>

#include <cstddef>
#include <functional>

namespace two_layer_net::addon {

// A message is a function that is called on JavaScript's thread.
using Message = std::function<void(Napi::Env)>;

class ReportMailbox {
 public:
  // `closed` is called on JavaScript's thread, once, after everything else: when the last message was delivered, or
  // when the environment (a Worker, the process) ends first.
  void open(Napi::Env env, std::function<void()> closed);

  // From the training thread. False if the environment is ending: then no message is delivered any more.
  bool post(Message message);

  // No message follows. `closed` may run at once on the other thread, so the caller must touch nothing afterwards.
  void close();

 private:
  static void deliver(Napi::Env env, Napi::Function, std::nullptr_t*, Message* message);

  Napi::TypedThreadSafeFunction<std::nullptr_t, Message, deliver> function_;
  bool open_ = false;
};

}  // namespace two_layer_net::addon
