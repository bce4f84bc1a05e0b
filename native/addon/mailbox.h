// Carries messages from other threads to JavaScript's thread.
#pragma once

#include <napi.h>

#include <atomic>
#include <cstddef>
#include <functional>

namespace two_layer_net::addon {

// A message is a function to call on JavaScript's thread.
using Message = std::function<void(Napi::Env)>;

class Mailbox {
 public:
  // Keeps the event loop alive until it is closed or rests. `closed` is called once on JavaScript's thread, as the last
  // call: after the last message was delivered, or when the environment (a Worker, the process) ends before that.
  // `name` is for tools that list what keeps a process alive.
  void open(Napi::Env env, const char* name, std::function<void()> closed);

  // Called on any thread. False if the environment is ending, so that the message will not be delivered.
  bool post(Message message);

  // No message follows. `closed` may run immediately on the other thread, so the caller must not touch the mailbox
  // again.
  void close();

  // Called on JavaScript's thread: whether the event loop waits for messages. It does when the mailbox is opened.
  void wait_for_messages(Napi::Env env, bool wait);

 private:
  static void deliver(Napi::Env env, Napi::Function, std::nullptr_t*, Message* message);

  Napi::TypedThreadSafeFunction<std::nullptr_t, Message, deliver> function_;
  std::atomic<bool> open_{false};
};

}  // namespace two_layer_net::addon
