#include "arguments.h"

#include <algorithm>
#include <cmath>

#include "../engine/core/processor.h"
#include "../engine/inference/products.h"

namespace two_layer_net::addon {
namespace {

Shape shape_of(const Argument& shape) {
  const auto size = [&](const char* name) { return shape[name].integer(1, kMostSize); };
  return {size("inputSize"), size("hiddenSize"), size("numClasses")};
}

Products products_of(const Argument& products) {
  static constexpr const char* kExpected = "'auto', 'simd' or 'blas'";
  const std::string name = products.string(kExpected);
  if (name == "auto") return Products::kAuto;
  if (name == "blas") return Products::kBlas;
  if (name != "simd") products.refuse_value(kExpected);
  if (!has_simd_kernels()) {
    throw Napi::Error::New(products.env(),
                           "This build has no SIMD kernels because Highway was not found when it was built. Install it "
                           "(Debian: libhwy-dev) and run `npm run build:native`, or use products 'auto' or 'blas'");
  }
  return Products::kSimd;
}

}  // namespace

template <class T>
ParameterArrays<T>::ParameterArrays(const Argument& arrays, const Shape& shape)
    : W1(arrays["W1"].array<T>(shape.w1_size())),
      b1(arrays["b1"].array<T>(shape.H)),
      W2(arrays["W2"].array<T>(shape.w2_size())),
      b2(arrays["b2"].array<T>(shape.C)) {}

template <class T>
Parameters<T> ParameterArrays<T>::view() const {
  // Data() is not a const member in node-addon-api, but these handles are const.
  auto data = [](Napi::TypedArrayOf<T> array) { return array.Data(); };
  return {data(W1), data(b1), data(W2), data(b2)};
}

NetArguments::NetArguments(const Argument& net)
    : shape(shape_of(net["shape"])),
      products(products_of(net["products"])),
      bfloat16(net["bfloat16"].boolean()),
      threads(std::min(net["threads"].integer(1), processors())) {}

bool is_double(const Argument& net) { return net["parameters"]["W1"].is_double(); }

Rows rows_of(const Argument& rows, int D) {
  const size_t count = rows["count"].integer(1), length = count * D;
  const Argument data = rows["data"];
  Rows view{nullptr, Element::kUint8, count, nullptr};
  switch (data.array_type()) {
    case napi_uint8_array:
      view.data = data.array<uint8_t>(length).Data();
      break;
    case napi_float32_array:
      view.element = Element::kFloat32;
      view.data = data.array<float>(length).Data();
      break;
    case napi_float64_array:
      view.element = Element::kFloat64;
      view.data = data.array<double>(length).Data();
      break;
    default:
      data.refuse_type("a Uint8Array, Float32Array or Float64Array");
  }
  const Argument mean = rows["mean"];
  if (!mean.is_null()) view.mean = mean.array<double>(D).Data();
  return view;
}

const int32_t* labels_of(const Argument& data, size_t count, int C) {
  const Argument argument = data["labels"];
  const int32_t* labels = argument.array<int32_t>(count).Data();
  const int32_t* bad = std::find_if(labels, labels + count, [C](int32_t label) { return label < 0 || label >= C; });
  if (bad != labels + count) {
    const Argument element(argument.value(), argument.path() + "[" + std::to_string(bad - labels) + "]");
    element.refuse_value("a class from 0 to " + std::to_string(C - 1), std::to_string(*bad));
  }
  return labels;
}

GeneratorState generator_of(const Argument& random) {
  GeneratorState state;
  Napi::Uint32Array key = random["key"].array<uint32_t>(GeneratorState::kWords);
  std::copy_n(key.Data(), GeneratorState::kWords, state.key);
  state.position = random["position"].integer(0, GeneratorState::kWords);
  return state;
}

namespace {

// One overload for each type of setting. `value` holds the neutral value, which is the minimum for integers.
void read_setting(const Argument& setting, int& value) { value = setting.integer(value); }
void read_setting(const Argument& setting, double& value) { value = setting.number(); }
void read_setting(const Argument& setting, bool& value) { value = setting.boolean(); }

// One of some words, in the order of the enumeration.
template <class Word, size_t kCount>
void read_word(const Argument& setting, const char* const (&words)[kCount], Word& value) {
  std::string expected;
  for (size_t i = 0; i < kCount; i++) {
    expected += std::string(i == 0 ? "'" : i + 1 == kCount ? " or '" : ", '") + words[i] + "'";
  }
  const auto found = std::find(words, words + kCount, setting.string(expected));
  if (found == words + kCount) setting.refuse_value(expected);
  value = static_cast<Word>(found - words);
}
void read_setting(const Argument& setting, Monitor& value) { read_word(setting, {"loss", "accuracy"}, value); }
void read_setting(const Argument& setting, Optimizer& value) { read_word(setting, {"sgd", "adam", "adamw"}, value); }
void read_setting(const Argument& setting, Sampling& value) {
  read_word(setting, {"replacement", "permutation"}, value);
}

void check_share(const Argument& setting, double value) {
  if (!(value >= 0 && value < 1)) setting.refuse_value("a number from 0 to below 1");
}

}  // namespace

TrainingSettings settings_of(const Argument& settings) {
  TrainingSettings read;
#define TWO_LAYER_NET_READ(type, member, name, neutral) read_setting(settings[name], read.member);
  TWO_LAYER_NET_TRAINING_SETTINGS(TWO_LAYER_NET_READ)
#undef TWO_LAYER_NET_READ
  settings["batchSize"].integer(1, kMostSize);
  check_share(settings["dropout"], read.dropout);
  check_share(settings["inputDropout"], read.input_dropout);
  return read;
}

std::vector<double> nonnegative_numbers(const Argument& array, size_t count) {
  const Napi::Float64Array numbers = array.array<double>(count);
  std::vector<double> copy(numbers.Data(), numbers.Data() + count);
  const auto bad = std::find_if(copy.begin(), copy.end(), [](double x) { return !std::isfinite(x) || x < 0; });
  if (bad != copy.end()) {
    const Argument element(Napi::Number::New(array.env(), *bad),
                           array.path() + "[" + std::to_string(bad - copy.begin()) + "]");
    element.refuse_value("a finite number of at least 0");
  }
  return copy;
}

PictureShape picture_of(const Argument& call, const TrainingSettings& settings, int D) {
  const Argument picture = call["picture"];
  const bool used = settings.flip || settings.shift > 0;
  if (picture.is_null() && !used) return {};
  const PictureShape shape{picture["height"].integer(1), picture["width"].integer(1), picture["channels"].integer(1)};
  if (static_cast<double>(shape.height) * shape.width * shape.channels != D) {
    picture.refuse_value("a picture of " + std::to_string(D) + (D == 1 ? " number" : " numbers"),
                         std::to_string(shape.height) + " x " + std::to_string(shape.width) + " x " +
                             std::to_string(shape.channels));
  }
  call["settings"]["shift"].integer(0, std::min(shape.height, shape.width) - 1);
  return shape;
}

Napi::Function report_of(const Argument& report) {
  if (report.is_null()) return {};
  if (!report.value().IsFunction()) report.refuse_type("null or a function");
  return report.value().As<Napi::Function>();
}

template struct ParameterArrays<float>;
template struct ParameterArrays<double>;

}  // namespace two_layer_net::addon
