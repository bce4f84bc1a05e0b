#include "mapped_buffer.h"

#include <sys/stat.h>

#include <cmath>
#include <cstdint>
#include <memory>
#include <string>

#include "../engine/core/mapped_file.h"

namespace two_layer_net::addon {
namespace {

using File = std::shared_ptr<const MappedFile>;

constexpr double kMaxSafeInteger = 9007199254740991.0;

size_t size_of(const Argument& bytes) {
  static const std::string kExpected = "an integer from 1 to 9007199254740991";
  if (!bytes.value().IsNumber()) bytes.refuse_type(kExpected);
  const double size = bytes.number();
  if (!(size >= 1 && size <= kMaxSafeInteger) || size != std::floor(size)) bytes.refuse_value(kExpected);
  return static_cast<size_t>(size);
}

// A training may still hold the file.
void drop(napi_env, void*, void* hint) { delete static_cast<File*>(hint); }

}  // namespace

Napi::Value map_file(const Argument& call) {
  const Argument descriptor = call["descriptor"];
  const int number = descriptor.integer(0);
  const size_t bytes = size_of(call["bytes"]);
  const std::string name = call["name"].string("a string");
  struct stat info {};
  const bool known = fstat(number, &info) == 0;
  if (!known || static_cast<uint64_t>(info.st_size) < bytes) {
    descriptor.refuse_value("a file of at least " + std::to_string(bytes) + " bytes",
                            known ? std::to_string(info.st_size) : "no file");
  }
  auto file = std::make_unique<File>(MappedFile::map(number, bytes, name));
  if (!*file) return call.env().Null();
  napi_value buffer;
  const napi_status status =
      napi_create_external_arraybuffer(call.env(), (*file)->data(), bytes, drop, file.get(), &buffer);
  if (status == napi_no_external_buffers_allowed) return call.env().Null();
  if (status != napi_ok) throw Napi::Error::New(call.env());
  file.release();  // the buffer owns it from here
  return {call.env(), buffer};
}

void unmap_file(const Argument& buffer) {
  if (!buffer.value().IsArrayBuffer()) buffer.refuse_type("an ArrayBuffer");
  Napi::ArrayBuffer memory = buffer.value().As<Napi::ArrayBuffer>();
  if (memory.IsDetached()) return;
  if (!MappedFile::at(memory.Data())) buffer.refuse_value("a buffer of mapFile");
  memory.Detach();
}

}  // namespace two_layer_net::addon
