#include "arguments.h"

#include <algorithm>
#include <climits>
#include <type_traits>

namespace two_layer_net::addon {
namespace {

[[noreturn]] void refuse(Napi::Env env, const std::string& message) { throw Napi::RangeError::New(env, message); }

template <class T>
constexpr napi_typedarray_type kArrayType = napi_uint8_array;
template <>
constexpr napi_typedarray_type kArrayType<float> = napi_float32_array;
template <>
constexpr napi_typedarray_type kArrayType<double> = napi_float64_array;
template <>
constexpr napi_typedarray_type kArrayType<int32_t> = napi_int32_array;
template <>
constexpr napi_typedarray_type kArrayType<uint32_t> = napi_uint32_array;

}  // namespace

template <class T>
Napi::TypedArrayOf<T> array_of(const Napi::Value& value, size_t length, const std::string& name) {
  if (!value.IsTypedArray() || value.As<Napi::TypedArray>().TypedArrayType() != kArrayType<T>) {
    refuse(value.Env(), "binding: wrong type of array for " + name);
  }
  const auto array = value.As<Napi::TypedArrayOf<T>>();
  if (array.ElementLength() != length) {
    refuse(value.Env(), "binding: expected " + std::to_string(length) + " elements for " + name + " but received " +
                            std::to_string(array.ElementLength()));
  }
  return array;
}

Napi::Object object_at(const Napi::Object& owner, const char* name) {
  const Napi::Value value = owner.Get(name);
  if (!value.IsObject()) refuse(owner.Env(), std::string("binding: expected an object for ") + name);
  return value.As<Napi::Object>();
}

double number_at(const Napi::Object& owner, const char* name) {
  const Napi::Value value = owner.Get(name);
  if (!value.IsNumber()) refuse(owner.Env(), std::string("binding: expected a number for ") + name);
  return value.As<Napi::Number>().DoubleValue();
}

int int_at(const Napi::Object& owner, const char* name, int min) {
  const double value = number_at(owner, name);
  if (!(value >= min && value <= INT_MAX) || value != static_cast<int>(value)) {
    refuse(owner.Env(), std::string("binding: expected an integer of at least ") + std::to_string(min) + " for " +
                            name + " but received " + std::to_string(value));
  }
  return static_cast<int>(value);
}

Shape shape_of(const Napi::Object& net) {
  const Napi::Object shape = object_at(net, "shape");
  return {int_at(shape, "inputSize", 1), int_at(shape, "hiddenSize", 1), int_at(shape, "numClasses", 1)};
}

Products products_of(const Napi::Object& net) {
  const Napi::Value value = net.Get("products");
  const std::string name = value.IsString() ? value.As<Napi::String>().Utf8Value() : "";
  if (name == "auto") return Products::kAuto;
  if (name == "blas") return Products::kBlas;
  if (name != "simd") refuse(net.Env(), "binding: expected auto, simd or blas for products");
  if (!has_simd_kernels()) {
    refuse(net.Env(),
           "This build has no SIMD kernels: it was built without Google "
           "Highway. Install it (Debian: libhwy-dev) and run `npm run build:native`, or use products auto or blas");
  }
  return Products::kSimd;
}

int threads_of(const Napi::Object& net) { return int_at(net, "threads", 1); }

bool is_double(Napi::Env env, const Napi::Value& array) {
  const auto type = array.IsTypedArray() ? array.As<Napi::TypedArray>().TypedArrayType() : napi_int8_array;
  if (type == napi_float64_array) return true;
  if (type == napi_float32_array) return false;
  refuse(env, "binding: expected a Float32Array or Float64Array");
}

bool net_is_double(const Napi::Object& net) { return is_double(net.Env(), object_at(net, "parameters").Get("W1")); }

template <class T>
ParameterArrays<T>::ParameterArrays(const Napi::Object& arrays, const Shape& shape)
    : W1(array_of<T>(arrays.Get("W1"), shape.w1_size(), "W1")),
      b1(array_of<T>(arrays.Get("b1"), shape.H, "b1")),
      W2(array_of<T>(arrays.Get("W2"), shape.w2_size(), "W2")),
      b2(array_of<T>(arrays.Get("b2"), shape.C, "b2")) {}

template <class T>
Parameters<T> ParameterArrays<T>::view() const {
  // Data() is not const in node-addon-api; the handles are.
  auto data = [](Napi::TypedArrayOf<T> array) { return array.Data(); };
  return {data(W1), data(b1), data(W2), data(b2)};
}

Rows rows_of(const Napi::Object& rows, int D) {
  const size_t count = int_at(rows, "count", 1), length = count * D;
  const Napi::Value data = rows.Get("data");
  const auto type = data.IsTypedArray() ? data.As<Napi::TypedArray>().TypedArrayType() : napi_int8_array;
  Rows view{nullptr, Element::kUint8, count, nullptr};
  if (type == napi_uint8_array) {
    view.data = array_of<uint8_t>(data, length, "rows").Data();
  } else if (type == napi_float32_array) {
    view.element = Element::kFloat32;
    view.data = array_of<float>(data, length, "rows").Data();
  } else {
    view.element = Element::kFloat64;
    view.data = array_of<double>(data, length, "rows").Data();
  }
  const Napi::Value mean = rows.Get("mean");
  if (!mean.IsNull()) view.mean = array_of<double>(mean, D, "mean").Data();
  return view;
}

const int32_t* labels_of(const Napi::Object& data, size_t count, int C) {
  const int32_t* labels = array_of<int32_t>(data.Get("labels"), count, "labels").Data();
  const int32_t* bad = std::find_if(labels, labels + count, [C](int32_t label) { return label < 0 || label >= C; });
  if (bad != labels + count) {
    refuse(data.Env(), "binding: label " + std::to_string(*bad) + " at index " + std::to_string(bad - labels) +
                           " is not a class of 0 to " + std::to_string(C - 1));
  }
  return labels;
}

GeneratorState generator_of(const Napi::Object& random) {
  GeneratorState state;
  Napi::Uint32Array key = array_of<uint32_t>(random.Get("key"), GeneratorState::kWords, "key");
  std::copy_n(key.Data(), GeneratorState::kWords, state.key);
  state.position = int_at(random, "position", 0);
  if (state.position > GeneratorState::kWords) refuse(random.Env(), "binding: position is past the generator's state");
  return state;
}

namespace {

// One overload for each type that a setting may have.
void read_setting(const Napi::Object& settings, const char* name, int& value) {
  value = int_at(settings, name, value);
}
void read_setting(const Napi::Object& settings, const char* name, double& value) { value = number_at(settings, name); }

}  // namespace

TrainingSettings settings_of(const Napi::Object& call) {
  const Napi::Object object = object_at(call, "settings");
  TrainingSettings settings;
#define TWO_LAYER_NET_READ(type, member, name, neutral) read_setting(object, name, settings.member);
  TWO_LAYER_NET_TRAINING_SETTINGS(TWO_LAYER_NET_READ)
#undef TWO_LAYER_NET_READ
  return settings;
}

template Napi::TypedArrayOf<float> array_of<float>(const Napi::Value&, size_t, const std::string&);
template Napi::TypedArrayOf<double> array_of<double>(const Napi::Value&, size_t, const std::string&);
template Napi::TypedArrayOf<int32_t> array_of<int32_t>(const Napi::Value&, size_t, const std::string&);
template Napi::TypedArrayOf<uint32_t> array_of<uint32_t>(const Napi::Value&, size_t, const std::string&);
template struct ParameterArrays<float>;
template struct ParameterArrays<double>;

}  // namespace two_layer_net::addon
