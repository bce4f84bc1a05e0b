// Carries messages from a training thread to JavaScript's thread.
#pragma once

#include <napi.h>

#include <cstddef>
#include <functional>

namespace two_layer_net::addon {

// A message is a function to call on JavaScript's thread.
using Message = std::function<void(Napi::Env)>;

class ReportMailbox {
 public:
  // `closed` is called once on JavaScript's thread, as the last call: after the last message was delivered, or when the
  // environment (a Worker, the process) ends before that.
  void open(Napi::Env env, std::function<void()> closed);

  // Called on the training thread. False if the environment is ending, so that the message will not be delivered.
  bool post(Message message);

  // No message follows. `closed` may run immediately on the other thread, so the caller must not touch the mailbox
  // again.
  void close();

 private:
  static void deliver(Napi::Env env, Napi::Function, std::nullptr_t*, Message* message);

  Napi::TypedThreadSafeFunction<std::nullptr_t, Message, deliver> function_;
  bool open_ = false;
};

}  // namespace two_layer_net::addon
