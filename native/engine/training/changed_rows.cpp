#include "changed_rows.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "../simd/kernels/pixels.h"

namespace two_layer_net {
namespace {

// What happens to one picture.
struct Move {
  bool flip;
  int down, right;
};

// Word `row` of the draws.
Move move_of(int row, const NoiseKey& key, const TrainingSettings& settings) {
  const uint64_t word = key.block(static_cast<uint64_t>(row) / 4)[row % 4];
  const auto pixels = [&](int shift_of_bits) {
    const uint64_t bits = word >> shift_of_bits & 0xffff;
    return static_cast<int>(bits * (2 * static_cast<uint64_t>(settings.shift) + 1) >> 16) - settings.shift;
  };
  return {settings.flip && (word & 1) != 0, pixels(16), pixels(32)};
}

// Copies one pixel of kPixel bytes (0: `pixel` bytes).
template <size_t kPixel>
void copy_pixel(const uint8_t* from, size_t pixel, uint8_t* to) {
  std::memcpy(to, from, kPixel ? kPixel : pixel);
}

// The `count` pixels at `from`, the last one first.
template <size_t kPixel>
void reverse_pixels(const uint8_t* from, int count, size_t pixel, uint8_t* to) {
  if constexpr (kPixel == 3) return reverse_rgb(from, count, to);
  for (int x = 0; x < count; x++) copy_pixel<kPixel>(from + (count - 1 - x) * pixel, pixel, to + x * pixel);
}

// Flips lines, then moves them to the right.
template <size_t kPixel>
void flip_lines(const uint8_t* from, const PictureShape& picture, size_t pixel, const Move& move, uint8_t* to) {
  const int width = picture.width, most = std::max(move.right, 0), least = std::max(-move.right, 0);
  for (int y = 0; y < picture.height; y++, to += width * pixel) {
    const uint8_t* line = from + std::clamp(y - move.down, 0, picture.height - 1) * width * pixel;
    for (int x = 0; x < most; x++) copy_pixel<kPixel>(line + (width - 1) * pixel, pixel, to + x * pixel);
    reverse_pixels<kPixel>(line + most * pixel, width - most - least, pixel, to + most * pixel);
    for (int x = width - least; x < width; x++) copy_pixel<kPixel>(line, pixel, to + x * pixel);
  }
}

// Moves lines. All that stay in the picture are one copy, of which the pixels that came from the next line or the one
// before are then replaced.
template <size_t kPixel>
void move_lines(const uint8_t* from, const PictureShape& picture, size_t pixel, const Move& move, uint8_t* to) {
  const int width = picture.width, height = picture.height;
  const size_t line = width * pixel, all = line * height;
  const ptrdiff_t offset = static_cast<ptrdiff_t>(line) * move.down + static_cast<ptrdiff_t>(pixel) * move.right;
  const size_t size = all - static_cast<size_t>(std::abs(offset));
  if (offset >= 0) std::memcpy(to + offset, from, size);
  else std::memcpy(to, from - offset, size);
  const int begin = std::max(move.down, 0), end = height + std::min(move.down, 0);
  for (int y = begin; y < end; y++) {
    const uint8_t* const first = from + (y - move.down) * line;
    const uint8_t* const last = first + line - pixel;
    uint8_t* const target = to + y * line;
    for (int x = 0; x < move.right; x++) copy_pixel<kPixel>(first, pixel, target + x * pixel);
    for (int x = width + move.right; x < width; x++) copy_pixel<kPixel>(last, pixel, target + x * pixel);
  }
  for (int y = 0; y < begin; y++) std::memcpy(to + y * line, to + begin * line, line);
  for (int y = end; y < height; y++) std::memcpy(to + y * line, to + (end - 1) * line, line);
}

// Pixels that come in repeat the border.
template <size_t kPixel>
void move_pixels(const uint8_t* from, const PictureShape& picture, size_t pixel, const Move& move, uint8_t* to) {
  if (move.flip) flip_lines<kPixel>(from, picture, pixel, move, to);
  else move_lines<kPixel>(from, picture, pixel, move, to);
}

void move_picture(const uint8_t* from, const PictureShape& picture, size_t element_size, const Move& move,
                  uint8_t* to) {
  const size_t pixel = picture.channels * element_size;
  switch (pixel) {  // copies of a known size are a load and a store
    case 1: return move_pixels<1>(from, picture, pixel, move, to);
    case 3: return move_pixels<3>(from, picture, pixel, move, to);
    case 4: return move_pixels<4>(from, picture, pixel, move, to);
    case 12: return move_pixels<12>(from, picture, pixel, move, to);
    default: return move_pixels<0>(from, picture, pixel, move, to);
  }
}

constexpr int kPiece = 8;  // rows

}  // namespace

template <class T>
ChangedRows<T>::ChangedRows(const TrainingSettings& settings, int D, Element element, const PictureShape& picture)
    : settings_(settings),
      D_(D),
      element_(element),
      picture_(picture),
      moves_(settings.flip || settings.shift > 0),
      drops_(settings.input_dropout > 0) {}

template <class T>
Element ChangedRows<T>::element() const {
  if (!drops_) return element_;
  return sizeof(T) == sizeof(float) ? Element::kFloat32 : Element::kFloat64;
}

template <class T>
LabelledRows ChangedRows<T>::take(const LabelledRows& data, const Choice& rows, int first, uint64_t seed,
                                  uint64_t iteration, ThreadTeam& team) {
  const size_t n = rows.n, row_bytes = D_ * data.rows.element_size();
  moved_.resize(moves_ ? row_bytes * (drops_ ? team.size() : n) : 0);
  numbers_.resize(drops_ ? n * D_ : 0);
  if (drops_ && data.rows.mean) mean_.assign(data.rows.mean, data.rows.mean + D_);
  const NoiseKey pictures{seed, NoiseKey::kPictures, iteration};
  const Dropout dropout(settings_.input_dropout, {seed, NoiseKey::kInputs, iteration});
  team.for_each((rows.n + kPiece - 1) / kPiece, [&](int piece, int member) {
    for (int row = piece * kPiece; row < std::min((piece + 1) * kPiece, rows.n); row++) {
      uint8_t* const moved = moves_ ? moved_.data() + row_bytes * (drops_ ? member : row) : nullptr;
      change(data, rows, first, row, pictures, dropout, moved);
    }
  });
  labels_.resize(n);
  weights_.resize(data.weights ? n : 0);
  for (int i = 0; i < rows.n; i++) labels_[i] = data.labels[rows[i]];
  for (size_t i = 0; i < weights_.size(); i++) weights_[i] = data.weights[rows[static_cast<int>(i)]];
  Rows changed{moved_.data(), element_, n, data.rows.mean};
  if (drops_) changed = {numbers_.data(), element(), n, nullptr};
  return {changed, labels_.data(), data.weights ? weights_.data() : nullptr};
}

// Makes one row: moved in the data's type, then its numbers.
template <class T>
void ChangedRows<T>::change(const LabelledRows& data, const Choice& rows, int first, int row,
                            const NoiseKey& pictures, const Dropout& dropout, uint8_t* moved) {
  const size_t element_size = data.rows.element_size();
  Rows from = data.rows;
  size_t place = rows[row];
  if (moves_) {
    move_picture(static_cast<const uint8_t*>(data.rows.data) + place * D_ * element_size, picture_, element_size,
                 move_of(first + row, pictures, settings_), moved);
    from.data = moved;
    place = 0;
  }
  if (!drops_) return;
  const int D = static_cast<int>(D_);
  T* const numbers = numbers_.data() + static_cast<size_t>(row) * D_;
  gather(from, {nullptr, place, 1}, D, data.rows.mean ? mean_.data() : nullptr, numbers);
  dropout.apply(first + row, first + row + 1, D, D, numbers);
}

template class ChangedRows<float>;
template class ChangedRows<double>;

}  // namespace two_layer_net
