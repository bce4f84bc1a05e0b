// An array that starts on a cache line, as the SIMD kernels require, and is initialized to 0.
#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <new>

namespace two_layer_net {

template <class T>
class AlignedBuffer {
 public:
  AlignedBuffer() = default;
  explicit AlignedBuffer(size_t size)
      : size_(size), numbers_(static_cast<T*>(::operator new[](size * sizeof(T), kAlignment))) {
    std::fill_n(numbers_.get(), size, T(0));
  }

  T* data() { return numbers_.get(); }
  const T* data() const { return numbers_.get(); }
  size_t size() const { return size_; }

 private:
  static constexpr std::align_val_t kAlignment{128};  // two cache lines, because the processor fetches them in pairs
  struct Free {
    void operator()(T* numbers) const { ::operator delete[](numbers, kAlignment); }
  };

  size_t size_ = 0;
  std::unique_ptr<T[], Free> numbers_;
};

}  // namespace two_layer_net
