#include "../../../../native/engine/inference/prepared_net.h"

#include <gtest/gtest.h>

#include <limits>
#include <optional>
#include <vector>

#include "../../../../native/engine/blas/blas.h"
#include "../../../../native/engine/inference/inference.h"
#include "../support/sample.h"

namespace two_layer_net {
namespace {

template <class T>
class Prepared : public ::testing::Test {
 protected:
  const SingleThreadedBlas hold_;
};
TYPED_TEST_SUITE(Prepared, Arithmetics);

std::vector<Products> products_here() {
  if (has_simd_kernels()) return {Products::kAuto, Products::kBlas, Products::kSimd};
  return {Products::kAuto, Products::kBlas};
}

// The scores of `count` rows from `first` on, as a part of the pass over all rows.
template <class T>
std::vector<T> part(const PreparedNet<T>& net, const Rows& rows, size_t first, size_t count,
                    typename PreparedNet<T>::Memory&& memory = {}) {
  const int D = net.shape().D;
  const auto* data = static_cast<const char*>(rows.data) + first * D * rows.element_size();
  std::vector<T> scores(count * net.shape().C, T(-1));
  ThreadTeam alone(1);
  net.scores({{data, rows.element, count, rows.mean}, rows.count, alone, memory}, scores.data());
  return scores;
}

TYPED_TEST(Prepared, PartsHaveTheBitsOfTheWhole) {
  using T = TypeParam;
  for (const Shape shape : {Shape{3, 4, 2}, Shape{701, 9, 3}, Shape{90, 61, 17}, Shape{5000, 200, 10}}) {
    const Net<T> net(shape, 1, 0.3);
    const Data<uint8_t> data(shape.D > 1000 ? 700 : 5000, shape, 2);
    for (Products products : products_here()) {
      ThreadTeam team(3);
      std::vector<T> whole(data.count * shape.C);
      compute_scores<T>(shape, net.view(), data.rows(), team, whole.data(), products);
      const PreparedNet<T> prepared(shape, net.view(), products, data.count, team);
      const size_t size = std::min(prepared.part_rows(), 640);  // 640: a multiple of any block's rows
      std::vector<T> parts;
      for (size_t first = 0; first < data.count; first += size) {
        const std::vector<T> one = part(prepared, data.rows(), first, std::min(size, data.count - first));
        parts.insert(parts.end(), one.begin(), one.end());
      }
      EXPECT_TRUE(same_bits(parts, whole)) << "D " << shape.D << ", products " << static_cast<int>(products);
    }
  }
}

TYPED_TEST(Prepared, OwnsItsParametersWhenAsked) {
  using T = TypeParam;
  const Shape shape{90, 60, 5};
  const Data<float> data(3, shape, 2);
  for (Products products : products_here()) {
    ThreadTeam team(1);
    std::optional<Net<T>> net(std::in_place, shape, 1, 0.3);
    PreparedNet<T> prepared(shape, net->view(), products, data.count, team);
    const std::vector<T> expected = part(prepared, data.rows(), 0, data.count);
    prepared.own();
    for (auto* array : {&net->W1, &net->b1, &net->W2, &net->b2}) std::fill(array->begin(), array->end(), T(1));
    net.reset();
    EXPECT_TRUE(same_bits(part(prepared, data.rows(), 0, data.count), expected));
  }
}

// The same memory for all passes, so that each finds what others left in it.
TYPED_TEST(Prepared, ForAnyRowsHasTheBitsOfTheProductsForMany) {
  using T = TypeParam;
  for (const Shape shape : {Shape{3, 4, 2}, Shape{701, 9, 3}, Shape{90, 61, 17}, Shape{700, 200, 10}}) {
    const Net<T> net(shape, 1, 0.3);
    for (Products products : products_here()) {
      ThreadTeam team(3);
      PreparedNet<T> prepared = PreparedNet<T>::for_any_rows(shape, net.view(), products, team);
      prepared.own();
      const Products of_many = simd_kernels_infer(products, shape, kManyRows) ? Products::kSimd : Products::kBlas;
      typename PreparedNet<T>::Memory memory;
      for (size_t count : {700, 1, 2, 3, 7, 8, 15, 16, 17, 40, 41, 1, 255, 1000}) {
        const Data<float> data(count, shape, static_cast<uint32_t>(count));
        std::vector<T> expected(count * shape.C), scores(count * shape.C);
        compute_scores<T>(shape, net.view(), data.rows(), team, expected.data(), of_many);
        const Rows rows = data.rows();
        prepared.scores({rows, count, team, memory}, scores.data());
        EXPECT_TRUE(same_bits(scores, expected)) << "H " << shape.H << ", N " << count;
      }
    }
  }
}

TYPED_TEST(Prepared, ForAnyRowsChoosesTheFormByAllRowsOfThePass) {
  using T = TypeParam;
  const Shape shape{700, 200, 10};
  const Net<T> net(shape, 1, 0.3);
  const Data<float> data(645, shape, 2);
  ThreadTeam team(1);
  const PreparedNet<T> prepared = PreparedNet<T>::for_any_rows(shape, net.view(), Products::kAuto, team);
  const std::vector<T> whole = part(prepared, data.rows(), 0, 645), rest = part(prepared, data.rows(), 640, 5);
  EXPECT_TRUE(same_bits(rest, std::vector<T>(whole.end() - 5 * shape.C, whole.end())));
}

TEST(PreparedPart, HasWholeBlocksAndIsNeverEmpty) {
  ThreadTeam team(1);
  for (const Shape shape : {Shape{1, 1, 1}, Shape{3072, 50, 10}, Shape{3072, 4096, 1000}, Shape{200000, 2, 2}}) {
    const Net<float> net(shape, 1, 0.3);
    for (Products products : products_here()) {
      const int rows = PreparedNet<float>(shape, net.view(), products, 1000, team).part_rows();
      EXPECT_GT(rows, 0);
      EXPECT_EQ(rows % 8, 0);
      EXPECT_TRUE(shape.D > 1 || rows > 100000);
      EXPECT_TRUE(shape.D < 3072 || rows <= 400);
    }
  }
}

// Rows of fewer blocks than threads, and single rows of which threads share the hidden units: on any team the same
// bits. The second shape has several blocks of hidden units.
TYPED_TEST(Prepared, FewRowsHaveTheSameBitsOnAnyTeam) {
  using T = TypeParam;
  for (const Shape shape : {Shape{90, 61, 17}, Shape{3000, 300, 10}}) {
    const Net<T> net(shape, 1, 0.3);
    ThreadTeam alone(1);
    const PreparedNet<T> prepared = PreparedNet<T>::for_any_rows(shape, net.view(), Products::kAuto, alone);
    for (size_t count : {1, 2, 5, 15, 16, 31, 32, 33, 100}) {
      const Data<float> data(count, shape, 2);
      const std::vector<T> expected = part(prepared, data.rows(), 0, count);
      for (int threads : {2, 3, 7}) {
        ThreadTeam team(threads);
        typename PreparedNet<T>::Memory memory;
        std::vector<T> scores(count * shape.C, T(-1));
        const Rows rows = data.rows();
        prepared.scores({rows, count, team, memory}, scores.data());
        EXPECT_TRUE(same_bits(scores, expected)) << "N " << count << ", " << threads << " threads";
      }
    }
  }
}

TYPED_TEST(Prepared, LooksAtEveryRowOnce) {
  using T = TypeParam;
  const Shape shape{90, 200, 3};
  const Net<T> net(shape, 1, 0.3);
  for (Products products : products_here()) {
    for (size_t count : {1, 3, 32, 700}) {
      for (int threads : {1, 3}) {
        ThreadTeam team(threads);
        const PreparedNet<T> prepared = PreparedNet<T>::for_any_rows(shape, net.view(), products, team);
        Data<float> data(count, shape, 2);
        for (size_t row : {count - 1, count / 2, size_t{0}}) {
          data.X[row * shape.D + 5] = std::numeric_limits<float>::quiet_NaN();
          const Rows rows = data.rows();
          NonFiniteSearch inputs(rows, shape.D);
          typename PreparedNet<T>::Memory memory;
          std::vector<T> scores(count * shape.C);
          prepared.scores({rows, count, team, memory, &inputs}, scores.data());
          EXPECT_EQ(inputs.place(), static_cast<int64_t>(row * shape.D + 5)) << count << " rows, row " << row;
        }
      }
    }
  }
}

TEST(PreparedNetUsefulThreads, AreSeveralForOneRowOfALargeNet) {
  if (!has_simd_kernels()) GTEST_SKIP() << "only the SIMD kernels share hidden units";
  const Shape small{768, 64, 10}, large{3072, 1024, 10};
  ThreadTeam alone(1);
  const Net<float> of_small(small, 1, 0.3), of_large(large, 1, 0.3);
  const auto useful = [&](const Shape& shape, const Net<float>& net, size_t rows, int threads, bool awake = false) {
    const auto prepared = PreparedNet<float>::for_any_rows(shape, net.view(), Products::kSimd, alone);
    return prepared.useful_threads(rows, threads, awake);
  };
  EXPECT_EQ(useful(small, of_small, 1, 8), 1);
  EXPECT_EQ(useful(small, of_small, 1, 8, true), 1);
  EXPECT_GT(useful(small, of_small, 100, 8), 1);
  EXPECT_EQ(useful(small, of_small, 32, 2), 1);
  EXPECT_EQ(useful(small, of_small, 32, 2, true), 2) << "threads that are awake are worth less work";
  EXPECT_GT(useful(large, of_large, 1, 8), 1);
  EXPECT_EQ(useful(large, of_large, 1000, 8), 8);
}

}  // namespace
}  // namespace two_layer_net
