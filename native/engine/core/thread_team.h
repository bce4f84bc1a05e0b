// A team of threads that lives as long as one call of the engine. The caller is its first member.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <thread>
#include <vector>

namespace two_layer_net {

// How many of `threads` are worth starting for `multiplications` multiplications that are cut into `chunks`: handing
// over a share and waiting for it costs some microseconds, and so does starting a thread. No result depends on it.
int useful_threads(double multiplications, size_t chunks, int threads);

class ThreadTeam {
 public:
  // Starts threads − 1 threads. If the system cannot start them all, the team is smaller; no result depends on its
  // size.
  explicit ThreadTeam(int threads);
  ~ThreadTeam();
  ThreadTeam(const ThreadTeam&) = delete;
  ThreadTeam& operator=(const ThreadTeam&) = delete;

  int size() const { return static_cast<int>(workers_.size()) + 1; }

  // Calls work(chunk, member) once for each chunk in 0 … chunks − 1 and returns when all are done. Chunks are dealt in
  // contiguous runs, so that a member meets the same memory in every step; one who is done and has waited for a moment
  // takes chunks from the ends of the others' runs, so that nobody waits long for one whose core the system gave to
  // somebody else. Which member does a chunk must not matter to its result. `work` must not throw.
  void for_each(int chunks, const std::function<void(int chunk, int member)>& work);

 private:
  void serve(int member);
  void take_share(int member, uint32_t round);
  bool others_end(uint32_t round) const;
  void settle(uint32_t done);

  // The chunks of a member's run that nobody has taken yet: begin in the low half, end in the high one.
  struct alignas(64) Run {
    std::atomic<uint64_t> left{0};
  };
  static bool take_first(Run& run, int& chunk);
  static bool take_last(Run& run, int& chunk);

  // Of this round. Whoever takes a chunk sees both as they are for it: they are set before the runs are.
  const std::function<void(int, int)>* work_ = nullptr;
  std::vector<Run> runs_;  // one for each member
  // Counts the rounds of work handed out; a member that sees a new one looks for chunks. Each on a cache line of its
  // own.
  alignas(64) std::atomic<uint32_t> round_{0};
  alignas(64) std::atomic<uint32_t> undone_{0};  // chunks of this round
  std::atomic<bool> leaving_{false};
  std::vector<std::thread> workers_;
};

}  // namespace two_layer_net
