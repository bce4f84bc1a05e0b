// How the processor's floating-point instructions round and what they do with denormal numbers is a setting of each
// thread, and other code in the process may have changed it: -ffast-math programs flush denormals to zero, interval
// arithmetic rounds up or down, and a new thread inherits the setting of the one that started it.
#pragma once

#include <cstdint>

namespace two_layer_net {

// While an object of this class exists, its thread computes as IEEE 754 does by default: round to nearest, keep
// denormals, trap nothing. So no result depends on what other code has set. Afterwards the thread has the setting and
// the exception flags that it had before. Every public function of the engine and every thread of a team holds one.
//
// Denormals are kept, because flushing them to zero gains nothing: a step in which all gradients of the scores and of
// the hidden layer are denormal takes as long as any other (bench/README.md).
//
// Does nothing on processors other than x86-64 and arm64.
class DefaultFloatEnvironment {
 public:
  DefaultFloatEnvironment();
  ~DefaultFloatEnvironment();
  DefaultFloatEnvironment(const DefaultFloatEnvironment&) = delete;
  DefaultFloatEnvironment& operator=(const DefaultFloatEnvironment&) = delete;

 private:
  // The thread's before. On x86-64, one register holds both.
  [[maybe_unused]] uint64_t control_;
  [[maybe_unused]] uint64_t flags_;
};

}  // namespace two_layer_net
