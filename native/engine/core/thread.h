// A thread that runs one function. The WebAssembly build has its own kind (native/wasm/thread.cpp).
#pragma once

#include <functional>
#include <memory>

namespace two_layer_net {

class Thread {
 public:
  // Starts a thread. The result is empty if the system cannot start one.
  static Thread start(std::function<void()> work);

  Thread();
  Thread(Thread&&) noexcept;
  Thread& operator=(Thread&&) noexcept;
  ~Thread();

  explicit operator bool() const { return running_ != nullptr; }

  // Waits until the function has returned. To be called once for each thread, unless it is empty.
  void join();

 private:
  struct Running;
  std::unique_ptr<Running> running_;
};

}  // namespace two_layer_net
