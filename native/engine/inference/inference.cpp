#include "inference.h"

#include <algorithm>
#include <atomic>
#include <functional>
#include <vector>

#include "../blas/blas.h"
#include "../core/float_environment.h"
#include "../core/ranges.h"
#include "../layers/relu.h"
#include "../layers/scores.h"
#include "../simd/forward_form.h"
#include "../simd/simd_inference.h"
#include "../simd/packed_net.h"

namespace two_layer_net {
namespace {

// Rows per block: large enough for the product to run at full speed, small enough that a block of 3072 floats per row
// (1.5 MB) fits in a core's cache.
constexpr int kBlock = 128;

// Called on a thread of the team for each block of rows, with the block's range within the choice, its scores, and the
// distance from one row of scores to the next. The scores are valid until it returns.
template <class T>
using UseScores = std::function<void(Range, const T* scores, int stride)>;

template <class T>
void for_each_block_by_blas(const Shape& shape, const Parameters<const T>& net, const Rows& rows, const Choice& choice,
                            ThreadTeam& team, const UseScores<T>& use) {
  const auto [D, H, C] = shape;
  const std::vector<Range> blocks = cut(choice.n, kBlock);
  const int longest = std::min(kBlock, choice.n);
  const std::vector<T> mean = rows.mean ? std::vector<T>(rows.mean, rows.mean + D) : std::vector<T>();
  struct Buffers {
    std::vector<T> X, hidden, scores;
  };
  std::vector<Buffers> buffers(team.size());
  // Allocate before the threads start, because they must not throw.
  for (Buffers& own : buffers) {
    own.X.resize(static_cast<size_t>(longest) * D);
    own.hidden.resize(static_cast<size_t>(longest) * H);
    own.scores.resize(static_cast<size_t>(longest) * C);
  }
  team.for_each(static_cast<int>(blocks.size()), [&, D = D, H = H, C = C](int b, int member) {
    auto& [X, hidden, scores] = buffers[member];
    const int n = blocks[b].size();
    gather(rows, choice.part(blocks[b].begin, blocks[b].end), D, mean.empty() ? nullptr : mean.data(), X.data());
    gemm(Transpose::kNo, Transpose::kNo, n, H, D, T(1), X.data(), D, net.W1, H, T(0), hidden.data(), H);
    bias_relu(n, H, net.b1, hidden.data());
    gemm(Transpose::kNo, Transpose::kNo, n, C, H, T(1), hidden.data(), H, net.W2, C, T(0), scores.data(), C);
    add_bias(n, C, net.b2, scores.data());
    use(blocks[b], scores.data(), C);
  });
}

template <class T>
void for_each_block(const Shape& shape, const Parameters<const T>& net, const Rows& rows, const Choice& choice,
                    ThreadTeam& team, Products products, const UseScores<T>& use) {
  if (!simd_kernels_infer(products, shape, choice.n)) {
    return for_each_block_by_blas<T>(shape, net, rows, choice, team, use);
  }
  const Kernels<T>& kernels = *simd_kernels<T>();
  const PackedShape packed_shape(shape, kernels.tiles, sizeof(T), forward_form(shape, kernels.tiles, choice.n));
  PackedNetCopy<T> packed(packed_shape);
  packed.read(packed_shape, kernels, net, team);
  for_each_scored_block<T>(packed_shape, kernels, packed.view(), rows, choice, team, use);
}

Choice all_of(const Rows& rows) { return {nullptr, 0, static_cast<int>(rows.count)}; }

}  // namespace

template <class T>
void compute_scores(const Shape& shape, const Parameters<const T>& net, const Rows& rows, ThreadTeam& team, T* scores,
                    Products products) {
  const DefaultFloatEnvironment environment;
  const size_t C = shape.C;
  for_each_block<T>(shape, net, rows, all_of(rows), team, products, [&](Range block, const T* from, int stride) {
    for (int i = block.begin; i < block.end; i++, from += stride) std::copy_n(from, C, scores + i * C);
  });
}

template <class T>
int64_t predict(const Shape& shape, const Parameters<const T>& net, const Rows& rows, ThreadTeam& team,
                int32_t* classes, Products products) {
  const DefaultFloatEnvironment environment;
  for_each_block<T>(shape, net, rows, all_of(rows), team, products, [&](Range block, const T* scores, int stride) {
    for (int i = block.begin; i < block.end; i++, scores += stride) classes[i] = argmax(shape.C, scores);
  });
  const int32_t* bad = std::find(classes, classes + rows.count, -1);
  if (bad == classes + rows.count) return -1;
  std::replace(classes, classes + rows.count, -1, 0);
  return bad - classes;
}

template <class T>
double accuracy(const Shape& shape, const Parameters<const T>& net, const LabelledRows& data, const Choice& rows,
                ThreadTeam& team, Products products) {
  const DefaultFloatEnvironment environment;
  std::atomic<int> correct{0};
  for_each_block<T>(shape, net, data.rows, rows, team, products, [&](Range block, const T* scores, int stride) {
    correct += count_correct(rows.part(block.begin, block.end), shape.C, scores, stride, data.labels);
  });
  return static_cast<double>(correct) / rows.n;
}

int useful_threads(const Shape& shape, size_t N, int threads) {
  const double multiplications = static_cast<double>(N) * static_cast<double>(shape.w1_size() + shape.w2_size());
  return useful_threads(multiplications, (N + kBlock - 1) / kBlock, threads);
}

#define TWO_LAYER_NET_INFERENCE(T)                                                                                 \
  template void compute_scores<T>(const Shape&, const Parameters<const T>&, const Rows&, ThreadTeam&, T*,         \
                                  Products);                                                                  \
  template int64_t predict<T>(const Shape&, const Parameters<const T>&, const Rows&, ThreadTeam&, int32_t*,       \
                              Products);                                                                      \
  template double accuracy<T>(const Shape&, const Parameters<const T>&, const LabelledRows&, const Choice&,       \
                              ThreadTeam&, Products);
TWO_LAYER_NET_INFERENCE(float)
TWO_LAYER_NET_INFERENCE(double)

}  // namespace two_layer_net
