#include "failure.h"

#include <new>
#include <stdexcept>
#include <system_error>
#include <type_traits>

namespace two_layer_net::addon {
namespace {

Napi::Error coded(Napi::Env env, const char* code, const std::string& message) {
  Napi::Error error = Napi::Error::New(env, message);
  error.Set("code", code);
  return error;
}

Napi::Error out_of_memory(Napi::Env env, const char* what) {
  return coded(env, "ERR_OUT_OF_MEMORY",
               std::string(what) + " failed: not enough memory. Use smaller sizes or minibatches, or free memory");
}

}  // namespace

Napi::Error failure(Napi::Env env, const char* what, const std::exception_ptr& exception) {
  try {
    std::rethrow_exception(exception);
  } catch (const std::bad_alloc&) {
    return out_of_memory(env, what);
  } catch (const std::length_error&) {  // of a vector that is larger than all memory
    return out_of_memory(env, what);
  } catch (const std::system_error&) {
    return coded(env, "ERR_NO_THREAD",
                 std::string(what) + " failed: the system's limit of threads is reached. Raise it, or end other work");
  } catch (const std::exception& error) {
    return Napi::Error::New(env, std::string(what) + " failed: " + error.what());
  } catch (...) {
    return Napi::Error::New(env, std::string(what) + " failed for an unknown reason");
  }
}

template <class T>
Napi::TypedArrayOf<T> new_array(Napi::Env env, size_t length) {
  static constexpr const char* kName = std::is_same_v<T, double> ? "Float64Array" : "Float32Array";
  const Napi::Function constructor = env.Global().Get(kName).As<Napi::Function>();
  try {
    return constructor.New({Napi::Number::New(env, static_cast<double>(length))}).template As<Napi::TypedArrayOf<T>>();
  } catch (const Napi::Error&) {
    throw out_of_memory(env, "Making an array");
  }
}

template Napi::TypedArrayOf<float> new_array<float>(Napi::Env, size_t);
template Napi::TypedArrayOf<double> new_array<double>(Napi::Env, size_t);

}  // namespace two_layer_net::addon
