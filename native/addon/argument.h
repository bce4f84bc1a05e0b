// One value of a call, with its path for error messages, such as `net.shape.inputSize`. Reading it checks its type and
// range. Errors read "binding: expected … for PATH but received …", the same as in src/backend/reference/checks.ts.
#pragma once

#include <napi.h>

#include <climits>
#include <cstdint>
#include <string>

namespace two_layer_net::addon {

class Argument {
 public:
  Argument(const Napi::Value& value, std::string path) : value_(value), path_(std::move(path)) {}

  // A property. Throws a TypeError unless this is an object.
  Argument operator[](const char* name) const;

  Napi::Object object() const;
  double number() const;
  bool boolean() const;
  std::string string(const std::string& expected) const;

  // An integer in min … max.
  int integer(int min, int max = INT_MAX) const;

  // A typed array of T with `length` elements.
  template <class T>
  Napi::TypedArrayOf<T> array(size_t length) const;

  // True for a Float64Array, false for a Float32Array. Throws for anything else.
  bool is_double() const;

  bool is_null() const { return value_.IsNull(); }
  const Napi::Value& value() const { return value_; }
  Napi::Env env() const { return value_.Env(); }

  // The type of a typed array, or -1 for anything else.
  int array_type() const;

  // Throw "binding: expected `expected` for PATH but received …", with the value or with `received`.
  [[noreturn]] void refuse_type(const std::string& expected) const;
  [[noreturn]] void refuse_value(const std::string& expected) const;
  [[noreturn]] void refuse_value(const std::string& expected, const std::string& received) const;

  const std::string& path() const { return path_; }

 private:
  std::string message(const std::string& expected, const std::string& received) const;

  Napi::Value value_;
  std::string path_;
};

}  // namespace two_layer_net::addon
