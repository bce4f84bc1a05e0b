#include "../../../../native/engine/core/dropout.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <string>
#include <vector>

#include "../support/sample.h"

namespace two_layer_net {
namespace {

template <class T>
class DropoutTest : public ::testing::Test {};
TYPED_TEST_SUITE(DropoutTest, Arithmetics);

// A row of masks, as digits.
template <class T>
std::string mask(const Dropout& dropout, int row, int width) {
  std::vector<T> values(width, T(1));
  dropout.apply(row, row + 1, width, width, values.data());
  std::string mask;
  for (T value : values) mask += value == 0 ? '0' : '1';
  return mask;
}

// From NumPy: raw = np.random.Philox(key=[5, 0], counter=[0, 7, 0, 0]).random_raw(3 * S // 4).view(np.uint16) in the
// shape (3, S), where S is 16 for 5 numbers and 32 for 19; raw[:, :width] >= round(0.4 * 65536).
TYPED_TEST(DropoutTest, MakesTheMasksOfNumPysPhilox) {
  using T = TypeParam;
  const Dropout dropout(0.4, {5, NoiseKey::kHidden, 7});
  EXPECT_EQ(mask<T>(dropout, 0, 5), "11111");
  EXPECT_EQ(mask<T>(dropout, 1, 5), "11001");
  EXPECT_EQ(mask<T>(dropout, 2, 5), "01001");
  EXPECT_EQ(mask<T>(dropout, 0, 19), "1111111011111001110");
  EXPECT_EQ(mask<T>(dropout, 1, 19), "0100100101010111001");
  EXPECT_EQ(mask<T>(dropout, 2, 19), "0001111001010010001");
}

TYPED_TEST(DropoutTest, ScalesWhatIsKeptAndLeavesTheRestOfALineAlone) {
  using T = TypeParam;
  const Dropout dropout(0.4, {5, NoiseKey::kHidden, 7});
  const T kept = static_cast<T>(65536.0 / (65536 - 26214)), nan = std::numeric_limits<T>::quiet_NaN();
  EXPECT_EQ(static_cast<T>(dropout.scale()), kept);
  std::vector<T> values{1, 2, nan, nan, -3, 7, 7, 2, 1, 1, 1, 1, 7, 7};  // rows 1 and 2 of five numbers, two apart
  dropout.apply(1, 3, 5, 7, values.data());
  EXPECT_EQ(values, (std::vector<T>{kept, 2 * kept, 0, 0, -3 * kept, 7, 7, 0, kept, 0, 0, kept, 7, 7}));
}

TYPED_TEST(DropoutTest, DropsTheShareThatItIsAskedTo) {
  using T = TypeParam;
  for (const double rate : {0.0, 0.1, 0.5, 0.9}) {
    std::vector<T> values(100'000, T(1));
    const Dropout dropout(rate, {1, NoiseKey::kInputs, 0});
    dropout.apply(0, 100, 1000, 1000, values.data());
    EXPECT_NEAR(std::count(values.begin(), values.end(), T(0)) / 1e5, rate, 0.005) << rate;
    EXPECT_EQ(dropout.on(), rate > 0);
  }
  // Almost all, but never all.
  EXPECT_EQ(Dropout(0.9999999, {1, NoiseKey::kInputs, 0}).scale(), 65536);
}

}  // namespace
}  // namespace two_layer_net
