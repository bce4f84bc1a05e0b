#include "../../../../native/engine/training/changed_rows.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <type_traits>
#include <vector>

#include "../support/sample.h"

namespace two_layer_net {
namespace {

// The pictures of one iteration, pixel by pixel.
template <class Source>
std::vector<Source> moved(const std::vector<Source>& X, int rows, const PictureShape& picture,
                          const TrainingSettings& settings, uint64_t seed, uint64_t iteration) {
  const auto [height, width, channels] = picture;
  std::vector<Source> out;
  for (int r = 0; r < rows; r++) {
    const uint64_t word = NoiseKey{seed, NoiseKey::kPictures, iteration}.block(r / 4)[r % 4];
    const bool flip = settings.flip && word % 2 == 1;
    const auto pixels = [&](int bit) {
      return static_cast<int>((word >> bit) % 65536 * (2 * settings.shift + 1) / 65536) - settings.shift;
    };
    const int down = pixels(16), right = pixels(32);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        const int from_y = std::clamp(y - down, 0, height - 1), shifted = std::clamp(x - right, 0, width - 1);
        const int from_x = flip ? width - 1 - shifted : shifted;
        for (int c = 0; c < channels; c++) {
          out.push_back(X[((static_cast<size_t>(r) * height + from_y) * width + from_x) * channels + c]);
        }
      }
    }
  }
  return out;
}

template <class Source>
class ChangedPictures : public ::testing::Test {};
using Sources = ::testing::Types<uint8_t, float, double>;
TYPED_TEST_SUITE(ChangedPictures, Sources);

// Each with its memory as large as it has to be, so that sanitizers see what is read or written beside it.
TYPED_TEST(ChangedPictures, AreFlippedAndMovedAsPixelsAre) {
  using Source = TypeParam;
  constexpr PictureShape kShapes[] = {{5, 4, 3}, {4, 5, 1}, {3, 3, 2}, {1, 1, 3}, {2, 7, 4}, {6, 1, 3}, {9, 8, 3}};
  for (const PictureShape& picture : kShapes) {
    const auto [height, width, channels] = picture;
    for (const bool flip : {false, true}) {
      for (int shift = 0; shift < std::min(height, width); shift++) {
        SCOPED_TRACE(::testing::Message() << height << " x " << width << " x " << channels << ", flip " << flip
                                          << ", shift " << shift);
        constexpr int kRows = 150;
        const Shape shape{height * width * channels, 2, 3};
        const Data<Source> data(kRows, shape, 4);
        const TrainingSettings settings{.flip = flip, .shift = shift};
        ChangedRows<float> changed(settings, shape.D, data.rows().element, picture);
        EXPECT_EQ(changed.changes(), flip || shift > 0);
        if (!changed.changes()) continue;
        ThreadTeam team(3);
        const LabelledRows got = changed.take(data.labelled(), all_of(data.rows()), 0, 11, 5, team);
        const auto* numbers = static_cast<const Source*>(got.rows.data);
        EXPECT_EQ(std::vector<Source>(numbers, numbers + data.X.size()),
                  moved(data.X, kRows, picture, settings, 11, 5));
        EXPECT_TRUE(std::equal(data.labels.begin(), data.labels.end(), got.labels));
      }
    }
  }
}

}  // namespace
}  // namespace two_layer_net
