#include "../../../../native/engine/core/work_queue.h"

#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <memory>
#include <mutex>
#include <set>
#include <thread>

namespace two_layer_net {
namespace {

TEST(WorkQueue, RunsEverythingOnce) {
  constexpr int kWorks = 1000;
  std::atomic<int> runs{0};
  std::latch all(kWorks);
  WorkQueue queue(3);
  for (int i = 0; i < kWorks; i++) {
    EXPECT_TRUE(queue.add([&] {
      runs++;
      all.count_down();
    }));
  }
  all.wait();
  EXPECT_EQ(runs, kWorks);
}

TEST(WorkQueue, RunsAsMuchAtATimeAsItMayHaveThreads) {
  WorkQueue queue(3);
  std::latch together(3), done(3);
  for (int i = 0; i < 3; i++) {
    queue.add([&] {
      together.arrive_and_wait();  // ends only if three run at the same time
      done.count_down();
    });
  }
  done.wait();
}

TEST(WorkQueue, UsesNoMoreThreadsThanItMayHave) {
  constexpr int kWorks = 200;
  std::mutex mutex;
  std::set<std::thread::id> threads;
  std::latch all(kWorks);
  WorkQueue queue(2);
  for (int i = 0; i < kWorks; i++) {
    queue.add([&] {
      {
        const std::lock_guard<std::mutex> lock(mutex);
        threads.insert(std::this_thread::get_id());
      }
      all.count_down();
    });
  }
  all.wait();
  EXPECT_LE(threads.size(), 2u);
}

TEST(WorkQueue, DropsWhatHasNotBegunWhenItCloses) {
  const auto held = std::make_shared<int>(0);
  std::latch begun(1), end(1);
  std::atomic<bool> ended{false}, others{false};
  WorkQueue queue(1);
  queue.add([&] {
    begun.count_down();
    end.wait();
    ended = true;
  });
  for (int i = 0; i < 10; i++) queue.add([&, held] { others = true; });
  begun.wait();
  std::thread closing([&] { queue.close(); });
  while (held.use_count() > 1) std::this_thread::yield();  // dropped at once, before the running work ends
  end.count_down();
  closing.join();
  EXPECT_TRUE(ended);
  EXPECT_FALSE(others);
  EXPECT_FALSE(queue.add([] { FAIL() << "the queue is closed"; }));
}

}  // namespace
}  // namespace two_layer_net
