#include "mapped_file.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <mutex>
#include <vector>

#if __has_include(<sys/mman.h>)
#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>
#define TWO_LAYER_NET_MAPS_FILES 1
#endif

namespace two_layer_net {
namespace {

std::mutex mutex;
std::vector<std::weak_ptr<const MappedFile>> files;

// The same files for the signal handler, which must not lock or allocate. Further ones have no message.
std::array<std::atomic<const MappedFile*>, 64> explained;

void exchange(const MappedFile* from, const MappedFile* to) {
  const auto slot = std::find_if(explained.begin(), explained.end(), [from](auto& each) { return each == from; });
  if (slot != explained.end()) *slot = to;
}

#ifdef TWO_LAYER_NET_MAPS_FILES

struct sigaction before;

void explain_bus_error(int, siginfo_t* info, void*) {
  for (const auto& slot : explained) {
    const MappedFile* file = slot;
    if (!file || !file->holds(info->si_addr)) continue;
    // If nobody reads the message, there is nothing left to do.
    [[maybe_unused]] const ssize_t written = write(STDERR_FILENO, file->message().data(), file->message().size());
  }
  // When this returns, the page is used again, and whoever handled the signal before handles it.
  sigaction(SIGBUS, &before, nullptr);
}

void explain_bus_errors() {
  static std::once_flag once;
  std::call_once(once, [] {
    struct sigaction action{};
    action.sa_sigaction = explain_bus_error;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK;
    sigemptyset(&action.sa_mask);
    sigaction(SIGBUS, &action, &before);
  });
}

#endif

}  // namespace

MappedFile::MappedFile(void* data, size_t size, const std::string& name)
    : data_(data),
      size_(size),
      message_("two-layer-net: " + name + " became shorter while it was mapped into memory\n") {}

#ifdef TWO_LAYER_NET_MAPS_FILES

std::shared_ptr<const MappedFile> MappedFile::map(int descriptor, size_t bytes, const std::string& name) {
  // Writable for this process alone: a write to read-only pages would end it. Pages are not reserved for that, since
  // there may be more of them than memory.
  int flags = MAP_PRIVATE;
#ifdef MAP_NORESERVE
  flags |= MAP_NORESERVE;
#endif
  void* data = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, flags, descriptor, 0);
  if (data == MAP_FAILED) return nullptr;
  explain_bus_errors();
  const std::shared_ptr<const MappedFile> file(new MappedFile(data, bytes, name));
  const std::lock_guard lock(mutex);
  files.push_back(file);
  exchange(nullptr, file.get());
  return file;
}

MappedFile::~MappedFile() {
  {
    const std::lock_guard lock(mutex);
    std::erase_if(files, [](const auto& file) { return file.expired(); });
    exchange(this, nullptr);
  }
  munmap(data_, size_);
}

#else

std::shared_ptr<const MappedFile> MappedFile::map(int, size_t, const std::string&) { return nullptr; }
MappedFile::~MappedFile() = default;

#endif

std::shared_ptr<const MappedFile> MappedFile::at(const void* address) {
  const std::lock_guard lock(mutex);
  for (const auto& each : files) {
    const std::shared_ptr<const MappedFile> file = each.lock();
    if (file && file->holds(address)) return file;
  }
  return nullptr;
}

}  // namespace two_layer_net
