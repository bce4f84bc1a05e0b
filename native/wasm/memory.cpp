// Memory of the module. There are no exceptions here: what cannot be allocated, or must not happen, ends the module.
#include <atomic>
#include <cstdarg>
#include <cstdlib>
#include <new>

#include "host.h"

namespace {

// malloc of a module without threads has no lock.
std::atomic_flag busy = ATOMIC_FLAG_INIT;

class Lock {
 public:
  Lock() {
    while (busy.test_and_set(std::memory_order_acquire)) {
    }
  }
  ~Lock() { busy.clear(std::memory_order_release); }
};

void* allocated(size_t bytes, size_t alignment) {
  void* memory = nullptr;
  if (bytes < PTRDIFF_MAX * size_t{2} - alignment) {
    const Lock lock;
    memory = aligned_alloc(alignment, (bytes + alignment) / alignment * alignment);
  }
  if (!memory) two_layer_net::host::out_of_memory(bytes);
  return memory;
}

void release(void* memory) {
  const Lock lock;
  std::free(memory);
}

}  // namespace

void* operator new(size_t bytes) { return allocated(bytes, 16); }
void* operator new[](size_t bytes) { return allocated(bytes, 16); }
void* operator new(size_t bytes, std::align_val_t alignment) {
  return allocated(bytes, static_cast<size_t>(alignment));
}
void* operator new[](size_t bytes, std::align_val_t alignment) {
  return allocated(bytes, static_cast<size_t>(alignment));
}
void operator delete(void* memory) noexcept { release(memory); }
void operator delete[](void* memory) noexcept { release(memory); }
void operator delete(void* memory, size_t) noexcept { release(memory); }
void operator delete[](void* memory, size_t) noexcept { release(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { release(memory); }
void operator delete[](void* memory, std::align_val_t) noexcept { release(memory); }
void operator delete(void* memory, size_t, std::align_val_t) noexcept { release(memory); }
void operator delete[](void* memory, size_t, std::align_val_t) noexcept { release(memory); }

// The library's own would print a message, with all of printf.
_LIBCPP_BEGIN_NAMESPACE_STD
[[noreturn]] void __libcpp_verbose_abort(const char*, ...) noexcept { __builtin_trap(); }
_LIBCPP_END_NAMESPACE_STD

extern "C" {
void __cxa_pure_virtual() { __builtin_trap(); }
[[noreturn]] void __abort_message(const char*, ...) { __builtin_trap(); }
}

// Memory of JavaScript's: aligned to a cache line. The size is a number of JavaScript's, too, and may be too large.
TWO_LAYER_NET_EXPORT("allocate") void* exported_allocate(double bytes) {
  constexpr double kAll = 4294901760.0;
  if (!(bytes < kAll)) two_layer_net::host::out_of_memory(SIZE_MAX);
  return allocated(static_cast<size_t>(bytes), 64);
}

TWO_LAYER_NET_EXPORT("release") void exported_release(void* memory) { release(memory); }
