#include "thread_team.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "float_environment.h"
#include "relax.h"

namespace two_layer_net {
namespace {

// Reading the clock costs as much as several checks of an atomic variable.
constexpr int kLooksPerTimeCheck = 16;

}  // namespace

int useful_threads(double multiplications, size_t chunks, int threads) {
  // The number that one core does in about 50 microseconds.
  constexpr double kWorthAThread = 1e6;
  const double useful = std::min(multiplications / kWorthAThread, static_cast<double>(chunks));
  return std::max(1, static_cast<int>(std::min(useful, static_cast<double>(threads))));
}

ThreadTeam::ThreadTeam(int threads, Lifetime lifetime)
    : runs_(threads), lifetime_(lifetime), crowd_(threads), patience_(lifetime == Lifetime::kCall) {
  workers_.reserve(threads - 1);
  for (int member = 1; member < threads; member++) {
    Thread worker = Thread::start([this, member] { serve(member); });
    if (!worker) break;  // the team stays smaller
    workers_.push_back(std::move(worker));
  }
}

ThreadTeam::~ThreadTeam() {
  leaving_.store(true, std::memory_order_relaxed);
  round_.fetch_add(1, std::memory_order_release);
  wake_all(round_);
  for (Thread& worker : workers_) worker.join();
}

bool ThreadTeam::take_first(Run& run, int& chunk) {
  uint64_t left = run.left.load(std::memory_order_relaxed);
  while (static_cast<uint32_t>(left) < left >> 32) {
    chunk = static_cast<int>(static_cast<uint32_t>(left));
    const uint64_t less = left + 1;
    if (run.left.compare_exchange_weak(left, less, std::memory_order_acquire, std::memory_order_relaxed)) return true;
  }
  return false;
}

bool ThreadTeam::take_last(Run& run, int& chunk) {
  uint64_t left = run.left.load(std::memory_order_relaxed);
  while (static_cast<uint32_t>(left) < left >> 32) {
    chunk = static_cast<int>((left >> 32) - 1);
    const uint64_t less = left - (uint64_t{1} << 32);
    if (run.left.compare_exchange_weak(left, less, std::memory_order_acquire, std::memory_order_relaxed)) return true;
  }
  return false;
}

// A member that arrives late finds either no chunks or those of the next round, which it may also run.
void ThreadTeam::take_share(int member, uint32_t round) {
  uint32_t done = 0;
  int chunk;
  for (; take_first(runs_[member], chunk); done++) (*work_)(chunk, member);
  settle(done);
  if (others_end(round)) return;
  done = 0;
  for (int i = 1; i < size(); i++) {
    Run& others = runs_[(member + i) % size()];
    for (; take_last(others, chunk); done++) (*work_)(chunk, member);
  }
  settle(done);
}

// Waits a moment; returns whether the round has ended. Running another member's chunk moves its memory to another core,
// and back in the next step. When members did so all the time, small steps took twice as long.
bool ThreadTeam::others_end(uint32_t round) const {
  constexpr auto kMoment = std::chrono::microseconds(10);
  const auto end = std::chrono::steady_clock::now() + kMoment;
  do {
    for (int i = 0; i < kLooksPerTimeCheck; i++) {
      if (undone_.load(std::memory_order_acquire) == 0 || round_.load(std::memory_order_relaxed) != round) return true;
      relax();
    }
  } while (std::chrono::steady_clock::now() < end);
  return false;
}

void ThreadTeam::settle(uint32_t done) {
  if (done > 0 && undone_.fetch_sub(done, std::memory_order_acq_rel) == done) wake_one(undone_);
}

void ThreadTeam::for_each(int chunks, const std::function<void(int chunk, int member)>& work) {
  work_ = &work;
  undone_.store(static_cast<uint32_t>(chunks), std::memory_order_relaxed);
  const auto bound = [&](int member) { return static_cast<uint64_t>(static_cast<int64_t>(chunks) * member / size()); };
  for (int member = 0; member < size(); member++) {
    runs_[member].left.store(bound(member + 1) << 32 | bound(member), std::memory_order_release);
  }
  if (size() > 1) {
    round_.fetch_add(1, std::memory_order_release);
    wake_all(round_);
  }
  take_share(0, round_.load(std::memory_order_relaxed));
  for (uint32_t left; (left = undone_.load(std::memory_order_acquire)) != 0;) patience_.await_change(undone_, left);
}

void ThreadTeam::serve(int member) {
  const DefaultFloatEnvironment environment;  // a new thread inherits that of its creator
  Patience patience(lifetime_ == Lifetime::kCall);
  uint32_t seen = 0;
  while (true) {
    patience.await_change(round_, seen);
    seen = round_.load(std::memory_order_acquire);
    if (leaving_.load(std::memory_order_relaxed)) return;
    take_share(member, seen);
  }
}

}  // namespace two_layer_net
