#include "inference.h"

#include <algorithm>
#include <vector>

#include "blas.h"
#include "layers.h"

namespace two_layer_net {
namespace {

// Rows per block: enough for the product to run at full speed, small enough that a block of 3072 floats per row (1.5
// MB) stays near the core.
constexpr int kBlock = 128;

// Calls use(block of rows, its scores) for each block, on the team. The scores live until `use` returns.
template <class T, class Use>
void for_each_block(const Shape& shape, const Parameters<const T>& net, const Rows& rows, ThreadTeam& team,
                    const Use& use) {
  const auto [D, H, C] = shape;
  const std::vector<Range> blocks = cut(static_cast<int>(rows.count), kBlock);
  const int longest = std::min<int>(kBlock, static_cast<int>(rows.count));
  const std::vector<T> mean = rows.mean ? std::vector<T>(rows.mean, rows.mean + D) : std::vector<T>();
  struct Buffers {
    std::vector<T> X, hidden, scores;
  };
  std::vector<Buffers> buffers(std::min<size_t>(team.size(), blocks.size()));
  // Before the threads start: they must not throw.
  for (Buffers& own : buffers) {
    own.X.resize(static_cast<size_t>(longest) * D);
    own.hidden.resize(static_cast<size_t>(longest) * H);
    own.scores.resize(static_cast<size_t>(longest) * C);
  }
  team.for_each(static_cast<int>(buffers.size()), [&, D = D, H = H, C = C](int share, int) {
    auto& [X, hidden, scores] = buffers[share];
    const size_t begin = blocks.size() * share / buffers.size(), end = blocks.size() * (share + 1) / buffers.size();
    for (size_t b = begin; b < end; b++) {
      const int n = blocks[b].size();
      gather(rows, nullptr, blocks[b].begin, n, D, mean.empty() ? nullptr : mean.data(), X.data());
      gemm(Transpose::kNo, Transpose::kNo, n, H, D, T(1), X.data(), D, net.W1, H, T(0), hidden.data(), H);
      bias_relu(n, H, net.b1, hidden.data());
      gemm(Transpose::kNo, Transpose::kNo, n, C, H, T(1), hidden.data(), H, net.W2, C, T(0), scores.data(), C);
      add_bias(n, C, net.b2, scores.data());
      use(blocks[b], scores.data());
    }
  });
}

}  // namespace

template <class T>
void compute_scores(const Shape& shape, const Parameters<const T>& net, const Rows& rows, ThreadTeam& team, T* scores) {
  const int C = shape.C;
  for_each_block<T>(shape, net, rows, team, [&](Range block, const T* block_scores) {
    std::copy_n(block_scores, static_cast<size_t>(block.size()) * C, scores + static_cast<size_t>(block.begin) * C);
  });
}

template <class T>
int64_t predict(const Shape& shape, const Parameters<const T>& net, const Rows& rows, ThreadTeam& team,
                int32_t* classes) {
  const int C = shape.C;
  for_each_block<T>(shape, net, rows, team, [&](Range block, const T* scores) {
    for (int i = 0; i < block.size(); i++) classes[block.begin + i] = argmax(C, scores + static_cast<size_t>(i) * C);
  });
  const int32_t* bad = std::find(classes, classes + rows.count, -1);
  if (bad == classes + rows.count) return -1;
  std::replace(classes, classes + rows.count, -1, 0);
  return bad - classes;
}

template <class T>
double accuracy(const Shape& shape, const Parameters<const T>& net, const Rows& rows, const int32_t* labels,
                ThreadTeam& team) {
  std::vector<int32_t> classes(rows.count);
  predict(shape, net, rows, team, classes.data());
  size_t right = 0;
  for (size_t i = 0; i < rows.count; i++) right += classes[i] == labels[i];
  return static_cast<double>(right) / static_cast<double>(rows.count);
}

int useful_threads(const Shape& shape, size_t N, int threads) {
  const double multiplications = static_cast<double>(N) * static_cast<double>(shape.w1_size() + shape.w2_size());
  return useful_threads(multiplications, (N + kBlock - 1) / kBlock, threads);
}

#define TWO_LAYER_NET_INFERENCE(T)                                                                                \
  template void compute_scores<T>(const Shape&, const Parameters<const T>&, const Rows&, ThreadTeam&, T*);        \
  template int64_t predict<T>(const Shape&, const Parameters<const T>&, const Rows&, ThreadTeam&, int32_t*);      \
  template double accuracy<T>(const Shape&, const Parameters<const T>&, const Rows&, const int32_t*, ThreadTeam&);
TWO_LAYER_NET_INFERENCE(float)
TWO_LAYER_NET_INFERENCE(double)

}  // namespace two_layer_net
