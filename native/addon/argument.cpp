#include "argument.h"

namespace two_layer_net::addon {
namespace {

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

const char* array_name(int type) {
  switch (type) {
    case napi_int8_array: return "Int8Array";
    case napi_uint8_array: return "Uint8Array";
    case napi_uint8_clamped_array: return "Uint8ClampedArray";
    case napi_int16_array: return "Int16Array";
    case napi_uint16_array: return "Uint16Array";
    case napi_int32_array: return "Int32Array";
    case napi_uint32_array: return "Uint32Array";
    case napi_float32_array: return "Float32Array";
    case napi_float64_array: return "Float64Array";
    case napi_bigint64_array: return "BigInt64Array";
    case napi_biguint64_array: return "BigUint64Array";
    default: return "typed array";
  }
}

std::string array_words(int type, size_t length) {
  const std::string name = array_name(type);
  return (name[0] == 'I' ? "an " : "a ") + name + " of " + std::to_string(length) +
         (length == 1 ? " element" : " elements");
}

std::string describe(const Napi::Value& value) {
  if (value.IsString()) return std::string("'").append(value.As<Napi::String>().Utf8Value()).append("'");
  if (value.IsTypedArray()) {
    const auto array = value.As<Napi::TypedArray>();
    return array_words(array.TypedArrayType(), array.ElementLength());
  }
  if (value.IsFunction()) return "a function";
  if (value.IsSymbol()) return "a symbol";
  if (value.IsBigInt()) return "a bigint";
  if (value.IsObject()) return "an object";
  return value.ToString();
}

}  // namespace

std::string Argument::message(const std::string& expected, const std::string& received) const {
  return "binding: expected " + expected + " for " + path_ + " but received " + received;
}

void Argument::refuse_type(const std::string& expected) const {
  throw Napi::TypeError::New(env(), message(expected, describe(value_)));
}

void Argument::refuse_value(const std::string& expected) const { refuse_value(expected, describe(value_)); }

void Argument::refuse_value(const std::string& expected, const std::string& received) const {
  throw Napi::RangeError::New(env(), message(expected, received));
}

Argument Argument::operator[](const char* name) const { return {object().Get(name), path_ + "." + name}; }

Napi::Object Argument::object() const {
  if (!value_.IsObject()) refuse_type("an object");
  return value_.As<Napi::Object>();
}

double Argument::number() const {
  if (!value_.IsNumber()) refuse_type("a number");
  return value_.As<Napi::Number>().DoubleValue();
}

bool Argument::boolean() const {
  if (!value_.IsBoolean()) refuse_type("a boolean");
  return value_.As<Napi::Boolean>();
}

std::string Argument::string(const std::string& expected) const {
  if (!value_.IsString()) refuse_type(expected);
  return value_.As<Napi::String>();
}

int Argument::integer(int min, int max) const {
  const std::string expected = "an integer from " + std::to_string(min) + " to " + std::to_string(max);
  if (!value_.IsNumber()) refuse_type(expected);
  const double value = value_.As<Napi::Number>().DoubleValue();
  if (!(value >= min && value <= max) || value != static_cast<int>(value)) refuse_value(expected);
  return static_cast<int>(value);
}

template <class T>
Napi::TypedArrayOf<T> Argument::array(size_t length) const {
  const std::string expected = array_words(kArrayType<T>, length);
  if (array_type() != kArrayType<T>) refuse_type(expected);
  const auto array = value_.As<Napi::TypedArrayOf<T>>();
  if (array.ElementLength() != length) refuse_value(expected);
  return array;
}

int Argument::array_type() const {
  return value_.IsTypedArray() ? static_cast<int>(value_.As<Napi::TypedArray>().TypedArrayType()) : -1;
}

bool Argument::is_double() const {
  const int type = array_type();
  if (type != napi_float64_array && type != napi_float32_array) refuse_type("a Float32Array or Float64Array");
  return type == napi_float64_array;
}

template Napi::TypedArrayOf<uint8_t> Argument::array(size_t) const;
template Napi::TypedArrayOf<float> Argument::array(size_t) const;
template Napi::TypedArrayOf<double> Argument::array(size_t) const;
template Napi::TypedArrayOf<int32_t> Argument::array(size_t) const;
template Napi::TypedArrayOf<uint32_t> Argument::array(size_t) const;

}  // namespace two_layer_net::addon
