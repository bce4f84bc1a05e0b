// Threads are Workers. They are started once, when a thread is needed and none is free, and run one function after the
// other. All threads are started and joined by the module's first thread, JavaScript's.
#include "../engine/core/thread.h"

#include <atomic>
#include <utility>
#include <vector>

#include "../engine/core/aligned_buffer.h"
#include "../engine/core/patience.h"
#include "host.h"
#include "waiting.h"

namespace two_layer_net {
namespace {

enum State : uint32_t { kFree, kGiven, kRunning };

// One Worker. It may not have begun yet: then what it is given waits, and is taken back by join().
struct Member {
  std::atomic<uint32_t> state{kFree};
  std::function<void()> work;
};

std::vector<std::unique_ptr<Member>> members;

Member* free_member() {
  for (const std::unique_ptr<Member>& member : members) {
    if (member->state.load(std::memory_order_acquire) == kFree) return member.get();
  }
  return nullptr;
}

constexpr size_t kStack = 256 * 1024, kAlignment = 128;

size_t size_of_thread_locals() { return (__builtin_wasm_tls_size() + kAlignment) / kAlignment * kAlignment; }

// Memory for the thread-local variables of a thread, and its stack behind them.
char* new_thread_memory() {
  return static_cast<char*>(::operator new(size_of_thread_locals() + kStack, std::align_val_t{kAlignment}));
}

char* end_of_stack(char* memory) { return memory + size_of_thread_locals() + kStack; }

// Null if there is no Worker for it. Stack and thread-local variables stay for as long as the module.
Member* new_member() {
  char* memory = new_thread_memory();
  auto member = std::make_unique<Member>();
  if (!host::start_member(member.get(), end_of_stack(memory), memory)) {
    ::operator delete(memory, std::align_val_t{kAlignment});
    return nullptr;
  }
  members.push_back(std::move(member));
  return members.back().get();
}

}  // namespace

struct Thread::Running {
  Member& member;
};

Thread Thread::start(std::function<void()> work) {
  Thread started;
  Member* member = free_member();
  if (!member) member = new_member();
  if (!member) return started;
  member->work = std::move(work);
  member->state.store(kGiven, std::memory_order_release);
  wake_all(member->state);
  started.running_ = std::make_unique<Running>(*member);
  return started;
}

Thread::Thread() = default;
Thread::Thread(Thread&&) noexcept = default;
Thread& Thread::operator=(Thread&&) noexcept = default;
Thread::~Thread() = default;

void Thread::join() {
  Member& member = running_->member;
  uint32_t state = kGiven;
  if (!member.state.compare_exchange_strong(state, kFree, std::memory_order_acq_rel)) {
    Patience patience(false);
    while ((state = member.state.load(std::memory_order_acquire)) != kFree) patience.await_change(member.state, state);
  }
  member.work = nullptr;
}

}  // namespace two_layer_net

// For a Worker that JavaScript gives its work: the memory that its instance needs.
TWO_LAYER_NET_EXPORT("newThread") void* exported_newThread() { return two_layer_net::new_thread_memory(); }
TWO_LAYER_NET_EXPORT("endOfStack") void* exported_endOfStack(char* memory) {
  return two_layer_net::end_of_stack(memory);
}

// What a Worker that is a member of teams does, forever.
TWO_LAYER_NET_EXPORT("serve") void exported_serve(void* given) {
  using namespace two_layer_net;
  allow_sleep();
  auto& member = *static_cast<Member*>(given);
  Patience patience(false);
  while (true) {
    uint32_t state = kGiven;
    if (!member.state.compare_exchange_strong(state, kRunning, std::memory_order_acq_rel)) {
      patience.await_change(member.state, state);
      continue;
    }
    member.work();
    member.state.store(kFree, std::memory_order_release);
    wake_all(member.state);
  }
}
