// How a member of a team waits for the others: it spins for a while, then sleeps.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

namespace two_layer_net {

// Spinning costs a processor, and sleeping the place on it: with a program of low priority on the same processor, a
// thread that wakes waits for the end of that program's time slice, although the scheduler would have preferred it had
// it been awake. So a member spins for longer than a slice as long as the process has a processor for each member, and
// each has it for most of the time. Where others want them as much, such as a training of another process, members
// sleep soon and leave them the processors.
class Patience {
 public:
  // How long a member spins in any case: about as long as a handover between processors takes.
  static constexpr std::chrono::microseconds kShort{50};

  // A member that is not patient sleeps soon in any case.
  explicit Patience(bool patient) : patient_(patient) {}

  // Waits until `value` is no longer `old`.
  void await_change(const std::atomic<uint32_t>& value, uint32_t old);

 private:
  using Clock = std::chrono::steady_clock;

  std::chrono::nanoseconds spin(Clock::time_point now);
  void look_at_share(Clock::time_point now, bool crowded);

  bool patient_;
  // The window over which the thread's share of a processor is measured: since when, how much of it the thread slept,
  // and its processor time at the start.
  Clock::time_point since_{};
  std::chrono::nanoseconds slept_{0};
  std::chrono::nanoseconds used_{0};
};

// Wakes what waits for a change of `value`: one thread, or all.
void wake_one(std::atomic<uint32_t>& value);
void wake_all(std::atomic<uint32_t>& value);

// Counts the members of a team while they may wait.
class Crowd {
 public:
  explicit Crowd(int members) : members_(members) { add(members); }
  ~Crowd() { add(-members_); }
  Crowd(const Crowd&) = delete;
  Crowd& operator=(const Crowd&) = delete;

 private:
  static void add(int members);
  int members_;
};

}  // namespace two_layer_net
