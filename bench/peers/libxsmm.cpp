// Only the two large products of a step, with libxsmm's generated kernels. To build it, in this folder:
//   mkdir -p build && c++ -O3 -march=native -std=c++17 -fopenmp libxsmm.cpp -lxsmm -lblas -ldl -o build/libxsmm
// libxsmm generates kernels for small blocks. The caller chooses the blocks and the thread for each.
#include <libxsmm.h>

#include <algorithm>
#include <memory>

#include "_peer.h"

namespace {

// Block sizes. Columns of H are the kernel's rows, because libxsmm is column-major; four vectors of them fill the
// registers.
constexpr int kH = 64, kRows = 48, kDepth = 512;

libxsmm_smmfunction kernel(int m, int n, int k, int lda, int ldb, int ldc, int flags) {
  const float one = 1;
  const int prefetch = LIBXSMM_PREFETCH_NONE;
  const libxsmm_smmfunction made = libxsmm_smmdispatch(m, n, k, &lda, &ldb, &ldc, &one, &one, &flags, &prefetch);
  if (made) return made;
  std::fprintf(stderr, "libxsmm has no kernel of %d x %d x %d for this processor\n", m, n, k);
  std::exit(1);
}

struct Products {
  const int D, H, N;
  std::vector<float> X, W1, hidden, dhidden;

  explicit Products(const peer::Shape& s)
      : D(s.D), H(s.H), N(s.N), X(peer::random_numbers(size_t(N) * D)), W1(peer::random_numbers(size_t(D) * H)),
        hidden(size_t(N) * H), dhidden(peer::random_numbers(size_t(N) * H)) {}

  // hidden = X · W1. Threads own blocks of rows, with all of D; each has the same number of blocks.
  void forward() {
    const int blocks = peer::threads() * ((N - 1) / (peer::threads() * kRows) + 1), rows = (N - 1) / blocks + 1;
#pragma omp parallel for schedule(static) collapse(2)
    for (int n = 0; n < N; n += rows) {
      for (int h = 0; h < H; h += kH) {
        const int count = std::min(rows, N - n), width = std::min(kH, H - h);
        for (int i = n; i < n + count; i++) std::fill_n(&hidden[size_t(i) * H + h], width, 0.f);
        for (int d = 0; d < D; d += kDepth) {
          const int depth = std::min(kDepth, D - d);
          kernel(width, count, depth, H, D, H, 0)(&W1[size_t(d) * H + h], &X[size_t(n) * D + d],
                                                  &hidden[size_t(n) * H + h]);
        }
      }
    }
  }

  // W1 += Xᵀ · dhidden. Threads own columns of X.
  void update() {
#pragma omp parallel for schedule(static)
    for (int d = 0; d < D; d += kRows) {
      for (int h = 0; h < H; h += kH) {
        for (int n = 0; n < N; n += kDepth) {
          const int count = std::min(kRows, D - d), width = std::min(kH, H - h), depth = std::min(kDepth, N - n);
          kernel(width, count, depth, H, D, H, LIBXSMM_GEMM_FLAG_TRANS_B)(
              &dhidden[size_t(n) * H + h], &X[size_t(n) * D + d], &W1[size_t(d) * H + h]);
        }
      }
    }
  }
};

}  // namespace

int main() {
  libxsmm_init();
  peer::serve("libxsmm", LIBXSMM_VERSION, [](const peer::Shape& shape) {
    auto products = std::make_shared<Products>(shape);
    return [products] {
      products->forward();
      products->update();
    };
  });
}
