#include "changed_rows.h"

#include <algorithm>
#include <cstring>

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

// One line of `width` pixels of kPixel bytes (0: `pixel` bytes), flipped, then moved to the right; pixels that come in
// repeat the border.
template <size_t kPixel>
void move_line(const uint8_t* from, int width, size_t pixel, const Move& move, uint8_t* to) {
  const size_t size = kPixel ? kPixel : pixel;
  const auto copy = [&](int x, int source) { std::memcpy(to + x * size, from + source * size, size); };
  const int first = move.flip ? width - 1 : 0, last = width - 1 - first;
  const int begin = std::clamp(move.right, 0, width), end = std::clamp(width + move.right, 0, width);
  for (int x = 0; x < begin; x++) copy(x, first);
  if (move.flip) {
    for (int x = begin; x < end; x++) copy(x, width - 1 - (x - move.right));
  } else {
    std::memcpy(to + begin * size, from + (begin - move.right) * size, static_cast<size_t>(end - begin) * size);
  }
  for (int x = end; x < width; x++) copy(x, last);
}

template <size_t kPixel>
void move_picture_of(const uint8_t* from, const PictureShape& picture, size_t pixel, const Move& move, uint8_t* to) {
  const size_t line = picture.width * pixel;
  for (int y = 0; y < picture.height; y++) {
    const int source = std::clamp(y - move.down, 0, picture.height - 1);
    move_line<kPixel>(from + source * line, picture.width, pixel, move, to + y * line);
  }
}

void move_picture(const uint8_t* from, const PictureShape& picture, size_t element_size, const Move& move,
                  uint8_t* to) {
  const size_t pixel = picture.channels * element_size;
  switch (pixel) {  // copies of a known size are a load and a store
    case 1: return move_picture_of<1>(from, picture, pixel, move, to);
    case 3: return move_picture_of<3>(from, picture, pixel, move, to);
    case 4: return move_picture_of<4>(from, picture, pixel, move, to);
    case 12: return move_picture_of<12>(from, picture, pixel, move, to);
    default: return move_picture_of<0>(from, picture, pixel, move, to);
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
LabelledRows ChangedRows<T>::take(const LabelledRows& data, const Choice& rows, uint64_t seed, uint64_t iteration,
                                  ThreadTeam& team) {
  const size_t n = rows.n, row_bytes = D_ * data.rows.element_size();
  moved_.resize(moves_ ? row_bytes * (drops_ ? team.size() : n) : 0);
  numbers_.resize(drops_ ? n * D_ : 0);
  if (drops_ && data.rows.mean) mean_.assign(data.rows.mean, data.rows.mean + D_);
  const NoiseKey pictures{seed, NoiseKey::kPictures, iteration};
  const Dropout dropout(settings_.input_dropout, {seed, NoiseKey::kInputs, iteration});
  team.for_each((rows.n + kPiece - 1) / kPiece, [&](int piece, int member) {
    for (int row = piece * kPiece; row < std::min((piece + 1) * kPiece, rows.n); row++) {
      uint8_t* const moved = moves_ ? moved_.data() + row_bytes * (drops_ ? member : row) : nullptr;
      change(data, rows, row, pictures, dropout, moved);
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
void ChangedRows<T>::change(const LabelledRows& data, const Choice& rows, int row, const NoiseKey& pictures,
                            const Dropout& dropout, uint8_t* moved) {
  const size_t element_size = data.rows.element_size();
  Rows from = data.rows;
  size_t place = rows[row];
  if (moves_) {
    move_picture(static_cast<const uint8_t*>(data.rows.data) + place * D_ * element_size, picture_, element_size,
                 move_of(row, pictures, settings_), moved);
    from.data = moved;
    place = 0;
  }
  if (!drops_) return;
  const int D = static_cast<int>(D_);
  T* const numbers = numbers_.data() + static_cast<size_t>(row) * D_;
  gather(from, {nullptr, place, 1}, D, data.rows.mean ? mean_.data() : nullptr, numbers);
  dropout.apply(row, row + 1, D, D, numbers);
}

template class ChangedRows<float>;
template class ChangedRows<double>;

}  // namespace two_layer_net
