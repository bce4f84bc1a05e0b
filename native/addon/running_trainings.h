// The trainings on threads of their own, so that the process can end while they run. process.exit() and an uncaught
// error end it without ending its environment: no finalizer runs, and the threads would go on while exit() takes the
// BLAS's memory down under them.
#pragma once

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <set>

namespace two_layer_net::addon {

class RunningTrainings {
 public:
  static RunningTrainings& all();

  // A training is entered with the flag that makes it leave after its current iteration, and ended when it works no
  // more.
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
