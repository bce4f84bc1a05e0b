#include "running_jobs.h"

#include <cstdlib>

#if __has_include(<unistd.h>)
#include <unistd.h>
#endif

namespace two_layer_net::addon {

namespace {

// A child that was forked has no threads of this process, and its mutex may be locked forever: it must not wait.
bool is_forked() {
#if __has_include(<unistd.h>)
  static const pid_t loaded_by = getpid();
  return getpid() != loaded_by;
#else
  return false;
#endif
}

}  // namespace

RunningJobs& RunningJobs::all() {
  // Never destroyed, because the last thread may still be in end() while static objects are being destroyed. Exit
  // handlers run in reverse order of registration, so this one runs before those of the libraries loaded with the
  // addon.
  static RunningJobs* const running = [] {
    is_forked();  // notes the process
    std::atexit([] { if (!is_forked()) all().leave_all(); });
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
