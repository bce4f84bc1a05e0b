// Keeps track of trainings on separate threads, so that the process can end while they run. process.exit() and uncaught
// errors end the process without tearing down its environment: no finalizer runs, and the threads would continue while
// exit() unloads the BLAS that they use.
#pragma once

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <set>

namespace two_layer_net::addon {

class RunningTrainings {
 public:
  static RunningTrainings& all();

  // Adds a training, identified by the flag that ends it after its current iteration. end() removes it once its thread
  // has stopped computing.
  void enter(std::atomic<bool>& leaving);
  void end(std::atomic<bool>& leaving);

 private:
  RunningTrainings() = default;
  void leave_all();

  std::mutex mutex_;
  std::condition_variable ended_;
  std::set<std::atomic<bool>*> leaving_;
};

}  // namespace two_layer_net::addon
