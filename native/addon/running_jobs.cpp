#include "running_jobs.h"

#include <cstdlib>

namespace two_layer_net::addon {

RunningJobs& RunningJobs::all() {
  // Never destroyed, because the last thread may still be in end() while static objects are being destroyed. Exit
  // handlers run in reverse order of registration, so this one runs before those of the libraries loaded with the
  // addon.
  static RunningJobs* const running = [] {
    std::atexit([] { all().leave_all(); });
    return new RunningJobs;
  }();
  return *running;
}

bool RunningJobs::enter(std::atomic<bool>& leaving) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (!process_ends_) leaving_.insert(&leaving);
  return !process_ends_;
}

void RunningJobs::end(std::atomic<bool>& leaving) {
  const std::lock_guard<std::mutex> lock(mutex_);
  leaving_.erase(&leaving);
  ended_.notify_all();
}

void RunningJobs::leave_all() {
  std::unique_lock<std::mutex> lock(mutex_);
  process_ends_ = true;
  for (std::atomic<bool>* leaving : leaving_) leaving->store(true);
  ended_.wait(lock, [this] { return leaving_.empty(); });
}

}  // namespace two_layer_net::addon
