// Arrays that end at a page boundary, followed by an inaccessible page: a read past the end crashes the test.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <vector>

#if __has_include(<sys/mman.h>)
#include <sys/mman.h>
#include <unistd.h>
#endif

namespace two_layer_net {

#if __has_include(<sys/mman.h>)

constexpr bool kHasPages = true;

template <class T>
class AtPageEnd {
 public:
  explicit AtPageEnd(const std::vector<T>& values) : size_(values.size()) {
    const size_t page = static_cast<size_t>(sysconf(_SC_PAGESIZE)), bytes = size_ * sizeof(T);
    const size_t usable = (bytes + page - 1) / page * page;
    mapped_ = usable + page;
    pages_ = mmap(nullptr, mapped_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (pages_ == MAP_FAILED) std::abort();
    if (mprotect(static_cast<char*>(pages_) + usable, page, PROT_NONE) != 0) std::abort();
    data_ = reinterpret_cast<T*>(static_cast<char*>(pages_) + usable - bytes);
    std::copy(values.begin(), values.end(), data_);
  }
  ~AtPageEnd() { munmap(pages_, mapped_); }
  AtPageEnd(const AtPageEnd&) = delete;
  AtPageEnd& operator=(const AtPageEnd&) = delete;

  T* data() const { return data_; }
  std::vector<T> values() const { return {data_, data_ + size_}; }

 private:
  size_t size_, mapped_;
  void* pages_;
  T* data_;
};

#else

constexpr bool kHasPages = false;

template <class T>
class AtPageEnd {
 public:
  explicit AtPageEnd(const std::vector<T>& values) : values_(values) {}
  T* data() const { return values_.data(); }
  std::vector<T> values() const { return values_; }

 private:
  mutable std::vector<T> values_;
};

#endif

}  // namespace two_layer_net
