#include "thread.h"

#include <exception>
#include <thread>
#include <utility>

namespace two_layer_net {

struct Thread::Running {
  std::thread thread;
};

Thread Thread::start(std::function<void()> work) {
  Thread started;
  try {
    started.running_ = std::make_unique<Running>(Running{std::thread(std::move(work))});
  } catch (const std::exception&) {
    // The system's limit is reached.
  }
  return started;
}

Thread::Thread() = default;
Thread::Thread(Thread&&) noexcept = default;
Thread& Thread::operator=(Thread&&) noexcept = default;
Thread::~Thread() = default;

void Thread::join() { running_->thread.join(); }

}  // namespace two_layer_net
