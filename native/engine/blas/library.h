// Thread control, which each library behind the C interface does differently. cblas.cpp is built together with one of
// openblas.cpp, mkl.cpp, accelerate.cpp and other.cpp, which also implements blas_info(). For BLIS, blis.cpp implements
// everything.
#pragma once

#include <mutex>

namespace two_layer_net {

// While an object of this class exists, BLAS calls of the thread that created it use no other thread. This is for
// libraries with a thread count per calling thread. For the others it does nothing, and SingleThreadedBlas controls the
// thread count of the process.
class OneThreadedCall {
 public:
  OneThreadedCall();
  ~OneThreadedCall();
  OneThreadedCall(const OneThreadedCall&) = delete;
  OneThreadedCall& operator=(const OneThreadedCall&) = delete;

 private:
  [[maybe_unused]] int before_ = 0;
};

// The process-wide thread count of a library: the first holder sets it to 1, the last one to release it restores it.
class HeldThreads {
 public:
  using Get = int (*)();
  using Set = void (*)(int);

  // Both are null if the library has no thread count.
  HeldThreads(Get get, Set set) : get_(get), set_(set) {}

  void hold() {
    if (!get_ || !set_) return;
    std::lock_guard<std::mutex> lock(mutex_);
    if (holders_++ > 0) return;
    before_ = get_();
    if (before_ != 1) set_(1);
  }

  void release() {
    if (!get_ || !set_) return;
    std::lock_guard<std::mutex> lock(mutex_);
    if (--holders_ == 0 && before_ != 1) set_(before_);
  }

 private:
  const Get get_;
  const Set set_;
  std::mutex mutex_;
  int holders_ = 0;
  int before_ = 1;
};

}  // namespace two_layer_net
