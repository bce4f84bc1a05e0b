// Where the time of a step goes.
#pragma once

#include <chrono>

#include "../training/step.h"

namespace two_layer_net {

// Adds the time since it was made, or since the last lap, to a part of a profile; does nothing where it does not run.
class Stopwatch {
 public:
  explicit Stopwatch(bool running) : running_(running) {
    if (running_) last_ = std::chrono::steady_clock::now();
  }

  void lap(double Profile::* part, Profile& profile) {
    if (!running_) return;
    const auto now = std::chrono::steady_clock::now();
    profile.*part += std::chrono::duration<double>(now - last_).count();
    last_ = now;
  }

 private:
  bool running_;
  std::chrono::steady_clock::time_point last_;
};

}  // namespace two_layer_net
