// Only the two large products of a step, with oneDNN's matmul. To build it, in this folder:
//   mkdir -p build && c++ -O3 -march=native -std=c++17 onednn.cpp -ldnnl -o build/onednn
#include <oneapi/dnnl/dnnl.hpp>

#include "_peer.h"

namespace {

using dnnl::memory;

memory::desc matrix(long rows, long columns, memory::dims strides) {
  return {{rows, columns}, memory::data_type::f32, strides};
}

struct Products {
  dnnl::engine engine{dnnl::engine::kind::cpu, 0};
  dnnl::stream stream{engine};
  std::vector<float> X, W1, hidden, dhidden;
  dnnl::matmul forward, update;
  std::unordered_map<int, memory> forward_arguments, update_arguments;

  explicit Products(const peer::Shape& s)
      : X(peer::random_numbers(size_t(s.N) * s.D)), W1(peer::random_numbers(size_t(s.D) * s.H)),
        hidden(size_t(s.N) * s.H), dhidden(peer::random_numbers(size_t(s.N) * s.H)) {
    const long D = s.D, H = s.H, N = s.N;
    const auto x = matrix(N, D, {D, 1}), xt = matrix(D, N, {1, D}), w = matrix(D, H, {H, 1}), h = matrix(N, H, {H, 1});
    forward = product(x, w, h, false);
    update = product(xt, h, w, true);
    forward_arguments = arguments({x, X}, {w, W1}, {h, hidden});
    update_arguments = arguments({xt, X}, {h, dhidden}, {w, W1});
  }

  void run() {
    forward.execute(stream, forward_arguments);
    update.execute(stream, update_arguments);
    stream.wait();
  }

 private:
  struct Operand {
    memory::desc desc;
    std::vector<float>& values;
  };

  dnnl::matmul product(const memory::desc& a, const memory::desc& b, const memory::desc& c, bool accumulate) {
    dnnl::primitive_attr attributes;
    dnnl::post_ops sum;
    if (accumulate) sum.append_sum(1.f);
    attributes.set_post_ops(sum);
    return dnnl::matmul({dnnl::matmul::desc(a, b, c), attributes, engine});
  }

  std::unordered_map<int, memory> arguments(Operand a, Operand b, Operand c) {
    const auto of = [this](Operand& one) { return memory(one.desc, engine, one.values.data()); };
    return {{DNNL_ARG_SRC, of(a)}, {DNNL_ARG_WEIGHTS, of(b)}, {DNNL_ARG_DST, of(c)}};
  }
};

}  // namespace

int main() {
  const dnnl_version_t* v = dnnl_version();
  const auto part = [](int number) { return std::to_string(number); };
  const std::string version = part(v->major) + "." + part(v->minor) + "." + part(v->patch);
  peer::serve("oneDNN", version.c_str(), [](const peer::Shape& shape) {
    auto products = std::make_shared<Products>(shape);
    return [products] { products->run(); };
  });
}
