// A file in memory: the system reads its pages when they are used, and drops them when memory is short.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

namespace two_layer_net {

// Whoever uses the memory holds a pointer; the last one that is dropped unmaps it.
//
// The file is never changed. What is written to the memory stays in this process, in pages of its own.
//
// A file that becomes shorter takes its pages away. Using one then ends the process, as the system defines it (SIGBUS);
// a message on standard error says which file it was.
class MappedFile {
 public:
  // Maps the first `bytes`, at least 1, of an open file that has as many. Returns null if the system does not allow it.
  static std::shared_ptr<const MappedFile> map(int descriptor, size_t bytes, const std::string& name);

  // The file that `address` belongs to, or null.
  static std::shared_ptr<const MappedFile> at(const void* address);

  ~MappedFile();
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  void* data() const { return data_; }
  size_t size() const { return size_; }
  bool holds(const void* address) const {
    return address >= data_ && address < static_cast<const char*>(data_) + size_;
  }
  // What to say if the file has become shorter.
  const std::string& message() const { return message_; }

 private:
  MappedFile(void* data, size_t size, const std::string& name);

  void* const data_;
  const size_t size_;
  const std::string message_;
};

}  // namespace two_layer_net
