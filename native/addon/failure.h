// Turns what the engine and the standard library throw into JavaScript's errors, with codes.
#pragma once

#include <napi.h>

#include <exception>
#include <string>
#include <utility>

namespace two_layer_net::addon {

// The error for an exception: ERR_OUT_OF_MEMORY if memory cannot be allocated, ERR_NO_THREAD if a thread cannot be
// started, no code for others. `what` is what failed: `Training`.
Napi::Error failure(Napi::Env env, const char* what, const std::exception_ptr& exception);

// Runs a call, and throws failure() for all that is not JavaScript's error already.
template <class Call>
auto with_codes(Napi::Env env, const char* what, const Call& call) {
  try {
    return call();
  } catch (const Napi::Error&) {
    throw;
  } catch (...) {
    throw failure(env, what, std::current_exception());
  }
}

// A new typed array of zeros. Node-API's own way ends the process if there is no memory, JavaScript's constructor does
// not.
template <class T>
Napi::TypedArrayOf<T> new_array(Napi::Env env, size_t length);

extern template Napi::TypedArrayOf<float> new_array<float>(Napi::Env, size_t);
extern template Napi::TypedArrayOf<double> new_array<double>(Napi::Env, size_t);

}  // namespace two_layer_net::addon
