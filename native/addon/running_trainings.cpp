#include "running_trainings.h"

#include <cstdlib>

namespace two_layer_net::addon {

RunningTrainings& RunningTrainings::all() {
  // Never destroyed, because the last thread may still be in end() while static objects are being destroyed. Exit
  // handlers run in reverse order of registration, so this one runs before those of the libraries loaded with the
  // addon.
  static RunningTrainings* const running = [] {
    std::atexit([] { all().leave_all(); });
    return new RunningTrainings;
  }();
  return *running;
}

void RunningTrainings::enter(std::atomic<bool>& leaving) {
  const std::lock_guard<std::mutex> lock(mutex_);
  leaving_.insert(&leaving);
}

void RunningTrainings::end(std::atomic<bool>& leaving) {
  const std::lock_guard<std::mutex> lock(mutex_);
  leaving_.erase(&leaving);
  ended_.notify_all();
}

void RunningTrainings::leave_all() {
  std::unique_lock<std::mutex> lock(mutex_);
  for (std::atomic<bool>* leaving : leaving_) leaving->store(true);
  ended_.wait(lock, [this] { return leaving_.empty(); });
}

}  // namespace two_layer_net::addon
