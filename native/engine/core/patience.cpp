#include "patience.h"

#include <ctime>

#include "processor.h"
#include "relax.h"

namespace two_layer_net {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;

// Longer than the time slices of Linux, which end with a tick of its clock: 4 ms at 250 Hz.
constexpr milliseconds kLong(6);

// A member's share of a processor is measured over some slices, and has to be this large.
constexpr milliseconds kWindow(60);
constexpr double kOwn = 0.7;
// After it was not, all members of the process sleep soon for so long.
constexpr std::chrono::seconds kPenalty(2);

// Reading the clock costs as much as several checks of an atomic variable.
constexpr int kLooksPerTimeCheck = 16;

// Of all teams of the process.
std::atomic<int> members_of_teams{0};
// When the penalty ends, as a count of the steady clock.
std::atomic<std::chrono::steady_clock::rep> crowded_until{0};

// The processor time of the calling thread. Without a clock for it, it stands still, as if the thread had no processor.
nanoseconds processor_time() {
#if defined(CLOCK_THREAD_CPUTIME_ID)
  timespec time;
  if (clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time) == 0) {
    return std::chrono::seconds(time.tv_sec) + nanoseconds(time.tv_nsec);
  }
#endif
  return nanoseconds(0);
}

}  // namespace

void Crowd::add(int members) { members_of_teams.fetch_add(members, std::memory_order_relaxed); }

void wake_one(std::atomic<uint32_t>& value) { value.notify_one(); }
void wake_all(std::atomic<uint32_t>& value) { value.notify_all(); }

void Patience::await_change(const std::atomic<uint32_t>& value, uint32_t old) {
  const Clock::time_point start = Clock::now();
  Clock::time_point now = start;
  nanoseconds longest = kShort;
  do {
    for (int i = 0; i < kLooksPerTimeCheck; i++) {
      if (value.load(std::memory_order_acquire) != old) return;
      relax();
    }
    now = Clock::now();
    if (longest == kShort && now - start >= kShort) longest = spin(now);
  } while (now - start < longest);
  value.wait(old, std::memory_order_acquire);
  slept_ += Clock::now() - now;
}

// How long to spin at most, by what is known now.
nanoseconds Patience::spin(Clock::time_point now) {
  if (!patient_ || members_of_teams.load(std::memory_order_relaxed) > processors()) return kShort;
  const auto crowded = [&] { return now.time_since_epoch().count() < crowded_until.load(std::memory_order_relaxed); };
  if (now - since_ >= kWindow) look_at_share(now, crowded());
  return crowded() ? kShort : kLong;
}

// Ends a window, and says so if the thread's share was small. A thread that sleeps soon wakes late and had less than it
// could have had: the share says nothing while the process is crowded.
void Patience::look_at_share(Clock::time_point now, bool crowded) {
  const nanoseconds used = processor_time();
  const double awake = static_cast<double>((now - since_ - slept_).count());
  if (!crowded && since_ != Clock::time_point{} && static_cast<double>((used - used_).count()) < kOwn * awake) {
    crowded_until.store((now + kPenalty).time_since_epoch().count(), std::memory_order_relaxed);
  }
  since_ = now;
  slept_ = nanoseconds(0);
  used_ = used;
}

}  // namespace two_layer_net
