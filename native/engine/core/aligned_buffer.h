// An array that starts on a cache line, as the SIMD kernels require, and is initialized to 0 unless it is to be
// overwritten.
#pragma once

#include <algorithm>
#include <cstddef>
#include <limits>
#include <memory>
#include <new>

#include "huge_pages.h"

namespace two_layer_net {

struct ForOverwrite {};
constexpr ForOverwrite kForOverwrite;

template <class T>
class AlignedBuffer {
 public:
  AlignedBuffer() = default;
  AlignedBuffer(size_t size, ForOverwrite)
      : size_(size),
        numbers_(static_cast<T*>(::operator new[](bytes(size), alignment(size))), Free{alignment(size)}) {
    prefer_huge_pages(numbers_.get(), size * sizeof(T));
  }
  explicit AlignedBuffer(size_t size) : AlignedBuffer(size, kForOverwrite) {
    std::fill_n(numbers_.get(), size, T(0));
  }

  T* data() { return numbers_.get(); }
  const T* data() const { return numbers_.get(); }
  size_t size() const { return size_; }

 private:
  static size_t bytes(size_t size) {
    constexpr size_t kMost = std::numeric_limits<size_t>::max();
    if (size <= kMost / sizeof(T)) return size * sizeof(T);
#if defined(__cpp_exceptions)
    throw std::bad_array_new_length();
#else
    return kMost;  // which operator new refuses in its own way
#endif
  }
  // Two cache lines, because the processor fetches them in pairs; or a huge page.
  static std::align_val_t alignment(size_t size) {
    return std::align_val_t{size * sizeof(T) < kHugePage ? 128 : kHugePage};
  }
  struct Free {
    std::align_val_t alignment{128};
    void operator()(T* numbers) const { ::operator delete[](numbers, alignment); }
  };

  size_t size_ = 0;
  std::unique_ptr<T[], Free> numbers_;
};

}  // namespace two_layer_net
