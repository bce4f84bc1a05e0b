// A team of threads, for one call of the engine or several. The calling thread is its first member.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "patience.h"
#include "thread.h"

namespace two_layer_net {

// How many of `threads` threads are worth starting for `multiplications` multiplications in `chunks` chunks. Starting a
// thread, handing it work and waiting for it each take a few microseconds. No result depends on this number.
int useful_threads(double multiplications, size_t chunks, int threads);

class ThreadTeam {
 public:
  // A team of one call is always about to get work: its members wait patiently. One that is kept between calls is not.
  enum class Lifetime { kCall, kKept };

  // Starts threads − 1 threads. If the system cannot start them all, the team is smaller. No result depends on its
  // size.
  explicit ThreadTeam(int threads, Lifetime lifetime = Lifetime::kCall);
  ~ThreadTeam();
  ThreadTeam(const ThreadTeam&) = delete;
  ThreadTeam& operator=(const ThreadTeam&) = delete;

  int size() const { return static_cast<int>(workers_.size()) + 1; }

  // Calls work(chunk, member) once for each chunk in 0 … chunks − 1 and returns when all are done. Each member gets a
  // contiguous run of chunks, so that it uses the same memory in every step. A member that has finished its run waits a
  // moment, then takes chunks from the ends of the other runs, so that the team does not wait long for a member that
  // lost its core to another process. A result must not depend on which member runs a chunk. `work` must not throw.
  void for_each(int chunks, const std::function<void(int chunk, int member)>& work);

 private:
  void serve(int member);
  void take_share(int member, uint32_t round);
  bool others_end(uint32_t round) const;
  void settle(uint32_t done);

  // The chunks of a member's run that are not taken yet: begin in the low half, end in the high half.
  struct alignas(64) Run {
    std::atomic<uint64_t> left{0};
  };
  static bool take_first(Run& run, int& chunk);
  static bool take_last(Run& run, int& chunk);

  // Of this round. They are set before the runs are, so a member that takes a chunk sees the values for that chunk.
  const std::function<void(int, int)>* work_ = nullptr;
  std::vector<Run> runs_;  // one for each member
  Lifetime lifetime_;
  Crowd crowd_;
  Patience patience_;  // of the calling thread
  // Counts the rounds; a member that sees a new number looks for chunks. Each counter has its own cache line.
  alignas(64) std::atomic<uint32_t> round_{0};
  alignas(64) std::atomic<uint32_t> undone_{0};  // chunks of this round that are not done yet
  std::atomic<bool> leaving_{false};
  std::vector<Thread> workers_;
};

}  // namespace two_layer_net
