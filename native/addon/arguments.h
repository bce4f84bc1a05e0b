// Unpacks the objects of binding.d.ts into the engine's views, and refuses what would touch memory that is not theirs.
// The sentences here are for who calls the binding itself; src/ checks a user's arguments before they come here.
#pragma once

#include <napi.h>

#include <cstdint>
#include <string>

#include "../engine/core/random_stream.h"
#include "../engine/core/rows.h"
#include "../engine/core/shape.h"
#include "../engine/training/settings.h"
#include "../engine/training/train.h"

namespace two_layer_net::addon {

// Throws a RangeError unless `value` is a typed array of T with `length` elements.
template <class T>
Napi::TypedArrayOf<T> array_of(const Napi::Value& value, size_t length, const std::string& name);

// A property that must be an object.
Napi::Object object_at(const Napi::Object& owner, const char* name);

// A property that must be a number; with int_at an integer of at least `min` that fits an int.
double number_at(const Napi::Object& owner, const char* name);
int int_at(const Napi::Object& owner, const char* name, int min);

Shape shape_of(const Napi::Object& net);
int threads_of(const Napi::Object& net);
Products products_of(const Napi::Object& net);

// True for Float64Array, false for Float32Array; throws for anything else. A net is what its W1 is.
bool is_double(Napi::Env env, const Napi::Value& array);
bool net_is_double(const Napi::Object& net);

// The arrays behind `parameters` or `gradients`, as JavaScript holds them.
template <class T>
struct ParameterArrays {
  Napi::TypedArrayOf<T> W1, b1, W2, b2;

  ParameterArrays(const Napi::Object& arrays, const Shape& shape);
  Parameters<T> view() const;
};

// `mean` is copied to nowhere: the view is good for as long as the object lives and its buffers are not transferred.
Rows rows_of(const Napi::Object& rows, int D);

// The labels of `data` for its rows, each checked to be a class.
const int32_t* labels_of(const Napi::Object& data, size_t count, int C);

GeneratorState generator_of(const Napi::Object& random);

// `call.settings`, by the names in training/settings.h.
TrainingSettings settings_of(const Napi::Object& call);

}  // namespace two_layer_net::addon
