#include "blas_inference.h"

#include <algorithm>
#include <vector>

#include "../blas/blas.h"
#include "../layers/relu.h"
#include "../layers/scores.h"

namespace two_layer_net {

template <class T>
void for_each_block_by_blas(const Shape& shape, const Parameters<const T>& net, const Rows& rows, const Choice& choice,
                            ThreadTeam& team, const BlockCalls<T>& calls) {
  const auto [D, H, C] = shape;
  const std::vector<Range> blocks = cut(choice.n, kBlasBlockRows);
  const int longest = std::min(kBlasBlockRows, choice.n);
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
    if (calls.look) calls.look(blocks[b]);
    gather(rows, choice.part(blocks[b].begin, blocks[b].end), D, mean.empty() ? nullptr : mean.data(), X.data());
    gemm(Transpose::kNo, Transpose::kNo, n, H, D, T(1), X.data(), D, net.W1, H, T(0), hidden.data(), H);
    bias_relu(n, H, net.b1, hidden.data());
    gemm(Transpose::kNo, Transpose::kNo, n, C, H, T(1), hidden.data(), H, net.W2, C, T(0), scores.data(), C);
    add_bias(n, C, net.b2, scores.data());
    calls.use(blocks[b], scores.data(), C);
  });
}

#define TWO_LAYER_NET_BLAS_INFERENCE(T)                                                                             \
  template void for_each_block_by_blas<T>(const Shape&, const Parameters<const T>&, const Rows&, const Choice&,    \
                                          ThreadTeam&, const BlockCalls<T>&);
TWO_LAYER_NET_BLAS_INFERENCE(float)
TWO_LAYER_NET_BLAS_INFERENCE(double)

}  // namespace two_layer_net
