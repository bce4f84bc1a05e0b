// Where the time of a step goes.
#pragma once

#include <chrono>

#include "../core/thread_team.h"

namespace two_layer_net {

// Seconds of the calling thread.
struct Profile {
  double gather = 0;   // copying rows from the data, converting and centring them
  double forward = 0;  // X · W1
  double head = 0;     // everything between the two large products; BlasStep computes the small gradients here, too
  double update = 0;   // Xᵀ · dhidden and the parameters' update; SimdStep computes the small gradients here
  double waiting = 0;  // for the other threads
};

// Adds the time since its construction, or since the last lap, to a part of a profile. Does nothing if not running.
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

// Measures the calling thread, member 0 of a team, if asked to.
class Profiler {
 public:
  explicit Profiler(bool enabled) : enabled_(enabled) {}

  // Calls work(chunk, member, lap) for each chunk on the team; lap(&Profile::…) books the time since the last lap. The
  // time from the calling thread's last chunk to the end is waiting.
  template <class Work>
  void for_each(ThreadTeam& team, int chunks, const Work& work) {
    Stopwatch waiting(enabled_);
    team.for_each(chunks, [&](int chunk, int member) {
      const bool timed = enabled_ && member == 0;
      Stopwatch watch(timed);
      work(chunk, member, [&](double Profile::* part) { watch.lap(part, profile_); });
      if (timed) waiting = Stopwatch(true);
    });
    waiting.lap(&Profile::waiting, profile_);
  }

  // Books the time of `work` on the calling thread.
  template <class Work>
  void time(double Profile::* part, const Work& work) {
    Stopwatch watch(enabled_);
    work();
    watch.lap(part, profile_);
  }

  const Profile& profile() const { return profile_; }

 private:
  const bool enabled_;
  Profile profile_;
};

}  // namespace two_layer_net
