// What the libraries behind the C interface do each in its own way: their threads. blas_cblas.cpp is built with one of
// blas_openblas.cpp, blas_mkl.cpp, blas_accelerate.cpp and blas_other.cpp, which also has blas_info(). BLIS has
// blas_blis.cpp alone.
#pragma once

#include <mutex>

namespace two_layer_net {

// While one lives, calls of the thread that made it take no other thread. For libraries where each thread of the
// process has a number of its own; with the others it does nothing, and SingleThreadedBlas holds the one number of the
// process.
class OneThreadedCall {
 public:
  OneThreadedCall();
  ~OneThreadedCall();
  OneThreadedCall(const OneThreadedCall&) = delete;
  OneThreadedCall& operator=(const OneThreadedCall&) = delete;

 private:
  [[maybe_unused]] int before_ = 0;
};

// The one number of threads of such a library: the first to hold it sets it to 1, the last to go puts it back.
class HeldThreads {
 public:
  using Get = int (*)();
  using Set = void (*)(int);

  // Both null where there is no number to hold.
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
