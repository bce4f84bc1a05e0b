#include "../../../../native/engine/core/thread_team.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <numeric>
#include <thread>
#include <vector>

#ifdef __linux__
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>
#endif

namespace two_layer_net {
namespace {

using std::chrono::milliseconds;

// Team sizes. The largest exceeds the number of processors of most machines, so that members also compete for one.
constexpr int kSizes[] = {1, 2, 3, 4, 7};

// Callers and members exchange data through plain memory, so that ThreadSanitizer notices if the team does not order
// the accesses.
struct Round {
  std::vector<int> calls, members;
  int number = 0;

  void run(ThreadTeam& team, int chunks) {
    number++;
    calls.assign(chunks, 0);
    members.assign(chunks, -1);
    team.for_each(chunks, [this](int chunk, int member) {
      calls[chunk] += number;
      members[chunk] = member;
    });
  }

  void expect_each_once(const ThreadTeam& team) const {
    for (size_t chunk = 0; chunk < calls.size(); chunk++) {
      ASSERT_EQ(calls[chunk], number) << "chunk " << chunk << " of " << calls.size() << ", team of " << team.size();
      ASSERT_GE(members[chunk], 0);
      ASSERT_LT(members[chunk], team.size());
    }
  }
};

// Waits for something that other threads do. Returns false after a time limit, so that a test fails instead of hanging.
template <class Condition>
bool eventually(const Condition& condition) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::yield();
  }
  return true;
}

TEST(ThreadTeam, RunsEachChunkOnce) {
  for (int threads : kSizes) {
    ThreadTeam team(threads);
    ASSERT_EQ(team.size(), threads);
    Round round;
    for (int chunks = 0; chunks <= 100; chunks++) {
      round.run(team, chunks);
      round.expect_each_once(team);
    }
  }
}

TEST(ThreadTeam, RunsThousandsOfRoundsInARow) {
  for (int threads : kSizes) {
    ThreadTeam team(threads);
    Round round;
    for (int i = 0; i < 2000; i++) {
      round.run(team, i % 8);
      round.expect_each_once(team);
    }
    round.run(team, 100);
    round.expect_each_once(team);
    EXPECT_EQ(round.number, 2001);
  }
}

TEST(ThreadTeam, OfOneRunsChunksInOrder) {
  ThreadTeam team(1);
  std::vector<int> order, expected(20);
  team.for_each(20, [&](int chunk, int) { order.push_back(chunk); });
  std::iota(expected.begin(), expected.end(), 0);
  EXPECT_EQ(order, expected);
}

// No member takes another's chunk before all have started, so each starts with the same memory in every step.
TEST(ThreadTeam, GivesAMemberTheSameRunInEveryRound) {
  constexpr int kChunks = 20;
  for (int threads : kSizes) {
    ThreadTeam team(threads);
    std::vector<int> runs(threads);
    for (int member = 0; member < threads; member++) runs[member] = kChunks * member / threads;
    for (int round = 0; round < 50; round++) {
      std::vector<int> first(threads, -1);
      std::atomic<int> begun{0};
      team.for_each(kChunks, [&](int chunk, int member) {
        if (first[member] >= 0) return;
        first[member] = chunk;
        begun++;
        eventually([&] { return begun == threads; });
      });
      ASSERT_EQ(first, runs);
    }
  }
}

TEST(ThreadTeam, TakesChunksOfADelayedMemberFromTheEnd) {
  ThreadTeam team(2);
  std::atomic<int> begun{0}, done{0}, gave_up{0};
  std::vector<int> order[2];
  team.for_each(10, [&](int chunk, int member) {
    order[member].push_back(chunk);
    if (order[member].size() == 1) {
      begun++;
      if (!eventually([&] { return begun == 2; })) gave_up++;
    }
    if (chunk == 0 && !eventually([&] { return done == 9; })) gave_up++;
    done++;
  });
  EXPECT_EQ(gave_up, 0);
  EXPECT_EQ(order[0], std::vector<int>({0}));
  EXPECT_EQ(order[1], std::vector<int>({5, 6, 7, 8, 9, 4, 3, 2, 1}));
}

// All members but one are delayed in their first chunk until the other chunks are done.
TEST(ThreadTeam, CompletesTheWorkOfDelayedMembers) {
  for (int threads : kSizes) {
    ThreadTeam team(threads);
    for (int chunks : {threads, 2 * threads + 1, 100}) {
      std::vector<int> calls(chunks);
      std::atomic<int> begun{0}, done{0}, gave_up{0};
      team.for_each(chunks, [&](int chunk, int) {
        calls[chunk]++;
        if (++begun >= threads) {
          done++;
        } else if (!eventually([&] { return done == chunks - (threads - 1); })) {
          gave_up++;
        }
      });
      EXPECT_EQ(gave_up, 0) << chunks << " chunks, team of " << threads;
      EXPECT_EQ(calls, std::vector<int>(chunks, 1));
    }
  }
}

constexpr ThreadTeam::Lifetime kLifetimes[] = {ThreadTeam::Lifetime::kCall, ThreadTeam::Lifetime::kKept};

// Longer than any member spins before it sleeps.
constexpr milliseconds kLongPause(10);

TEST(ThreadTeam, WakesSleepingMembers) {
  for (ThreadTeam::Lifetime lifetime : kLifetimes) {
    for (int threads : kSizes) {
      ThreadTeam team(threads, lifetime);
      Round round;
      for (int i = 0; i < 10; i++) {
        std::this_thread::sleep_for(kLongPause);
        round.run(team, 9);
        round.expect_each_once(team);
      }
    }
  }
}

TEST(ThreadTeam, WakesTheSleepingCallerAfterTheLastChunk) {
  for (ThreadTeam::Lifetime lifetime : kLifetimes) {
    ThreadTeam team(3, lifetime);
    for (int late = 0; late < 3; late++) {
      std::vector<int> done(3);
      team.for_each(3, [&](int chunk, int) {
        if (chunk == late) std::this_thread::sleep_for(kLongPause);
        done[chunk] = 1;
      });
      EXPECT_EQ(done, std::vector<int>(3, 1));
    }
  }
}

#ifdef __linux__
// A patient member spins for some milliseconds, but not for ever.
TEST(ThreadTeam, TakesNoProcessorWhileItHasNothingToDo) {
  const auto used = [] {
    timespec time;
    EXPECT_EQ(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time), 0);
    return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
  };
  for (ThreadTeam::Lifetime lifetime : kLifetimes) {
    ThreadTeam team(2, lifetime);
    Round round;
    round.run(team, 9);
    std::this_thread::sleep_for(kLongPause);
    const auto before = used();
    std::this_thread::sleep_for(milliseconds(200));
    EXPECT_LT(used() - before, milliseconds(100));
  }
}
#endif

TEST(ThreadTeam, CanBeDestroyedWhileMembersSpinOrSleep) {
  for (int i = 0; i < 100; i++) {
    for (int threads : kSizes) ThreadTeam team(threads);
  }
  for (int threads : kSizes) {
    ThreadTeam team(threads);
    std::this_thread::sleep_for(kLongPause);
  }
  for (int i = 0; i < 100; i++) {
    ThreadTeam team(4);
    Round round;
    round.run(team, 4);
  }
}

TEST(ThreadTeam, WorksBesideOtherTeams) {
  std::vector<std::thread> callers;
  std::vector<int> sums(3);
  for (int caller = 0; caller < 3; caller++) {
    callers.emplace_back([&sums, caller] {
      ThreadTeam team(1 + caller);
      Round round;
      for (int i = 0; i < 500; i++) round.run(team, 10);
      for (int calls : round.calls) sums[caller] += calls;
    });
  }
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(sums, std::vector<int>(3, 10 * 500));
}

TEST(ThreadTeam, WorksInsideAnotherTeamsChunk) {
  ThreadTeam outer(3);
  for (int i = 0; i < 20; i++) {
    std::vector<std::vector<int>> calls(5);
    outer.for_each(5, [&](int chunk, int) {
      ThreadTeam inner(2);
      calls[chunk].assign(7, 0);
      for (int round = 0; round < 3; round++) {
        inner.for_each(7, [&, chunk](int part, int) { calls[chunk][part]++; });
      }
    });
    EXPECT_EQ(calls, std::vector<std::vector<int>>(5, std::vector<int>(7, 3)));
  }
}

// Sanitizers reserve a large address space, so this limit cannot be used with them.
#if defined(__linux__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
TEST(ThreadTeamDeathTest, IsSmallerIfTheSystemCannotStartAllThreads) {
  const auto in_little_space = [] {
    size_t pages = 0;
    std::FILE* statm = std::fopen("/proc/self/statm", "r");
    if (!statm || std::fscanf(statm, "%zu", &pages) != 1) std::_Exit(2);
    // Room for a few stacks of 8 MB, but not for a hundred.
    const rlim_t room = pages * sysconf(_SC_PAGESIZE) + (rlim_t{40} << 20);
    const rlimit limit{room, room};
    if (setrlimit(RLIMIT_AS, &limit) != 0) std::_Exit(2);
    ThreadTeam team(100);
    int chunks[200] = {};
    team.for_each(200, [&](int chunk, int) { chunks[chunk]++; });
    for (int calls : chunks) {
      if (calls != 1) std::_Exit(3);
    }
    std::_Exit(team.size() >= 1 && team.size() < 100 ? 0 : 4);
  };
  EXPECT_EXIT(in_little_space(), ::testing::ExitedWithCode(0), "");
}
#endif

}  // namespace
}  // namespace two_layer_net
