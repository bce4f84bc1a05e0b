#include "work_queue.h"

#include <system_error>
#include <utility>

namespace two_layer_net {

bool WorkQueue::add(std::function<void()> work) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (closed_) return false;
  if (queue_.size() >= free_ && threads_.size() < static_cast<size_t>(most_)) start_thread();
  queue_.push_back(std::move(work));
  added_.notify_one();
  return true;
}

// Called with the mutex locked.
void WorkQueue::start_thread() {
  try {
    threads_.emplace_back([this] { serve(); });
  } catch (const std::system_error&) {
    if (threads_.empty()) throw;  // otherwise the others do its work
  }
}

void WorkQueue::serve() {
  std::unique_lock<std::mutex> lock(mutex_);
  while (true) {
    free_++;
    added_.wait(lock, [this] { return closed_ || !queue_.empty(); });
    free_--;
    if (closed_) return;
    std::function<void()> work = std::move(queue_.front());
    queue_.pop_front();
    lock.unlock();
    work();
    work = nullptr;  // what it holds is released here, without the lock
    lock.lock();
  }
}

void WorkQueue::close() {
  std::deque<std::function<void()>> dropped;
  std::vector<std::thread> threads;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    closed_ = true;
    dropped.swap(queue_);
    threads.swap(threads_);
  }
  added_.notify_all();
  dropped.clear();
  for (std::thread& thread : threads) thread.join();
}

}  // namespace two_layer_net
