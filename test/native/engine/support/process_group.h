// A group of processes that are threads of this one.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstring>
#include <mutex>
#include <thread>
#include <vector>

#include "../../../../native/engine/core/processes.h"

namespace two_layer_net {

class ThreadsAsProcesses {
 public:
  // Calls use(group) on `size` threads, each with the group as the process of one rank has it.
  template <class Use>
  static void run(int size, const Use& use) {
    ThreadsAsProcesses all(size);
    std::vector<std::thread> threads;
    for (int rank = 0; rank < size; rank++) {
      threads.emplace_back([&, rank] {
        Process process{&all, rank};
        const ProcessGroup group{&process, rank, size, exchange, gather};
        use(group);
      });
    }
    for (std::thread& thread : threads) thread.join();
  }

 private:
  struct Process {
    ThreadsAsProcesses* all;
    int rank;
  };

  explicit ThreadsAsProcesses(int size) : given_(size) {}

  static void exchange(void* context, const void* from, void* to, size_t bytes) {
    auto& [all, rank] = *static_cast<Process*>(context);
    all->pass(rank, from, to, bytes, rank * bytes);
  }
  static void gather(void* context, const void* from, void* to, size_t bytes) {
    auto& [all, rank] = *static_cast<Process*>(context);
    all->pass(rank, from, to, bytes, 0);
  }

  // Takes `bytes` at `offset` of what each has given.
  void pass(int rank, const void* from, void* to, size_t bytes, size_t offset) {
    given_[rank] = static_cast<const char*>(from);
    wait_for_all();
    for (size_t i = 0; i < given_.size(); i++) {
      std::memcpy(static_cast<char*>(to) + i * bytes, given_[i] + offset, bytes);
    }
    wait_for_all();
  }

  void wait_for_all() {
    std::unique_lock lock(mutex_);
    const int round = round_;
    if (++waiting_ == static_cast<int>(given_.size())) {
      waiting_ = 0;
      round_++;
      changed_.notify_all();
    }
    changed_.wait(lock, [&] { return round_ != round; });
  }

  std::vector<const char*> given_;  // by rank
  std::mutex mutex_;
  std::condition_variable changed_;
  int waiting_ = 0, round_ = 0;
};

}  // namespace two_layer_net
