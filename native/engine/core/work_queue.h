// Threads that work through a queue.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace two_layer_net {

class WorkQueue {
 public:
  // At most `threads` threads, each started when there is work that no other one is free for.
  explicit WorkQueue(int threads) : most_(threads) {}
  ~WorkQueue() { close(); }
  WorkQueue(const WorkQueue&) = delete;
  WorkQueue& operator=(const WorkQueue&) = delete;

  // Adds work to the end of the queue. It must not throw. Returns false, and drops it, if the queue is closed. Throws
  // std::system_error if there is no thread and the system cannot start one.
  bool add(std::function<void()> work);

  // Drops what has not begun and returns when the rest has ended. Must not be called by the work itself.
  void close();

 private:
  void serve();
  void start_thread();

  const int most_;
  std::mutex mutex_;
  std::condition_variable added_;
  std::deque<std::function<void()>> queue_;
  std::vector<std::thread> threads_;
  size_t free_ = 0;  // threads that wait for work
  bool closed_ = false;
};

}  // namespace two_layer_net
