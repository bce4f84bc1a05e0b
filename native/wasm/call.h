// The arguments of a call: numbers of JavaScript's, one after the other, in the order in which they are taken here.
// src/backend/wasm/call.ts writes them. Addresses and integers are exact in a double.
#pragma once

#include <cstdint>

#include "../engine/core/parameters.h"
#include "../engine/core/rows.h"
#include "../engine/core/shape.h"

namespace two_layer_net {

class Call {
 public:
  explicit Call(const double* numbers) : next_(numbers) {}

  double number() { return *next_++; }
  int integer() { return static_cast<int>(number()); }
  template <class T>
  T* address() {
    return reinterpret_cast<T*>(static_cast<uintptr_t>(number()));
  }
  template <class T>
  T value() {
    return static_cast<T>(integer());
  }

  Shape shape() {
    const int D = integer(), H = integer(), C = integer();
    return {D, H, C};
  }
  Rows rows() {
    const void* data = address<void>();
    const auto element = value<Element>();
    const auto count = static_cast<size_t>(number());
    return {data, element, count, address<double>()};
  }
  LabelledRows labelled_rows() {
    const Rows of = rows();
    return {of, address<int32_t>()};
  }

 private:
  const double* next_;
};

template <>
inline double Call::value<double>() {
  return number();
}
template <>
inline int Call::value<int>() {
  return integer();
}
template <>
inline bool Call::value<bool>() {
  return number() != 0;
}

// What a call of any arithmetic begins with.
struct NetCall {
  explicit NetCall(Call& call)
      : is_double(call.value<bool>()), shape(call.shape()), threads(call.integer()), memory(call.address<void>()) {}

  // The parameters, one array after the other.
  template <class T>
  Parameters<T> parameters() const {
    return parameters_in(shape, static_cast<T*>(memory));
  }

  bool is_double;
  Shape shape;
  int threads;  // at most
  void* memory;
};

}  // namespace two_layer_net
