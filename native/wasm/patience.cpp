#include "../engine/core/patience.h"

#include "waiting.h"

namespace two_layer_net {
namespace {

constexpr std::chrono::microseconds kLong(300);

// Reading the clock is a call of JavaScript, which costs as much as many checks of an atomic variable.
constexpr int kLooksPerTimeCheck = 100;

thread_local bool may_sleep = false;

int* word_of(const std::atomic<uint32_t>& value) {
  static_assert(sizeof(value) == sizeof(uint32_t));
  return reinterpret_cast<int*>(const_cast<std::atomic<uint32_t>*>(&value));
}

}  // namespace

void allow_sleep() { may_sleep = true; }

void wake_one(std::atomic<uint32_t>& value) { __builtin_wasm_memory_atomic_notify(word_of(value), 1); }
void wake_all(std::atomic<uint32_t>& value) { __builtin_wasm_memory_atomic_notify(word_of(value), ~0u); }

// Nothing tells a thread's share of a processor here.
void Patience::await_change(const std::atomic<uint32_t>& value, uint32_t old) {
  const Clock::time_point start = Clock::now();
  const std::chrono::microseconds most = patient_ ? kLong : kShort;
  do {
    for (int i = 0; i < kLooksPerTimeCheck; i++) {
      if (value.load(std::memory_order_acquire) != old) return;
    }
  } while (!may_sleep || Clock::now() - start < most);
  constexpr int64_t kForever = -1;
  __builtin_wasm_memory_atomic_wait32(word_of(value), static_cast<int>(old), kForever);
}

void Crowd::add(int) {}

}  // namespace two_layer_net
