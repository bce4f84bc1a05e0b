// Keeps track of what runs on separate threads, so that the process can end meanwhile. process.exit() and uncaught
// errors end the process without tearing down its environment: no finalizer runs, and the threads would continue while
// exit() unloads the BLAS that they use.
#pragma once

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <set>

namespace two_layer_net::addon {

class RunningJobs {
 public:
  static RunningJobs& all();

  // Adds a job, identified by the flag that tells it to end soon. False if the process is ending: the job must then not
  // run. end() removes it once its thread has stopped computing.
  [[nodiscard]] bool enter(std::atomic<bool>& leaving);
  void end(std::atomic<bool>& leaving);

 private:
  RunningJobs() = default;
  void leave_all();

  std::mutex mutex_;
  std::condition_variable ended_;
  std::set<std::atomic<bool>*> leaving_;
  bool process_ends_ = false;
};

}  // namespace two_layer_net::addon
